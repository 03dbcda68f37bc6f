/**
 * The lines that a request leaves in the log: one of the access stream, sampled, and one of the audit stream where it asked for a
 * change. Neither holds a body, a query or a path as it was sent: those may name persons and secrets. What changed, with before
 * and after, is told by the audit trail (docs/audit.md).
 */
import type { Log } from "../../platform/log.ts";
import type { Marks } from "./answer.ts";

/** A request that took this long is told whatever the share. */
const SLOW_MS = 1_000;

interface Served {
  readonly method: string;
  /** The path as it is declared. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** Makes the function; `share` of all requests is told, from 0 to 1, and each line says of how many it speaks. */
export function createRequestLog(log: Log, share: number): (marks: Marks, served: Served) => void {
  return (marks, served) => {
    if (!log.isLevelEnabled("info")) return;
    if (marks.acting !== undefined) logChange(log, marks, served);
    const { method, route, status, ms } = served;
    const mustTell = status >= 500 || ms >= SLOW_MS;
    if (!mustTell && (share === 0 || Math.random() >= share)) return;
    const fields = { stream: "access", request_id: marks.requestId, method, route, status };
    const sampled = mustTell || share === 1 ? {} : { sample_rate: share };
    const subject = marks.subject === undefined ? {} : { subject: marks.subject };
    log.info({ ...fields, ...subject, ms: Math.round(ms), ...sampled }, "request");
  };
}

/** Who asked for a change, from where, and what came of it; never sampled. */
function logChange(log: Log, { acting }: Marks, { status }: Served): void {
  log.info({ stream: "audit", ...acting, status }, "change asked for");
}
