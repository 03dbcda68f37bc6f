/** An import as it is answered. */
import {
  changedSinceOf,
  describeProgress,
  detectedOf,
  type FaultDeps,
  faultyRows,
  type ImportRow,
  importErrorsByCode,
  type ShownFault,
  showChanges,
} from "../../pipelines/import/index.ts";
import type { Db } from "../../platform/postgres.ts";

/** Rows that errors_sample names at most. */
const SAMPLE_ROWS = 100;

/** An import without its errors, for lists and progress. */
export function showImport(row: ImportRow) {
  return {
    id: row.id,
    kind: row.kind,
    mode: row.mode,
    status: row.status,
    rows_total: row.rows_total,
    rows_read: row.rows_read,
    rows_valid: row.rows_valid,
    rows_invalid: row.rows_invalid,
    rows_applied: row.rows_applied,
    rows_rejected: row.rows_rejected,
    rows_skipped: row.rows_skipped,
    bytes_read: row.bytes_read,
    bytes_total: row.bytes_total,
    progress: describeProgress(row),
    on_error: row.on_error,
    format: row.format,
    file_name: row.file_name,
    source: row.source_key === row.file_key ? null : row.source_key, // direct uploads lie there already
    stop_after_errors: row.stop_after_errors,
    created_by: row.created_by,
    created_at: row.created_at,
    started_at: row.started_at,
    finished_at: row.finished_at,
    error:
      row.error_code === null ? null : { code: row.error_code, detail: row.error_detail ?? "" },
  };
}

/** An import with what was found in its file and the first rows that went wrong. */
export async function showImportDetail(deps: FaultDeps, row: ImportRow) {
  const detected = detectedOf(row);
  return {
    ...showImport(row),
    detected,
    questions: detected.questions ?? [],
    preview: row.preview ?? null,
    changed_since_preview:
      row.changed_since_preview === null
        ? null
        : showChanges(changedSinceOf(row.changed_since_preview)),
    errors_url: `/v1/imports/${row.id}/errors`,
    errors_by_code: await errorsByCode(deps.db, row),
    errors_sample: await errorsSample(deps, row),
  };
}

async function errorsByCode(db: Db, row: ImportRow): Promise<unknown> {
  if (row.finished_at === null) return null;
  return row.errors_by_code ?? importErrorsByCode(db, row.id);
}

/** The rows themselves are deleted some weeks after the end; then the sample that was kept. */
async function errorsSample(deps: FaultDeps, row: ImportRow): Promise<unknown> {
  if (row.rows_deleted_at !== null) return row.errors_sample ?? [];
  const rows = await faultyRows(deps, row, { after: 0, limit: SAMPLE_ROWS });
  return rows.map(showFault);
}

function showFault({ row, column, code, detail, value }: ShownFault): ShownFault {
  return { row, column, code, detail, value };
}
