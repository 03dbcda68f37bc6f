/**
 * Bulk import: a file is taken in whole, then staged, checked and applied by a worker, each step together with its checkpoint.
 * Entities are upserted by key; movements and counts go through the inbox like any other movement.
 */

export { changedSinceOf, showChanges } from "./changedSince.ts";
export { claimImports, giveUpImports } from "./claimImports.ts";
export { describeProgress, IMPORT_PHASES } from "./describeProgress.ts";
export {
  abortUpload,
  beginUpload,
  completeUpload,
  type DirectUpload,
  partsPage,
  type UploadParty,
} from "./directUpload.ts";
export {
  type ErrorFilter,
  errorFile,
  type FaultDeps,
  faultyRows,
  type ShownFault,
} from "./errorFile.ts";
export { type ExpiryOutcome, expireImports } from "./expireImports.ts";
export { IMPORT_PERMISSIONS, permissionFor } from "./importKinds.ts";
export { type ImportMapping, importMapping } from "./importMapping.ts";
export { detectedOf, type ImportDeps, kindOf } from "./importRun.ts";
export { importTemplate, TEMPLATE_FORMATS } from "./importTemplate.ts";
export { takeInbox } from "./inboxObjects.ts";
export { FileRefusedError, plainName, tooLarge } from "./measureFile.ts";
export { importErrorsByCode } from "./queries/importEnds.ts";
export {
  type ImportRow,
  type ImportViewer,
  importRead,
  importsList,
  importsWatched,
} from "./queries/imports.ts";
export { importFaultsList } from "./queries/rows.ts";
export { runImport } from "./runImport.ts";
export type { ImportFormat } from "./sniffContent.ts";
export { cancelImport, commitImport } from "./steerImport.ts";
export {
  acceptImport,
  discardUpload,
  type FileToFetch,
  fileKeyOf,
  type ImportRequest,
  type StoredUpload,
  storeUpload,
} from "./uploadImport.ts";
