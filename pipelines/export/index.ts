/** Export: reports are rows first, then files in object storage with a manifest, each one snapshot that says how old it is. */
import { NotFoundError } from "../../domain/errors.ts";
import type { ReportFormat, ReportName } from "../../domain/reportWords.ts";
import type { Db } from "../../platform/postgres.ts";
import {
  type ReportParameters,
  type ReportRow,
  reportInsert,
  reportRead,
  type Viewer,
  warehouseExists,
} from "./queries/reports.ts";
import { reuseKeyOf } from "./reuseReport.ts";

export { type AskedOutcome, askScheduled } from "./askScheduled.ts";
export { type DeliveryDeps, deliverReport, webhookSecret } from "./deliverReports.ts";
export { expireReports, type ReportExpiry } from "./expireReports.ts";
export { type ExportDeps, type ExportOutcome, exportReport } from "./exportReport.ts";
export { type ReportRow, reportsPage, type Viewer } from "./queries/reports.ts";
export {
  type CatchUp,
  type ScheduleRow,
  type ScheduleTerms,
  schedulesPage,
} from "./queries/schedules.ts";
export { NO_LIMITS, withLimits } from "./queries/snapshot.ts";
export { REPORTS } from "./reportDefinitions.ts";

export {
  archiveSchedule,
  changeSchedule,
  createSchedule,
  readSchedule,
  type ScheduleAccess,
} from "./reportSchedules.ts";
export { manifestKey } from "./writeReport.ts";

/** What somebody asks for. */
export interface ReportRequest {
  readonly id: string;
  readonly report: ReportName;
  readonly format: ReportFormat;
  readonly parameters: ReportParameters;
  readonly viewer: Viewer;
  /** Written anew whatever there is; else a finished one answers where it would be the same. */
  readonly isBypass: boolean;
}

/**
 * Queues a report, limited to the warehouses that the caller may see; the same id again is the same report. Throws NotFoundError
 * for a warehouse that does not exist for the caller. The caller wakes the workers.
 */
export async function requestReport(db: Db, request: ReportRequest): Promise<ReportRow> {
  const { id, report, format, parameters, viewer } = request;
  const warehouses = await warehousesOf(db, parameters.warehouse, viewer);
  const made = await reportInsert(db, {
    id,
    report,
    format,
    parameters,
    requestedBy: viewer.subject,
    warehouses,
    reuseKey: request.isBypass ? null : reuseKeyOf({ report, format, parameters, warehouses }),
  });
  return made ?? readReport(db, { id, viewer });
}

async function warehousesOf(
  db: Db,
  asked: string | undefined,
  viewer: Viewer,
): Promise<readonly string[] | null> {
  if (asked === undefined) return viewer.warehouses;
  const allowed = viewer.warehouses === null || viewer.warehouses.includes(asked);
  if (!allowed || !(await warehouseExists(db, asked))) throw new NotFoundError("warehouse", asked);
  return [asked];
}

/** One report; throws NotFoundError where it does not exist for the viewer. */
export async function readReport(
  db: Db,
  args: { readonly id: string; readonly viewer: Viewer },
): Promise<ReportRow> {
  const row = await reportRead(db, args);
  if (row === undefined) throw new NotFoundError("report", args.id);
  return row;
}
