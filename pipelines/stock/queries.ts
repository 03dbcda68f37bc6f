/** SQL of the stock reads. Quantities leave as decimal strings; what is on order counts as the view stock_positions counts it. */
import type { Db } from "../../platform/postgres.ts";
import { type LevelKey, levelKeyText, type StockLevel } from "./stockLevel.ts";

/** Columns of a level `s` (null where it never moved) as the members of StockLevel; `o` holds what is on order. */
const LEVEL_COLUMNS = `
        trim_scale(coalesce(s.on_hand, 0))::text as "onHand",
        trim_scale(coalesce(s.reserved, 0))::text as reserved,
        trim_scale(coalesce(s.unavailable, 0))::text as unavailable,
        trim_scale(coalesce(s.on_hand - s.reserved - s.unavailable, 0))::text as available,
        trim_scale(coalesce(o.incoming, 0))::text as incoming,
        trim_scale(coalesce(s.in_transit, 0))::text as "inTransit",
        trim_scale(s.average_cost)::text as "averageCost",
        coalesce(s.version, 0) as version,
        s.updated_at as "updatedAt"`;

/** What is ordered and not yet received of the pair `k`, by the index on the lines' item. */
const INCOMING = `
      left join lateral (
        select sum(greatest(l.quantity - l.received_quantity, 0)) as incoming
        from purchase_order_lines l
        join purchase_orders p on p.id = l.purchase_order_id
        where l.item_id = k.item_id
          and p.warehouse_id = k.warehouse_id
          and p.status in ('approved', 'sent', 'partially_received')
      ) o on true`;

type LevelRow = Omit<StockLevel, "updatedAt"> & { readonly updatedAt: Date | null };

function toLevel(row: LevelRow): StockLevel {
  const { onHand, reserved, unavailable, available, incoming, inTransit, averageCost } = row;
  const quantities = { onHand, reserved, unavailable, available, incoming, inTransit, averageCost };
  return { ...quantities, version: row.version, updatedAt: row.updatedAt?.toISOString() ?? null };
}

/** The levels of the given keys, by levelKeyText; a level that never moved is answered as zeros. */
export async function stockLevelsByKey(
  db: Db,
  keys: readonly LevelKey[],
): Promise<Map<string, StockLevel>> {
  const { rows } = await db.query<LevelRow & LevelKey>({
    name: "stock_levels_by_key",
    text: `
      select k.item_id as "itemId",
        k.warehouse_id as "warehouseId",
        ${LEVEL_COLUMNS}
      from unnest($1::uuid[], $2::uuid[]) as k (item_id, warehouse_id)
      left join stock_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
      ${INCOMING}`,
    values: [keys.map((key) => key.itemId), keys.map((key) => key.warehouseId)],
  });
  return new Map(rows.map((row) => [levelKeyText(row), toLevel(row)]));
}

/** A level with the codes that name it, and the time of the statement that read it. */
export interface NamedLevel {
  readonly sku: string;
  readonly warehouse: string;
  readonly level: StockLevel;
}

type NamedLevelRow = LevelRow & { readonly sku: string; readonly warehouse: string };

