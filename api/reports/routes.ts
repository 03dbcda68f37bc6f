/** Reports: asked for with 202, written by a worker, downloaded from object storage by a short-lived link. */
import { z } from "zod";
import { deriveId } from "../../domain/deriveId.ts";
import {
  manifestKey,
  type ReportRow,
  readReport,
  reportsPage,
  requestReport,
} from "../../pipelines/export/index.ts";
import { type Clock, newId } from "../../platform/clock.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { Db } from "../../platform/postgres.ts";
import type { WakeUps } from "../../platform/queues.ts";
import { asksForFresh } from "../http/asksForFresh.ts";
import { idField } from "../http/fields.ts";
import {
  decodeCursor,
  isIdPart,
  isTimePart,
  pageOf,
  pageQuery,
  toPage,
} from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { reportBody, reportOut } from "./schema.ts";
import { viewerOf } from "./viewer.ts";

interface ReportDeps {
  readonly db: Db;
  readonly storage: Pick<ObjectStorage, "link">;
  /** Wake-ups of the queue "reports". */
  readonly wakeUps: Pick<WakeUps, "wake">;
  readonly clock: Clock;
}

/** Routes of reports. */
export function reportRoutes(deps: ReportDeps): Route[] {
  return [postReport(deps), getReport(deps), listReports(deps)];
}

function postReport(deps: ReportDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/reports",
    tag: "Reports",
    summary: "Ask for a report",
    description:
      "The report is one snapshot: of a view up to five minutes old, or with `fresh` of the tables as they are. " +
      "Text cells that a spreadsheet could take for a formula begin with an apostrophe in CSV and XLSX; Parquet and JSON lines hold them as they are. " +
      "CSV is UTF-8 with a byte order mark. Parquet has decimals as DECIMAL and times as UTC timestamps; JSON lines have decimals as strings. " +
      "Parameters that a report does not take are refused. " +
      "Asked for again within ten minutes, a finished report of the same rows answers where writing it anew would tell the same " +
      "(nothing was committed since, or the view that it reads is the same): then `reused` is true, and `as_of` is that of the first. " +
      "Cache-Control: no-cache has it written anew.",
    permission: "reports:run",
    rateClass: "bulk",
    body: reportBody,
    reads: ["Cache-Control"],
    answers: { 202: { description: "Queued.", schema: reportOut, headers: ["Location"] } },
    handler: async ({ c, body, caller, idempotencyScope }) => {
      const row = await requestReport(deps.db, {
        id: idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\nreport`),
        report: body.report,
        format: body.format,
        parameters: body.parameters,
        viewer: viewerOf(caller),
        isBypass: asksForFresh(c),
      });
      await deps.wakeUps.wake([row.id]);
      return {
        status: 202,
        body: await showReport(deps, row),
        headers: { location: `/v1/reports/${row.id}` },
      };
    },
  });
}

function getReport(deps: ReportDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/reports/{id}",
    tag: "Reports",
    summary: "One report, with a link to download it once it is completed",
    permission: "reports:run",
    params: z.object({ id: idField }),
    answers: { 200: { description: "The report.", schema: reportOut } },
    handler: async ({ params, caller }) => {
      const row = await readReport(deps.db, { id: params.id, viewer: viewerOf(caller) });
      return { status: 200, body: await showReport(deps, row) };
    },
  });
}

function listReports(deps: ReportDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/reports",
    tag: "Reports",
    summary: "The caller's reports (an admin's: everybody's), newest first",
    permission: "reports:run",
    query: z.strictObject(pageQuery),
    answers: { 200: { description: "A page.", schema: pageOf(reportOut) } },
    handler: async ({ query, caller }) => {
      const rows = await reportsPage(deps.db, {
        viewer: viewerOf(caller),
        before: decodeCursor(query.cursor, [isTimePart, isIdPart]),
        limit: query.limit + 1,
      });
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.created_at.toISOString(), row.id],
        show: (row) => showReport(deps, row),
      });
      return { status: 200, body: { ...page, data: await Promise.all(page.data) } };
    },
  });
}

async function showReport(deps: ReportDeps, row: ReportRow): Promise<z.input<typeof reportOut>> {
  return {
    id: row.id,
    report: row.report,
    format: row.format,
    parameters: { ...row.parameters },
    warehouses: row.warehouses === null ? null : [...row.warehouses],
    status: row.status,
    rows: row.rows,
    bytes: row.bytes,
    ...(await showFile(deps, row)),
    reused: row.reused_id !== null,
    as_of: showTime(row.as_of),
    age_seconds: row.as_of === null ? null : ageSeconds(deps.clock, row.as_of),
    expired_at: showTime(row.expired_at),
    error:
      row.error_code === null ? null : { code: row.error_code, detail: row.error_detail ?? "" },
    requested_by: row.requested_by,
    schedule_id: row.schedule_id,
    slot: showTime(row.slot),
    delivery:
      row.delivery_status === null
        ? null
        : {
            status: row.delivery_status,
            attempts: row.delivery_attempts,
            error: row.delivery_error,
          },
    created_at: row.created_at.toISOString(),
    started_at: showTime(row.started_at),
    finished_at: showTime(row.finished_at),
  };
}

async function showFile(deps: ReportDeps, row: ReportRow) {
  const [object] = row.objects;
  const isThere = object !== undefined && row.expired_at === null;
  return {
    objects: [...row.objects],
    manifest_key: object === undefined ? null : manifestKey(row),
    download_url: !isThere ? null : await deps.storage.link(object.key, fileName(row)),
  };
}

function showTime(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

function ageSeconds(clock: Clock, asOf: Date): number {
  return Math.max(0, Math.round((clock.now().getTime() - asOf.getTime()) / 1_000));
}

function fileName(row: ReportRow): string {
  return `${row.report}-${row.created_at.toISOString().slice(0, 10)}.${row.format}`;
}
