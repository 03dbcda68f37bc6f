/** SQL of the benchmarks: the catalogue they work on, backlogs, and how far the product has come. */
import type { Pool } from "pg";

export interface BenchItem {
  readonly id: string;
  readonly sku: string;
  readonly lane: number;
}

/** Code of the only warehouse. */
export const WAREHOUSE = "MAIN";

/** Inserts one warehouse and the items SKU-0, SKU-1, ...; answers the items. */
export async function catalogueSeed(db: Pool, items: number): Promise<BenchItem[]> {
  await db.query(
    `insert into warehouses (id, code, name)
     values (make_uuid7(), $1, 'Main')`,
    [WAREHOUSE],
  );
  const { rows } = await db.query<BenchItem>(
    `with made as (
       select make_uuid7() as id, 'SKU-' || n as sku
       from generate_series(0, $1::int - 1) as n
     )
     insert into inventory_items (id, sku, name, lane)
     select id, sku, 'Item ' || sku, lane_of(id)
     from made
     returning id, sku, lane`,
    [items],
  );
  await db.query("analyze");
  return rows;
}

/** Gives every item a level in each of so many warehouses, a reorder policy in each tenth, and an order line in each hundredth. */
export async function viewsSeed(db: Pool, { warehouses }: { warehouses: number }): Promise<void> {
  await db.query(
    `insert into warehouses (id, code, name)
     select make_uuid7(), 'W' || n, 'Warehouse ' || n
     from generate_series(2, $1::int) as n`,
    [warehouses],
  );
  await db.query(
    `insert into stock_levels (item_id, warehouse_id, lane, on_hand, average_cost, version, updated_at)
     select i.id, w.id, i.lane, (random() * 100)::int, 2.5, 1, now()
     from inventory_items i
     cross join warehouses w`,
  );
  await db.query(
    `insert into reorder_policies (id, item_id, warehouse_id, method, min_quantity, max_quantity)
     select make_uuid7(), i.id, w.id, 'min_max', 20, 50
     from inventory_items i
     cross join warehouses w
     where substr(i.sku, 5)::int % 10 = 0`,
  );
  await db.query(
    `with supplier as (
       insert into suppliers (id, code, name) values (make_uuid7(), 'S', 'S') returning id
     ), made as (
       insert into purchase_orders (id, supplier_id, warehouse_id, status, created_by)
       select make_uuid7(), s.id, w.id, 'sent', 'bench'
       from supplier s
       cross join warehouses w
       returning id
     )
     insert into purchase_order_lines (id, purchase_order_id, line_number, item_id, quantity, unit_cost)
     select make_uuid7(), o.id, substr(i.sku, 5)::int + 1, i.id, 10, 2.5
     from made o
     cross join inventory_items i
     where substr(i.sku, 5)::int % 100 = 0`,
  );
}

/**
 * Puts movements into the inbox in one transaction, spread evenly over the items in a mixed order: of five movements four are
 * receipts and one is an issue. `quantity` is that of a receipt; an issue takes one.
 */
export async function backlogInsert(
  db: Pool,
  args: { itemIds: readonly string[]; movements: number; quantity: number },
): Promise<void> {
  await db.query(
    `insert into movement_inbox (
       lane, id, body_hash, type, item_id, warehouse_id, quantity, unit_cost, reference_type, reference_id,
       source, actor, occurred_at)
     select i.lane, make_uuid7(), sha256(int4send(n)),
       case when n % 5 = 4 then 'issue' else 'receipt' end,
       i.id, w.id,
       case when n % 5 = 4 then 1 else $3::numeric end,
       case when n % 5 = 4 then null else 2.5 end,
       'order', 'order ' || n, 'api', 'bench', clock_timestamp()
     from generate_series(0, $2::int - 1) as n
     join unnest($1::uuid[]) with ordinality as g (id, ordinal)
       on g.ordinal = 1 + (n::bigint * 7919) % cardinality($1::uuid[])
     join inventory_items i on i.id = g.id
     cross join warehouses w
     order by n`,
    [args.itemIds, args.movements, args.quantity],
  );
}

