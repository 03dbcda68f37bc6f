/** SQL of reservations as they are read. What has lapsed counts as released from that moment on, before its release is written. */
import type { Db } from "../../../platform/postgres.ts";

/** Where a reservation stands. */
export const RESERVATION_STATUSES = ["open", "issued", "released", "expired"] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** A reservation. quantity = open + issued + released. */
export interface ReservationRow {
  readonly id: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly lot: string | null;
  readonly status: ReservationStatus;
  readonly quantity: string;
  readonly open: string;
  readonly issued: string;
  readonly released: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Conditions by status; together they cover every reservation once. A part that was released after its time was not let go: it expired. */
const STATUS_CONDITIONS: Readonly<Record<ReservationStatus, string>> = {
  open: "r.open_quantity > 0 and (r.expires_at is null or r.expires_at > now())",
  issued: "r.open_quantity = 0 and r.released_quantity = 0",
  released:
    "r.open_quantity = 0 and r.released_quantity > 0 and (r.expires_at is null or r.expires_at > r.updated_at)",
  expired:
    "(r.open_quantity > 0 and r.expires_at <= now() or r.open_quantity = 0 and r.released_quantity > 0 and r.expires_at <= r.updated_at)",
};

const COLUMNS = `
        r.id,
        i.sku,
        w.code as warehouse,
        t.code as lot,
        case
          when ${STATUS_CONDITIONS.open} then 'open'
          when ${STATUS_CONDITIONS.issued} then 'issued'
          when ${STATUS_CONDITIONS.released} then 'released'
          else 'expired'
        end as status,
        trim_scale(r.quantity)::text as quantity,
        trim_scale(r.open_quantity - x.lapsed)::text as open,
        trim_scale(r.issued_quantity)::text as issued,
        trim_scale(r.released_quantity + x.lapsed)::text as released,
        r.expires_at,
        r.created_at,
        r.updated_at`;

const TABLES = `
      from reservations r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      left join lots t on t.id = r.lot_id
      cross join lateral (
        select case when r.expires_at <= now() then r.open_quantity else 0 end as lapsed
      ) x`;

/** One reservation, if the caller may see its warehouse. */
export async function reservationRead(
  db: Db,
  args: { readonly id: string; readonly codes: readonly string[] | undefined },
): Promise<ReservationRow | undefined> {
  const { rows } = await db.query<ReservationRow>({
    name: "reservation_read",
    text: `
      select ${COLUMNS}
      ${TABLES}
      where r.id = $1::uuid
        and ($2::text[] is null or w.code = any($2::text[]))`,
    values: [args.id, args.codes ?? null],
  });
  return rows[0];
}

/** Filters of the list; undefined: all. */
interface ReservationFilter {
  readonly itemId: string | undefined;
  readonly warehouseId: string | undefined;
  readonly status: ReservationStatus | undefined;
  /** Codes that the caller is limited to. */
  readonly codes: readonly string[] | undefined;
  /** Id of the last row of the page before. */
  readonly afterId: string | undefined;
  readonly limit: number;
}

/** Reservations by id, the highest first (ids that we give are in the order of time); at most `limit` of them. */
export async function reservationsList(
  db: Db,
  filter: ReservationFilter,
): Promise<ReservationRow[]> {
  const condition = filter.status === undefined ? "true" : STATUS_CONDITIONS[filter.status];
  const { rows } = await db.query<ReservationRow>({
    text: `
      select ${COLUMNS}
      ${TABLES}
      where ${condition}
        and ($1::uuid is null or r.item_id = $1::uuid)
        and ($2::uuid is null or r.warehouse_id = $2::uuid)
        and ($3::text[] is null or w.code = any($3::text[]))
        and ($4::uuid is null or r.id < $4::uuid)
      order by r.id desc
      limit $5::int`,
    values: [
      filter.itemId ?? null,
      filter.warehouseId ?? null,
      filter.codes ?? null,
      filter.afterId ?? null,
      filter.limit,
    ],
  });
  return rows;
}
