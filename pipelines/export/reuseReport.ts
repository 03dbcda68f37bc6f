/**
 * The cache of reports' answers. A report is one snapshot, and who asks again may want a new one; so a finished one answers only
 * where writing it anew would tell the same rows (docs/decisions/0046). Held by the database alone: Redis may be slow, full or away.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { ReportFormat, ReportName } from "../../domain/reportWords.ts";
import type { Db } from "../../platform/postgres.ts";
import type { ReportParameters, ReportRow } from "./queries/reports.ts";
import { reportReusable } from "./queries/reuse.ts";
import { REPORTS } from "./reportDefinitions.ts";

/** For how long a finished report answers for others: 10 minutes (architecture). */
const LIFETIME_SECONDS = 600;
/** A view older than this is not read; its query is run live instead. */
export const VIEW_AGE_SECONDS_MAX = 5 * 60;

/** Their figures are brought up to date by the job value-stock, which tells no events: nobody can say that nothing has changed. */
const VALUED: ReadonlySet<ReportName> = new Set([
  "stock_valuation",
  "stock_ageing",
  "inventory_turnover",
  "abc_analysis",
]);

/** What reports with the same rows in the same form share, as this release writes them; null for those that are always written. */
export function reuseKeyOf(asked: {
  readonly report: ReportName;
  readonly format: ReportFormat;
  readonly parameters: ReportParameters;
  readonly warehouses: readonly string[] | null;
}): string | null {
  if (VALUED.has(asked.report)) return null;
  const { report, format, parameters } = asked;
  const warehouses = asked.warehouses === null ? null : [...asked.warehouses].sort();
  const text = canonicalJson({ report, format, parameters, warehouses, as: REPORTS[report] });
  return createHash("sha256").update(text).digest("hex");
}

/** The finished report that this one would be the same as, if there is one. */
export async function findSame(
  db: Db,
  { reuse_key: reuseKey }: Pick<ReportRow, "reuse_key">,
): Promise<ReportRow | undefined> {
  if (reuseKey === null) return undefined;
  return reportReusable(db, {
    reuseKey,
    lifetimeSeconds: LIFETIME_SECONDS,
    viewSeconds: VIEW_AGE_SECONDS_MAX,
  });
}
