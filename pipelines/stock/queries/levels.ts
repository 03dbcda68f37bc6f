/**
 * SQL of the reads of levels as they are now. Quantities leave as decimal strings; reserved leaves out what has lapsed (view
 * current_levels); what is on order counts as the view stock_positions counts it.
 */
import type { Db } from "../../../platform/postgres.ts";
import { type LevelKey, levelKeyText, type StockLevel } from "../stockLevel.ts";

/** Columns of a level `s` (null where it never moved) as the members of StockLevel; `o` holds what is on order. */
const LEVEL_COLUMNS = `
        trim_scale(coalesce(s.on_hand, 0))::text as "onHand",
        trim_scale(coalesce(s.reserved, 0))::text as reserved,
        trim_scale(coalesce(s.unavailable, 0))::text as unavailable,
        trim_scale(coalesce(s.available, 0))::text as available,
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

/** A level and how long it stays so by the clock alone. */
export interface TimedLevel {
  readonly level: StockLevel;
  /** Milliseconds from the statement's begin until a reservation lapses; null where none will. */
  readonly lapsesInMs: number | null;
}

/** The levels of the given keys, by levelKeyText; a level that never moved is answered as zeros. */
export async function stockLevelsByKey(
  db: Db,
  keys: readonly LevelKey[],
): Promise<Map<string, TimedLevel>> {
  const { rows } = await db.query<LevelRow & LevelKey & Pick<TimedLevel, "lapsesInMs">>({
    name: "stock_levels_by_key",
    text: `
      select k.item_id as "itemId",
        k.warehouse_id as "warehouseId",
        (extract(epoch from s.next_lapse - now()) * 1000)::float8 as "lapsesInMs",
        ${LEVEL_COLUMNS}
      from unnest($1::uuid[], $2::uuid[]) as k (item_id, warehouse_id)
      left join current_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
      ${INCOMING}`,
    values: [keys.map((key) => key.itemId), keys.map((key) => key.warehouseId)],
  });
  return new Map(
    rows.map((row) => [levelKeyText(row), { level: toLevel(row), lapsesInMs: row.lapsesInMs }]),
  );
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
      from current_levels s
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
      left join current_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
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
      left join current_levels s on s.item_id = r.item_id and s.warehouse_id = r.warehouse_id
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
