/** SQL of goods on their way from one warehouse to another. */
import type { Db } from "../../../platform/postgres.ts";

/** A line of a transfer in transit. quantity = open + arrived + lost, unless the transfer was reversed. */
export interface TransitRow {
  readonly id: string;
  readonly line: number;
  readonly sku: string;
  readonly from_warehouse: string;
  readonly to_warehouse: string;
  readonly lot: string | null;
  readonly quantity: string;
  readonly open: string;
  readonly arrived: string;
  readonly lost: string;
  readonly shipped_at: Date;
  readonly updated_at: Date;
}

/** Filters of the list; undefined: all. */
interface TransitFilter {
  readonly itemId: string | undefined;
  readonly fromWarehouseId: string | undefined;
  readonly toWarehouseId: string | undefined;
  /** True: only lines of which something is still on its way. */
  readonly open: boolean;
  /** Codes that the caller is limited to: one of the two ends must be among them. */
  readonly codes: readonly string[] | undefined;
  /** Transfer and line of the last row of the page before. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** Lines of transfers by transfer and line, the highest transfer first; at most `limit` of them. */
export async function transitsList(db: Db, filter: TransitFilter): Promise<TransitRow[]> {
  const { rows } = await db.query<TransitRow>({
    text: `
      select g.movement_id as id,
        g.line,
        i.sku,
        f.code as from_warehouse,
        w.code as to_warehouse,
        t.code as lot,
        trim_scale(g.quantity)::text as quantity,
        trim_scale(g.open_quantity)::text as open,
        trim_scale(g.arrived_quantity)::text as arrived,
        trim_scale(g.lost_quantity)::text as lost,
        g.shipped_at,
        g.updated_at
      from transits g
      join inventory_items i on i.id = g.item_id
      join warehouses f on f.id = g.from_warehouse_id
      join warehouses w on w.id = g.to_warehouse_id
      left join lots t on t.id = g.lot_id
      where ${filter.open ? "g.open_quantity > 0" : "true"}
        and ($1::uuid is null or g.item_id = $1::uuid)
        and ($2::uuid is null or g.from_warehouse_id = $2::uuid)
        and ($3::uuid is null or g.to_warehouse_id = $3::uuid)
        and ($4::text[] is null or f.code = any($4::text[]) or w.code = any($4::text[]))
        and ($5::uuid is null or (g.movement_id, g.line) < ($5::uuid, $6::smallint))
      order by g.movement_id desc, g.line desc
      limit $7::int`,
    values: [
      filter.itemId ?? null,
      filter.fromWarehouseId ?? null,
      filter.toWarehouseId ?? null,
      filter.codes ?? null,
      filter.after?.[0] ?? null,
      filter.after?.[1] ?? null,
      filter.limit,
    ],
  });
  return rows;
}
