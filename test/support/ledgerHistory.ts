/**
 * Writes a ledger of one's own making straight into the tables, with running balances and the level that follows from it:
 * for tests of reads, which need histories of any age. Hashes are not those of the product; nothing here is to be verified.
 */
import type { Db } from "../../platform/postgres.ts";

export interface HistoryEntry {
  /** Milliseconds since 1970; must not run backwards over the entries of a level. */
  readonly recordedAtMs: number;
  readonly occurredAtMs: number;
  readonly quantity: number;
  readonly reserved?: number;
  readonly unavailable?: number;
  readonly inTransit?: number;
}

interface HistoryOf {
  readonly itemId: string;
  readonly warehouseId: string;
}

/** Appends entries to the level's ledger; the months of recordedAtMs must have partitions (ledgerPartitionsMake). */
export async function writeHistory(
  db: Db,
  { itemId, warehouseId }: HistoryOf,
  entries: readonly HistoryEntry[],
): Promise<void> {
  const column = (of: (entry: HistoryEntry) => number) => entries.map(of);
  await db.query({
    text: `
      with before as (
        select s.on_hand, s.reserved, s.unavailable, s.in_transit, s.version
        from (select) one
        left join stock_levels s on s.item_id = $1::uuid and s.warehouse_id = $2::uuid
      ),
      given as (
        select g.*, coalesce(b.version, 0) + g.nth as version,
          coalesce(b.on_hand, 0) + sum(g.quantity) over so_far as on_hand_after,
          coalesce(b.reserved, 0) + sum(g.reserved) over so_far as reserved_after,
          coalesce(b.unavailable, 0) + sum(g.unavailable) over so_far as unavailable_after,
          coalesce(b.in_transit, 0) + sum(g.in_transit) over so_far as in_transit_after
        from unnest($3::bigint[], $4::bigint[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[])
          with ordinality as g (recorded_ms, occurred_ms, quantity, reserved, unavailable, in_transit, nth)
        cross join before b
        window so_far as (order by g.nth)
      ),
      written as (
        insert into stock_movements (movement_id, type, item_id, warehouse_id, quantity, balance_after, reserved_change,
          reserved_after, unavailable_change, unavailable_after, in_transit_change, in_transit_after, version, lane, position,
          source, actor, occurred_at, recorded_at, previous_hash, hash)
        select make_uuid7(), 'adjustment', $1::uuid, $2::uuid, quantity, on_hand_after, reserved, reserved_after, unavailable,
          unavailable_after, in_transit, in_transit_after, version, lane_of($1::uuid), version, 'api', 'tester',
          'epoch'::timestamptz + make_interval(secs => occurred_ms / 1000.0),
          'epoch'::timestamptz + make_interval(secs => recorded_ms / 1000.0), '', sha256(int8send(version))
        from given
      )
      insert into stock_levels as s (item_id, warehouse_id, lane, on_hand, reserved, unavailable, in_transit, version, updated_at)
      select $1::uuid, $2::uuid, lane_of($1::uuid), on_hand_after, reserved_after, unavailable_after, in_transit_after, version,
        'epoch'::timestamptz + make_interval(secs => recorded_ms / 1000.0)
      from given
      order by nth desc
      limit 1
      on conflict (item_id, warehouse_id) do update
      set on_hand = excluded.on_hand, reserved = excluded.reserved, unavailable = excluded.unavailable,
        in_transit = excluded.in_transit, version = excluded.version, updated_at = excluded.updated_at`,
    values: [
      itemId,
      warehouseId,
      column((entry) => entry.recordedAtMs),
      column((entry) => entry.occurredAtMs),
      column((entry) => entry.quantity),
      column((entry) => entry.reserved ?? 0),
      column((entry) => entry.unavailable ?? 0),
      column((entry) => entry.inTransit ?? 0),
    ],
  });
}

/** Makes the ledger's partitions of the months (YYYY-MM) that are missing. `db` must own the ledger. */
export async function ledgerPartitionsMake(db: Db, months: readonly string[]): Promise<void> {
  for (const month of months) {
    const part = `stock_movements_${month.replace("-", "_")}`;
    const [year = 0, nth = 0] = month.split("-").map(Number);
    const next = new Date(Date.UTC(year, nth, 1)).toISOString().slice(0, 7);
    await db.query({
      text: `create table if not exists ${part} partition of stock_movements
        for values from ('${month}-01T00:00:00Z') to ('${next}-01T00:00:00Z')`,
    });
  }
}
