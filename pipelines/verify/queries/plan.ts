/** SQL that lays out a verification: how much there is, and the chunks in which it is read. Run it in the verification's snapshot. */
import type { Db } from "../../../platform/postgres.ts";

/** Lets only one verification run at a time; false while another one does. Held until the session ends or unlocks. */
export async function verificationLock(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ locked: boolean }>({
    name: "verification_lock",
    text: "select pg_try_advisory_lock(hashtext('stockline.verify')) as locked",
  });
  return rows[0]?.locked === true;
}

/** Gives the lock up. */
export async function verificationUnlock(db: Db): Promise<void> {
  await db.query({
    name: "verification_unlock",
    text: "select pg_advisory_unlock(hashtext('stockline.verify'))",
  });
}

/** Name of the database, which anchors are filed under. */
export async function databaseName(db: Db): Promise<string> {
  const { rows } = await db.query<{ name: string }>({
    name: "database_name",
    text: "select current_database() as name",
  });
  return rows[0]?.name ?? "";
}

/** How a statement may go about it: by index probes and key ranges, or by scans that sum by hashing. */
export type Access = "probes" | "scans";

/** Sets the bounds and the access of the statements that follow in this transaction. */
export async function statementBoundsSet(
  db: Db,
  { timeoutMs, access }: { readonly timeoutMs: number; readonly access: Access },
): Promise<void> {
  await db.query({
    name: "verification_bounds_set",
    text: `
      select set_config('statement_timeout', $1::text, true), set_config('work_mem', '48MB', true),
        set_config('jit', 'off', true), set_config('enable_seqscan', $2::text, true),
        set_config('enable_bitmapscan', $2::text, true), set_config('max_parallel_workers_per_gather', '0', true),
        set_config('plan_cache_mode', 'force_custom_plan', true)`,
    values: [String(timeoutMs), access === "scans" ? "on" : "off"],
  });
}

export interface ItemChunkRow {
  readonly first_item: string;
  readonly last_item: string;
  readonly entries: number;
}

/** Ranges of items (by id, ascending) that have about so many ledger entries by their levels' versions; an item is never cut. */
export async function itemChunksRead(db: Db, entriesMax: number): Promise<ItemChunkRow[]> {
  const { rows } = await db.query<ItemChunkRow>({
    name: "verification_item_chunks",
    text: `
      select (array_agg(item_id order by item_id))[1] as first_item,
        (array_agg(item_id order by item_id desc))[1] as last_item,
        sum(entries)::bigint as entries
      from (
        select item_id, entries, ((sum(entries) over (order by item_id) - 1) / $1::int)::bigint as chunk
        from (
          select item_id, sum(version)::bigint as entries
          from stock_levels
          where version > 0
          group by item_id
        ) i
      ) c
      group by chunk
      order by chunk`,
    values: [entriesMax],
  });
  return rows;
}

export interface LevelSpanRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  /** The version that is verified already; null where none is. */
  readonly after: number | null;
  readonly version: number;
  /** ISO 8601 with microseconds, or -infinity. */
  readonly recorded_from: string;
}

/** The levels of the items of a range. */
export async function levelsOfItems(
  db: Db,
  range: { readonly first: string; readonly last: string },
): Promise<LevelSpanRow[]> {
  const { rows } = await db.query<LevelSpanRow>({
    name: "verification_levels_of_items",
    text: `
      select item_id, warehouse_id, null::bigint as after, version, '-infinity' as recorded_from
      from stock_levels
      where item_id between $1::uuid and $2::uuid
        and version > 0
      order by item_id, warehouse_id`,
    values: [range.first, range.last],
  });
  return rows;
}

/** Levels that have moved on since their marks, in the order of their keys, after the given one. */
export async function levelsMovedOn(
  db: Db,
  args: { readonly after: LevelSpanRow | undefined; readonly limit: number },
): Promise<LevelSpanRow[]> {
  const { rows } = await db.query<LevelSpanRow>({
    name: "verification_levels_moved_on",
    text: `
      select s.item_id, s.warehouse_id, k.version as after, s.version, coalesce(k.recorded_at, '-infinity')::text as recorded_from
      from stock_levels s
      left join ledger_marks k on k.item_id = s.item_id and k.warehouse_id = s.warehouse_id
      where s.version > coalesce(k.version, 0)
        and (s.item_id, s.warehouse_id) > ($1::uuid, $2::uuid)
      order by s.item_id, s.warehouse_id
      limit $3::int`,
    values: [
      args.after?.item_id ?? "00000000-0000-0000-0000-000000000000",
      args.after?.warehouse_id ?? "00000000-0000-0000-0000-000000000000",
      args.limit,
    ],
  });
  return rows;
}

/** Ledger entries of the items of a range, whatever levels there are. */
export async function entriesCount(
  db: Db,
  range: { readonly first: string; readonly last: string },
): Promise<number> {
  const { rows } = await db.query<{ entries: number }>({
    name: "verification_entries_count",
    text: `
      select count(*) as entries
      from stock_movements
      where item_id between $1::uuid and $2::uuid`,
    values: [range.first, range.last],
  });
  return rows[0]?.entries ?? 0;
}

export interface TotalsRow {
  readonly levels: number;
  readonly lots: number;
  readonly applied: number;
  readonly rejected: number;
}

/** How much there must be, to be compared with what the checks came by. */
export async function totalsRead(db: Db): Promise<TotalsRow> {
  const { rows } = await db.query<TotalsRow>({
    name: "verification_totals",
    text: `
      select (select count(*) from stock_levels where version > 0) as levels,
        (select count(*) from lot_balances) as lots,
        o.applied, o.rejected
      from (
        select count(*) filter (where status = 'applied') as applied, count(*) filter (where status = 'rejected') as rejected
        from movement_outcomes
      ) o`,
  });
  const totals = rows[0];
  if (totals === undefined) throw new Error("the totals of the verification answered nothing");
  return totals;
}
