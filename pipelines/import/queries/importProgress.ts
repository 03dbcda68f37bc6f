/** The one statement by which a step of an import notes how far it came. */
import type { Db } from "../../../platform/postgres.ts";

export interface ImportProgress {
  readonly id: string;
  readonly status?: string;
  readonly rowsTotal?: number;
  readonly rowsRead?: number;
  readonly rowsValid?: number;
  readonly rowsInvalid?: number;
  readonly bytesRead?: number;
  readonly detected?: unknown;
  readonly checkpoint?: unknown;
  readonly preview?: unknown;
  /** Rows that came to their end with this step. */
  readonly newlyApplied?: number;
  readonly newlyRejected?: number;
  readonly newlySkipped?: number;
  /** A phase within the status begins: its rates count from this moment. */
  readonly phaseBegins?: boolean;
}

/** Notes progress; what is not given stays. Progress also forgets the failed attempts and the lost workers before it. */
export async function importProgress(db: Db, args: ImportProgress): Promise<void> {
  await db.query({
    name: "import_progress",
    text: `
      update imports
      set status = coalesce($2::text, status),
        rows_total = coalesce($3::bigint, rows_total),
        rows_read = coalesce($4::bigint, rows_read),
        rows_valid = coalesce($5::bigint, rows_valid),
        rows_invalid = coalesce($6::bigint, rows_invalid),
        bytes_read = coalesce($7::bigint, bytes_read),
        detected = coalesce($8::jsonb, detected),
        checkpoint = coalesce($9::jsonb, checkpoint),
        preview = coalesce($10::jsonb, preview),
        rows_applied = rows_applied + $11::bigint,
        rows_rejected = rows_rejected + $12::bigint,
        rows_skipped = rows_skipped + $13::bigint,
        phase_started_at = case
          when $2::text <> status or $14::boolean then clock_timestamp()
          else coalesce(phase_started_at, clock_timestamp())
        end,
        phase_rows_before = case
          when $2::text = 'reading' and status <> 'reading' then coalesce($4::bigint, rows_read)
          when $2::text <> status or $14::boolean then 0
          else phase_rows_before
        end,
        phase_bytes_before = case
          when $2::text = 'reading' and status <> 'reading' then coalesce($7::bigint, bytes_read)
          when $2::text <> status or $14::boolean then 0
          else phase_bytes_before
        end,
        attempts = 1,
        claims_unanswered = least(claims_unanswered, 1)
      where id = $1::uuid`,
    values: [
      args.id,
      args.status ?? null,
      args.rowsTotal ?? null,
      args.rowsRead ?? null,
      args.rowsValid ?? null,
      args.rowsInvalid ?? null,
      args.bytesRead ?? null,
      jsonOrNull(args.detected),
      jsonOrNull(args.checkpoint),
      jsonOrNull(args.preview),
      args.newlyApplied ?? 0,
      args.newlyRejected ?? 0,
      args.newlySkipped ?? 0,
      args.phaseBegins ?? false,
    ],
  });
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
