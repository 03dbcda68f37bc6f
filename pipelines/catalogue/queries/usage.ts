/** SQL that says whether an entity may be archived, and whether a new SKU looks like one that is there. */
import type { Db } from "../../../platform/postgres.ts";

/** What still hangs on an entity. */
export interface Usage {
  /** Levels that are not zero. */
  readonly levels: number;
  /** Lines of open purchase orders (for a supplier: the orders). */
  readonly order_lines: number;
  /** Accepted movements that have no outcome yet. */
  readonly movements_pending: number;
}

const OPEN_ORDER = "('draft', 'approved', 'sent', 'partially_received')";
const LEVEL_NOT_ZERO =
  "(s.on_hand <> 0 or s.reserved <> 0 or s.unavailable <> 0 or s.in_transit <> 0)";

/** What still hangs on an item. */
export async function itemUsage(db: Db, itemId: string): Promise<Usage> {
  const { rows } = await db.query<Usage>({
    text: `
      select
        (select count(*) from stock_levels s where s.item_id = $1::uuid and ${LEVEL_NOT_ZERO}) as levels,
        (select count(*)
          from purchase_order_lines l
          join purchase_orders o on o.id = l.purchase_order_id
          where l.item_id = $1::uuid and o.status in ${OPEN_ORDER}) as order_lines,
        (select count(*)
          from lanes n
          join movement_inbox m on m.lane = n.id and m.seq > n.low_water
          where n.id = lane_of($1::uuid)
            and m.item_id = $1::uuid
            and not exists (select from movement_outcomes x where x.id = m.id)) as movements_pending`,
    values: [itemId],
  });
  return usageOf(rows);
}

/** What still hangs on a warehouse. */
export async function warehouseUsage(db: Db, warehouseId: string): Promise<Usage> {
  const { rows } = await db.query<Usage>({
    text: `
      select
        (select count(*) from stock_levels s where s.warehouse_id = $1::uuid and ${LEVEL_NOT_ZERO}) as levels,
        (select count(*)
          from purchase_order_lines l
          join purchase_orders o on o.id = l.purchase_order_id
          where o.warehouse_id = $1::uuid and o.status in ${OPEN_ORDER}) as order_lines,
        (select count(*)
          from lanes n
          join movement_inbox m on m.lane = n.id and m.seq > n.low_water
          where $1::uuid in (m.warehouse_id, m.to_warehouse_id)
            and not exists (select from movement_outcomes x where x.id = m.id)) as movements_pending`,
    values: [warehouseId],
  });
  return usageOf(rows);
}

/** What still hangs on a supplier. */
export async function supplierUsage(db: Db, supplierId: string): Promise<Usage> {
  const { rows } = await db.query<Usage>({
    text: `
      select 0::bigint as levels,
        count(*) as order_lines,
        0::bigint as movements_pending
      from purchase_orders
      where supplier_id = $1::uuid
        and status in ${OPEN_ORDER}`,
    values: [supplierId],
  });
  return usageOf(rows);
}

function usageOf(rows: readonly Usage[]): Usage {
  return rows[0] ?? { levels: 0, order_lines: 0, movements_pending: 0 };
}

/**
 * A live item whose SKU a reader would take for the given one (same sku_skeleton), other than `exceptId`.
 * Holds a lock on that form until the transaction ends, so that two writers can't both find none.
 */
export async function skuLookAlike(
  db: Db,
  args: { readonly sku: string; readonly exceptId: string },
): Promise<string | undefined> {
  await db.query({
    text: "select pg_advisory_xact_lock(hashtextextended('sku ' || sku_skeleton($1::text), 0))",
    values: [args.sku],
  });
  const { rows } = await db.query<{ readonly sku: string }>({
    text: `
      select sku
      from inventory_items
      where sku_skeleton(sku) = sku_skeleton($1::text)
        and sku <> $1::text
        and status <> 'archived'
        and id <> $2::uuid
      order by sku
      limit 1`,
    values: [args.sku, args.exceptId],
  });
  return rows[0]?.sku;
}
