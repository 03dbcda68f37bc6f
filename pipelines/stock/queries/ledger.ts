/** SQL of a level's ledger, page by page. Versions are dense, so a page is a range of the primary key. */
import type { Db } from "../../../platform/postgres.ts";
import type { LevelKey } from "../stockLevel.ts";

/** An entry of the ledger as it is shown. A change that is null is none. */
export interface LedgerRow {
  readonly movement_id: string;
  readonly type: string;
  readonly quantity: string;
  readonly balance_after: string;
  readonly reserved_change: string | null;
  readonly reserved_after: string;
  readonly unavailable_change: string | null;
  readonly unavailable_after: string;
  readonly in_transit_change: string | null;
  readonly in_transit_after: string;
  readonly lot: string | null;
  readonly lot_balance_after: string | null;
  readonly target_id: string | null;
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
        trim_scale(nullif(m.reserved_change, 0))::text as reserved_change,
        trim_scale(m.reserved_after)::text as reserved_after,
        trim_scale(nullif(m.unavailable_change, 0))::text as unavailable_change,
        trim_scale(m.unavailable_after)::text as unavailable_after,
        trim_scale(nullif(m.in_transit_change, 0))::text as in_transit_change,
        trim_scale(m.in_transit_after)::text as in_transit_after,
        t.code as lot,
        trim_scale(m.lot_balance_after)::text as lot_balance_after,
        m.target_id,
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
      left join lots t on t.id = m.lot_id
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
