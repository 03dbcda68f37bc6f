/** SQL of who works on an import: claims, leases, and imports that are given up because workers die with them. */
import type { Db } from "../../../platform/postgres.ts";
import { type Held, IMPORT_COLUMNS, type ImportRow } from "./imports.ts";

/** $1 is the number of unanswered claims from which on nobody takes an import. */
const HOPELESS = `
  status in ('uploaded', 'reading', 'checking', 'applying')
  and (lease_until is null or lease_until < clock_timestamp())
  and (failing_code is not null or claims_unanswered >= $1::int)`;
/**
 * Movements of it wait in the inbox: it has come as far as it can by itself, however long their lanes stand still, so workers that
 * die meanwhile do not count against it. One that dies of its next rows has settled those before them first (applyMovements.ts).
 */
const WAITS = `status = 'applying'
          and kind in ('movements', 'counts')
          and (checkpoint ->> 'queued_row')::bigint > coalesce((checkpoint ->> 'settled_row')::bigint, 0)`;

/** An import that was claimed. */
export interface ClaimedImport {
  readonly id: string;
  /** Workers died with it before, one after another, without any progress. */
  readonly is_suspect: boolean;
}

/**
 * Takes open imports that nobody works on, oldest first; their leases begin. Where the oldest is a suspect it is taken alone, and
 * only by an idle process; what is younger than a suspect waits until somebody has taken that.
 */
export async function importsClaim(
  db: Db,
  args: {
    readonly owner: string;
    readonly leaseSeconds: number;
    readonly limit: number;
    readonly isIdle: boolean;
    /** Claims without an answer from which on an import is a suspect, and from which on nobody takes it. */
    readonly lossesSuspect: number;
    readonly lossesMax: number;
  },
): Promise<ClaimedImport[]> {
  const { rows } = await db.query<ClaimedImport>({
    name: "imports_claim",
    text: `
      with open as materialized (
        select id, created_at, claims_unanswered >= $5::int as is_suspect
        from imports
        where status in ('uploaded', 'reading', 'checking', 'applying')
          and (lease_until is null or lease_until < clock_timestamp())
          and failing_code is null
          and claims_unanswered < $6::int
        order by created_at, id
        limit $3::int
        for no key update skip locked
      ),
      placed as (
        select id, is_suspect,
          row_number() over (order by created_at, id) = 1 as is_oldest,
          bool_or(is_suspect) over (order by created_at, id) as waits
        from open
      )
      update imports i
      set lease_owner = $1::text,
        lease_until = clock_timestamp() + make_interval(secs => $2::double precision),
        attempts = attempts + 1,
        claims_unanswered = case when ${WAITS} then 1 else claims_unanswered + 1 end,
        started_at = coalesce(started_at, clock_timestamp()),
        phase_started_at = clock_timestamp(),
        phase_rows_before = case status
          when 'reading' then rows_read
          when 'checking' then coalesce((checkpoint ->> case when (checkpoint ->> 'whole_checked')::boolean
            then 'foreseen_row' else 'checked_row' end)::bigint, 0)
          when 'applying' then rows_applied + rows_rejected + rows_skipped
          else 0
        end,
        phase_bytes_before = case status when 'reading' then bytes_read else 0 end
      from placed p
      where i.id = p.id
        and (not p.waits or (p.is_oldest and $4::boolean))
      returning i.id, p.is_suspect`,
    values: [
      args.owner,
      args.leaseSeconds,
      args.limit,
      args.isIdle,
      args.lossesSuspect,
      args.lossesMax,
    ],
  });
  return rows;
}

/** Prolongs the lease; false where the import is no longer ours to work on. */
export async function importLeaseProlong(
  db: Db,
  args: Held & { readonly leaseSeconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "import_lease_prolong",
    text: `
      update imports
      set lease_until = clock_timestamp() + make_interval(secs => $3::double precision),
        claims_unanswered = case when ${WAITS} then least(claims_unanswered, 1) else claims_unanswered end
      where id = $1::uuid
        and lease_owner = $2::text
        and status in ('uploaded', 'reading', 'checking', 'applying')`,
    values: [args.id, args.owner, args.leaseSeconds],
  });
  return rowCount === 1;
}

/** Gives the lease back; the import may be taken again after the given time. */
export async function importLeaseEnd(
  db: Db,
  args: Held & { readonly againInSeconds: number; readonly isFailure: boolean },
): Promise<void> {
  await db.query({
    name: "import_lease_end",
    text: `
      update imports
      set lease_owner = null,
        lease_until = clock_timestamp() + make_interval(secs => $3::double precision),
        attempts = case when $4::boolean then attempts else greatest(attempts - 1, 0) end,
        claims_unanswered = greatest(claims_unanswered - 1, 0)
      where id = $1::uuid
        and lease_owner = $2::text`,
    values: [args.id, args.owner, args.againInSeconds, args.isFailure],
  });
}

/** Open imports that nobody works on and nobody shall take any more, oldest first. */
export async function importsHopeless(
  db: Db,
  args: { readonly lossesMax: number; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "imports_hopeless",
    text: `
      select id
      from imports
      where ${HOPELESS}
      order by created_at, id
      limit $2::int`,
    values: [args.lossesMax, args.limit],
  });
  return rows.map((row) => row.id);
}

/** What an import that nobody takes any more is to end with. */
export interface HopelessImport extends ImportRow {
  readonly claims_unanswered: number;
  readonly failing_code: string | null;
  readonly failing_detail: string | null;
}

/** Locks one of them; undefined where another process has it, or it is none any more. */
export async function importHopelessLock(
  db: Db,
  args: { readonly id: string; readonly lossesMax: number },
): Promise<HopelessImport | undefined> {
  const { rows } = await db.query<HopelessImport>({
    name: "import_hopeless_lock",
    text: `
      select ${IMPORT_COLUMNS}, claims_unanswered, failing_code, failing_detail
      from imports
      where ${HOPELESS}
        and id = $2::uuid
      for no key update skip locked`,
    values: [args.lossesMax, args.id],
  });
  return rows[0];
}

/** Notes how the import will end; nobody takes it from then on, and it is looked at again after the given time. */
export async function importFailLater(
  db: Db,
  args: {
    readonly id: string;
    readonly code: string;
    readonly detail: string;
    readonly againInSeconds: number;
  },
): Promise<void> {
  await db.query({
    name: "import_fail_later",
    text: `
      update imports
      set failing_code = $2::text,
        failing_detail = $3::text,
        lease_owner = null,
        lease_until = clock_timestamp() + make_interval(secs => $4::double precision)
      where id = $1::uuid`,
    values: [args.id, args.code, args.detail, args.againInSeconds],
  });
}
