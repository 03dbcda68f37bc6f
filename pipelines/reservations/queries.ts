/** SQL of reservations whose time is over. */
import type { Db } from "../../platform/postgres.ts";

export interface LapsedRow {
  readonly id: string;
  readonly item_id: string;
  readonly lane: number;
  readonly warehouse_id: string;
  /** Decimal string without needless zeros. */
  readonly open_quantity: string;
  /** As PostgreSQL writes it, to the microsecond: the place from which to read on. */
  readonly expires_at: string;
  /** When it lapsed; the start of this month (UTC) where that was before: the months before may be closed. */
  readonly lapsed_at: Date;
}

/**
 * Reservations that are past their time and hold stock, in the order of their times, after the given place. Those in halted
 * lanes are left out: nothing posted for them would be decided.
 */
export async function lapsedReservationsRead(
  db: Db,
  args: {
    readonly after: Pick<LapsedRow, "expires_at" | "id"> | undefined;
    readonly limit: number;
  },
): Promise<LapsedRow[]> {
  const { rows } = await db.query<LapsedRow>({
    name: "lapsed_reservations_read",
    text: `
      select r.id, r.item_id, i.lane, r.warehouse_id, trim_scale(r.open_quantity)::text as open_quantity,
        r.expires_at::text as expires_at,
        greatest(r.expires_at, date_trunc('month', now() at time zone 'UTC') at time zone 'UTC') as lapsed_at
      from reservations r
      join inventory_items i on i.id = r.item_id
      join lanes n on n.id = i.lane and n.halted_at is null
      where r.open_quantity > 0
        and r.expires_at <= now()
        and r.expires_at >= $1::timestamptz
        and (r.expires_at, r.id) > ($1::timestamptz, $2::uuid)
      order by r.expires_at, r.id
      limit $3::int`,
    values: [
      args.after?.expires_at ?? "-infinity",
      args.after?.id ?? "00000000-0000-0000-0000-000000000000",
      args.limit,
    ],
  });
  return rows;
}
