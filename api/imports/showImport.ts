/** An import as it is answered. */
import { type FaultyRow, type ImportRow, importFaultsList } from "../../pipelines/import/index.ts";
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
    on_error: row.on_error,
    format: row.format,
    file_name: row.file_name,
    created_by: row.created_by,
    created_at: row.created_at,
    started_at: row.started_at,
    finished_at: row.finished_at,
    error:
      row.error_code === null ? null : { code: row.error_code, detail: row.error_detail ?? "" },
  };
}

/** An import with the first rows that went wrong. */
export async function showImportDetail(db: Db, row: ImportRow) {
  const faults = await importFaultsList(db, { importId: row.id, after: 0, limit: SAMPLE_ROWS });
  return {
    ...showImport(row),
    detected: row.detected,
    preview: row.preview ?? null,
    errors_url: `/v1/imports/${row.id}/errors`,
    errors_sample: faults.map(showFault),
  };
}

function showFault(fault: FaultyRow) {
  return {
    row: fault.row_number,
    column: fault.error_column ?? "",
    code: fault.error_code,
    detail: fault.error_detail ?? "",
    value: fault.error_value ?? "",
  };
}
