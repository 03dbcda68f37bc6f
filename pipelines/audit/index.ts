/**
 * The audit trail: read by admins, verified with the ledger. It is written by the database itself (migrations/0037_audit.sql);
 * what no trigger sees is noted by auditNote in the transaction of the change.
 */
export { type AuditEntry, auditAuthorSet, auditNote, auditPage } from "./queries.ts";
export {
  type AuditAnchors,
  readAuditAnchors,
  storeAuditAnchor,
  verifyAudit,
} from "./verifyAudit.ts";
