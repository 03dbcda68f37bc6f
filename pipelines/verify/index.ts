/** Proves the ledger: full or since the last anchor, and anchors outside the database what was found sound. */
export {
  type Verification,
  type VerifyDeps,
  type VerifyMode,
  type VerifyOptions,
  verifyLedger,
} from "./verifyLedger.ts";