/** Filters of the lists; undefined: all. */
interface StockFilter {
  readonly itemId: string | undefined;
  readonly warehouseId: string | undefined;
  /** Codes that the caller is limited to. */
  readonly codes: readonly string[] | undefined;
  /** SKU and warehouse code of the last row of the page before. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** Levels by SKU and warehouse, at most `limit` of them. */
export async function stockLevelsList(db: Db, filter: StockFilter): Promise<NamedLevel[]> {
  const { rows } = await db.query<NamedLevelRow>({
    text: `
      select i.sku,
        w.code as warehouse,
        ${LEVEL_COLUMNS}
      from stock_levels s
      join inventory_items i on i.id = s.item_id
      join warehouses w on w.id = s.warehouse_id
      cross join lateral (select s.item_id, s.warehouse_id) k
      ${INCOMING}
      where ($1::uuid is null or s.item_id = $1::uuid)
        and ($2::uuid is null or s.warehouse_id = $2::uuid)
        and ($3::text[] is null or w.code = any($3::text[]))
        and ($4::text is null or i.sku >= $4::text)
        and ($4::text is null or (i.sku, w.code) > ($4::text, $5::text))
      order by i.sku, w.code
      limit $6::int`,
    values: filterValues(filter),
  });
  return rows.map((row) => ({ sku: row.sku, warehouse: row.warehouse, level: toLevel(row) }));
}

/** Every warehouse where the item has a level or is on order, by code. */
export async function stockLevelsOfItem(
  db: Db,
  args: { readonly itemId: string; readonly codes: readonly string[] | undefined },
): Promise<NamedLevel[]> {
  const { rows } = await db.query<NamedLevelRow>({
    name: "stock_levels_of_item",
    text: `
      with k as (
        select item_id, warehouse_id
        from stock_levels
        where item_id = $1::uuid
        union
        select l.item_id, p.warehouse_id
        from purchase_order_lines l
        join purchase_orders p on p.id = l.purchase_order_id
        where l.item_id = $1::uuid
          and p.status in ('approved', 'sent', 'partially_received')
      )
      select i.sku,
        w.code as warehouse,
        ${LEVEL_COLUMNS}
      from k
      join inventory_items i on i.id = k.item_id
      join warehouses w on w.id = k.warehouse_id
      left join stock_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
      ${INCOMING}
      where $2::text[] is null or w.code = any($2::text[])
      order by w.code`,
    values: [args.itemId, args.codes ?? null],
  });
  return rows.map((row) => ({ sku: row.sku, warehouse: row.warehouse, level: toLevel(row) }));
}

/** A level whose position calls for an order. */
export interface LowLevel extends NamedLevel {
  readonly position: string;
  readonly reorderAt: string;
  readonly shortfall: string;
  readonly method: string;
}

/** Levels at or below their reorder level, read live, by SKU and warehouse. */
export async function lowLevelsList(db: Db, filter: StockFilter): Promise<LowLevel[]> {
  const { rows } = await db.query<NamedLevelRow & Omit<LowLevel, "level">>({
    text: `
      select i.sku,
        w.code as warehouse,
        ${LEVEL_COLUMNS},
        trim_scale(x.position)::text as position,
        trim_scale(r.reorder_at)::text as "reorderAt",
        trim_scale(r.reorder_at - x.position)::text as shortfall,
        r.method
      from reorder_policies r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      join stock_positions x on x.item_id = r.item_id and x.warehouse_id = r.warehouse_id
      left join stock_levels s on s.item_id = r.item_id and s.warehouse_id = r.warehouse_id
      cross join lateral (select x.on_order as incoming) o
      where r.status = 'active'
        and i.status = 'active'
        and w.status = 'active'
        and x.position <= r.reorder_at
        and ($1::uuid is null or r.item_id = $1::uuid)
        and ($2::uuid is null or r.warehouse_id = $2::uuid)
        and ($3::text[] is null or w.code = any($3::text[]))
        and ($4::text is null or (i.sku, w.code) > ($4::text, $5::text))
      order by i.sku, w.code
      limit $6::int`,
    values: filterValues(filter),
  });
  return rows.map((row) => ({
    sku: row.sku,
    warehouse: row.warehouse,
    level: toLevel(row),
    position: row.position,
    reorderAt: row.reorderAt,
    shortfall: row.shortfall,
    method: row.method,
  }));
}

function filterValues(filter: StockFilter): unknown[] {
  const [sku = null, warehouse = null] = filter.after ?? [];
  const { itemId = null, warehouseId = null, codes = null, limit } = filter;
  return [itemId, warehouseId, codes, sku, warehouse, limit];
}

/** What the ledger says of a level at a past moment. */
export interface PastLevel {
  readonly onHand: string;
  /** Entries that had occurred by then. */
  readonly version: number;
  /** When the last of them occurred; null before the first. */
  readonly updatedAt: Date | null;
}

/** Sums the entries that had occurred by `at`, by key; a level without any is answered as zero. */
export async function stockLevelsAsOf(
  db: Db,
  args: { readonly itemId: string; readonly warehouseId: string; readonly at: Date },
): Promise<PastLevel> {
  const { rows } = await db.query<PastLevel>({
    name: "stock_level_as_of",
    text: `
      select trim_scale(coalesce(sum(quantity), 0))::text as "onHand",
        count(*) as version,
        max(occurred_at) as "updatedAt"
      from stock_movements
      where item_id = $1::uuid
        and warehouse_id = $2::uuid
        and occurred_at <= $3::timestamptz`,
    values: [args.itemId, args.warehouseId, args.at],
  });
  return rows[0] ?? { onHand: "0", version: 0, updatedAt: null };
}

/** What the ledger says of an item at a past moment, by warehouse. */
export async function stockOfItemAsOf(
  db: Db,
  args: {
    readonly itemId: string;
    readonly at: Date;
    readonly codes: readonly string[] | undefined;
  },
): Promise<(PastLevel & { readonly warehouse: string })[]> {
  const { rows } = await db.query<PastLevel & { readonly warehouse: string }>({
    name: "stock_of_item_as_of",
    text: `
      select w.code as warehouse,
        trim_scale(sum(m.quantity))::text as "onHand",
        count(*) as version,
        max(m.occurred_at) as "updatedAt"
      from stock_movements m
      join warehouses w on w.id = m.warehouse_id
      where m.item_id = $1::uuid
        and m.occurred_at <= $2::timestamptz
        and ($3::text[] is null or w.code = any($3::text[]))
      group by w.code
      order by w.code`,
    values: [args.itemId, args.at, args.codes ?? null],
  });
  return rows;
}

/** An entry of the ledger as it is shown. */
export interface LedgerRow {
  readonly movement_id: string;
  readonly type: string;
  readonly quantity: string;
  readonly balance_after: string;
  readonly version: number;
  readonly unit_cost: string | null;
  readonly currency: string | null;
  readonly counterpart_warehouse: string | null;
  readonly reason: string | null;
  readonly reference_type: string | null;
  readonly reference_id: string | null;
  readonly source: string;
  readonly actor: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly hash: string;
}

/** Entries of a level below the given version, newest first, at most `limit` of them. */
export async function ledgerEntriesList(
  db: Db,
  args: LevelKey & { readonly beforeVersion: number | undefined; readonly limit: number },
): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>({
    name: "ledger_entries_list",
    text: `
      select m.movement_id,
        m.type,
        trim_scale(m.quantity)::text as quantity,
        trim_scale(m.balance_after)::text as balance_after,
        m.version,
        trim_scale(m.unit_cost)::text as unit_cost,
        m.currency,
        w.code as counterpart_warehouse,
        m.reason,
        m.reference_type,
        m.reference_id,
        m.source,
        m.actor,
        m.occurred_at,
        m.recorded_at,
        encode(m.hash, 'hex') as hash
      from stock_movements m
      left join warehouses w on w.id = m.counterpart_warehouse_id
      where m.item_id = $1::uuid
        and m.warehouse_id = $2::uuid
        and m.version < $3::bigint
      order by m.version desc
      limit $4::int`,
    values: [
      args.itemId,
      args.warehouseId,
      args.beforeVersion ?? Number.MAX_SAFE_INTEGER,
      args.limit,
    ],
  });
  return rows;
}