/** Movement events so far: each decided movement within one warehouse is one event. Cheap enough to be asked all the time. */
export async function decidedCount(db: Pool): Promise<number> {
  const { rows } = await db.query<{ events: string }>(
    `select sum(next_position - 1) as events
     from lanes
     where id < 256`,
  );
  return Number(rows[0]?.events ?? 0);
}

/** The same by the rows themselves: outcomes, of them applied, and ledger entries. */
export async function outcomesCount(
  db: Pool,
): Promise<{ outcomes: number; applied: number; entries: number }> {
  const { rows } = await db.query<{ outcomes: number; applied: number; entries: number }>(
    `select count(*)::int as outcomes,
       (count(*) filter (where status = 'applied'))::int as applied,
       (select count(*)::int from stock_movements) as entries
     from movement_outcomes`,
  );
  return rows[0] ?? { outcomes: 0, applied: 0, entries: 0 };
}

/** Empties the inbox, so that every round of intake writes into the same. */
export async function inboxClear(db: Pool): Promise<void> {
  await db.query("truncate movement_inbox");
}

/** Number of movements in the inbox. */
export async function inboxCount(db: Pool): Promise<number> {
  const { rows } = await db.query<{ movements: number }>(
    "select count(*)::int as movements from movement_inbox",
  );
  return rows[0]?.movements ?? 0;
}

/** Those of the movements that have an outcome. */
export async function outcomesRead(db: Pool, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "bench_outcomes_read",
    text: `select id
      from movement_outcomes
      where id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map((row) => row.id);
}

/** The tables of the one-transaction-a-movement baseline: a level, a ledger with two indexes, an outbox. */
export async function plainTablesMake(db: Pool): Promise<void> {
  await db.query(
    `create table plain_levels (
       item_id uuid not null,
       warehouse_id uuid not null,
       on_hand numeric(18, 4) not null,
       version bigint not null,
       primary key (item_id, warehouse_id)
     ) with (fillfactor = 70);
     create table plain_movements (
       id uuid primary key,
       type text not null,
       item_id uuid not null,
       warehouse_id uuid not null,
       quantity numeric(18, 4) not null,
       balance_after numeric(18, 4) not null,
       version bigint not null,
       actor text not null,
       recorded_at timestamptz not null default clock_timestamp()
     );
     create unique index plain_movements_level on plain_movements (item_id, warehouse_id, version);
     create table plain_outbox (
       id bigint generated always as identity primary key,
       payload jsonb not null,
       created_at timestamptz not null default clock_timestamp()
     );
     insert into plain_levels (item_id, warehouse_id, on_hand, version)
     select i.id, w.id, 1000, 1
     from inventory_items i
     cross join warehouses w`,
  );
}

/** Gives every item a level at the only warehouse, as one receipt would leave it; there is no ledger behind it. */
export async function levelsSeed(db: Pool): Promise<void> {
  await db.query(
    `insert into stock_levels (item_id, warehouse_id, lane, on_hand, average_cost, version, updated_at)
     select i.id, w.id, i.lane, 1000, 2.5, 1, now()
     from inventory_items i
     cross join warehouses w`,
  );
  await db.query("analyze");
}

/** A level as the read baseline answers it, by its natural key. */
export async function plainLevelRead(
  db: Pool,
  key: { readonly sku: string; readonly warehouse: string },
): Promise<object | undefined> {
  const { rows } = await db.query<object>({
    name: "plain_level_read",
    text: `select i.sku, w.code as warehouse, s.on_hand, s.reserved, s.unavailable,
        s.on_hand - s.reserved - s.unavailable as available, s.in_transit, s.average_cost, s.version, s.updated_at
      from inventory_items i
      cross join warehouses w
      join stock_levels s on s.item_id = i.id and s.warehouse_id = w.id
      where i.sku = $1
        and w.code = $2`,
    values: [key.sku, key.warehouse],
  });
  return rows[0];
}

/** The process of the server that answers. */
export async function backendPid(db: Pool): Promise<number> {
  const { rows } = await db.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}
