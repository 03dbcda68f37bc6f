/**
 * Bulk import: a file is taken in whole, then staged, checked and applied by a worker, each step together with its checkpoint.
 * Entities are upserted by key; movements and counts go through the inbox like any other movement.
 */
export { errorFile } from "./errorFile.ts";
export {
  IMPORT_KINDS,
  IMPORT_KINDS_TO_COME,
  type ImportKind,
  permissionFor,
} from "./importKinds.ts";
export { type ImportMapping, importMapping } from "./importMapping.ts";
export { type ImportDeps, kindOf } from "./importRun.ts";
export { type ImportRow, type ImportViewer, importRead, importsList } from "./queries/imports.ts";
export { type FaultyRow, importFaultsList } from "./queries/rows.ts";
export { claimImports, runImport } from "./runImport.ts";
export type { ImportFormat } from "./sniffContent.ts";
export { cancelImport, commitImport } from "./steerImport.ts";
export {
  acceptImport,
  discardUpload,
  FileRefusedError,
  type ImportRequest,
  type StoredUpload,
  storeUpload,
} from "./uploadImport.ts";
