/**
 * Fills a ledger of a year fast, as receipts of one by one would have left it: dense versions, running balances, outcomes,
 * partitions by month, one entry in ten recorded up to three days late. Not covered: events, and hashes (they link, but are not
 * those that the product would compute, so a verification would name every entry).
 */
import type { Pool } from "pg";

const DAY_MS = 24 * 3_600_000;
const MONTHS = 12;
/** Versions of one statement. */
const VERSIONS = 50;

/** Makes the partitions of the last twelve months; answers when the year begins. */
export async function yearOfPartitionsMake(db: Pool): Promise<Date> {
  const now = new Date();
  const monthOf = (ahead: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString();
  for (let ahead = -MONTHS; ahead < 0; ahead += 1) {
    const part = `stock_movements_${monthOf(ahead).slice(0, 7).replace("-", "_")}`;
    await db.query(
      `create table if not exists ${part} partition of stock_movements
       for values from ('${monthOf(ahead)}') to ('${monthOf(ahead + 1)}')`,
    );
  }
  return new Date(now.getTime() - 360 * DAY_MS);
}

interface Fill {
  /** Levels of the items SKU-(from) to SKU-(to - 1) get versions 1 to `entries`; they must have none yet. */
  readonly from: number;
  readonly to: number;
  readonly entries: number;
  /** The first entry is recorded then, the last one a day ago. */
  readonly begin: Date;
}

/** Writes the entries and the levels that follow from them. */
export async function ledgerFill(db: Pool, fill: Fill): Promise<void> {
  const stepMs = (Date.now() - DAY_MS - fill.begin.getTime()) / fill.entries;
  const versions = Math.max(VERSIONS, Math.ceil(100_000 / (fill.to - fill.from)));
  const client = await db.connect();
  try {
    await client.query("set synchronous_commit = off");
    for (let first = 1; first <= fill.entries; first += versions) {
      const last = Math.min(first + versions - 1, fill.entries);
      await client.query({
        name: "bench_ledger_fill",
        text: LEDGER_FILL,
        values: [fill.from, fill.to, first, last, fill.begin, stepMs],
      });
    }
    await client.query({ text: LEVELS_FILL, values: [fill.from, fill.to, fill.entries] });
  } finally {
    client.release();
  }
}

const LEDGER_FILL = `
  with items as materialized (
    select i.id as item_id, i.lane, w.id as warehouse_id, substr(i.sku, 5)::int as nth
    from inventory_items i
    cross join warehouses w
    where substr(i.sku, 5)::int >= $1::int
      and substr(i.sku, 5)::int < $2::int
  ),
  given as (
    select i.*, v.version,
      ('0198' || lpad(to_hex(v.version), 8, '0') || '7000' || '8000' || lpad(to_hex(i.nth), 12, '0'))::uuid as movement_id,
      $5::timestamptz + make_interval(secs => ((v.version - 1) * $6::float8 + i.nth) / 1000.0) as recorded_at
    from generate_series($3::bigint, $4::bigint) as v (version)
    cross join items i
    order by v.version, i.nth
  ),
  outcomes as (
    insert into movement_outcomes (id, body_hash, status, item_id, warehouse_id, version, balance_after, decided_at)
    select movement_id, sha256(int8send(version)), 'applied', item_id, warehouse_id, version, version, recorded_at
    from given
  )
  insert into stock_movements (movement_id, type, item_id, warehouse_id, quantity, balance_after, version, lane, position,
    unit_cost, reference_type, reference_id, source, actor, occurred_at, recorded_at, previous_hash, hash)
  select movement_id, 'receipt', item_id, warehouse_id, 1, version, version, lane, version, 2.5, 'order', 'order ' || version,
    'api', 'bench',
    recorded_at - case when (version + nth) % 10 = 0 then make_interval(hours => (version % 72)::int + 1)
      else interval '200 milliseconds' end,
    recorded_at, sha256(uuid_send(item_id) || int8send(version - 1)), sha256(uuid_send(item_id) || int8send(version))
  from given`;

const LEVELS_FILL = `
  insert into stock_levels (item_id, warehouse_id, lane, on_hand, average_cost, version, last_hash, updated_at)
  select i.id, w.id, i.lane, $3::bigint, 2.5, $3::bigint, sha256(uuid_send(i.id) || int8send($3::bigint)), now() - interval '1 day'
  from inventory_items i
  cross join warehouses w
  where substr(i.sku, 5)::int >= $1::int
    and substr(i.sku, 5)::int < $2::int`;
