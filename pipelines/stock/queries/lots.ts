/** SQL of lots and serial numbers: what each warehouse holds of them, the first to expire first. */
import type { Db } from "../../../platform/postgres.ts";

/** What a warehouse holds of a lot. */
export interface LotRow {
  readonly lot_id: string;
  readonly warehouse_id: string;
  readonly lot: string;
  readonly sku: string;
  readonly warehouse: string;
  /** YYYY-MM-DD. */
  readonly expires_on: string | null;
  readonly on_hand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly available: string;
  readonly in_transit: string;
  readonly updated_at: Date;
  /** expires_on as the order has it. */
  readonly expiry_key: string;
}

/** Filters of the list; undefined: all. */
interface LotFilter {
  readonly itemId?: string | undefined;
  readonly warehouseId?: string | undefined;
  /** Only lots that expire before this day (YYYY-MM-DD). */
  readonly expiringBefore?: string | undefined;
  /** Codes that the caller is limited to. */
  readonly codes: readonly string[] | undefined;
  /** Expiry key, lot and warehouse of the last row of the page before. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** Lots that hold anything, by day of expiry (none last), lot and warehouse; at most `limit` of them. */
export async function lotBalancesList(db: Db, filter: LotFilter): Promise<LotRow[]> {
  const [expiry = null, lot = null, warehouse = null] = filter.after ?? [];
  const { rows } = await db.query<LotRow>({
    text: `
      select t.id as lot_id,
        b.warehouse_id,
        t.code as lot,
        i.sku,
        w.code as warehouse,
        t.expires_on,
        trim_scale(b.on_hand)::text as on_hand,
        trim_scale(b.reserved)::text as reserved,
        trim_scale(b.unavailable)::text as unavailable,
        trim_scale(b.available)::text as available,
        trim_scale(b.in_transit)::text as in_transit,
        b.updated_at,
        coalesce(t.expires_on, 'infinity'::date)::text as expiry_key
      from lots t
      join current_lot_balances b on b.lot_id = t.id
      join inventory_items i on i.id = t.item_id
      join warehouses w on w.id = b.warehouse_id
      where (b.on_hand <> 0 or b.reserved <> 0 or b.unavailable <> 0 or b.in_transit <> 0)
        and ($1::uuid is null or t.item_id = $1::uuid)
        and ($2::uuid is null or b.warehouse_id = $2::uuid)
        and ($3::date is null or t.expires_on < $3::date)
        and ($4::text[] is null or w.code = any($4::text[]))
        and ($5::date is null or coalesce(t.expires_on, 'infinity'::date) >= $5::date)
        and ($5::date is null
          or (coalesce(t.expires_on, 'infinity'::date), t.id, b.warehouse_id) > ($5::date, $6::uuid, $7::uuid))
      order by coalesce(t.expires_on, 'infinity'::date), t.id, b.warehouse_id
      limit $8::int`,
    values: [
      filter.itemId ?? null,
      filter.warehouseId ?? null,
      filter.expiringBefore ?? null,
      filter.codes ?? null,
      expiry,
      lot,
      warehouse,
      filter.limit,
    ],
  });
  return rows;
}
