/**
 * SQL of levels at a past moment: what had occurred by then, whenever it was recorded. The function stock_level_as_of
 * (migration 0013) answers exactly and reads a bounded part of the ledger.
 */
import type { Db } from "../../../platform/postgres.ts";
import type { LevelKey } from "../stockLevel.ts";

/** What the ledger says of a level at a past moment. */
export interface PastLevel {
  readonly onHand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly available: string;
  readonly inTransit: string;
  /** Entries that had occurred by then. */
  readonly version: number;
  /** When the last entry was recorded that was recorded by then; null before the first. */
  readonly updatedAt: Date | null;
}

export interface NamedPastLevel extends PastLevel {
  readonly sku: string;
  readonly warehouse: string;
}

/**
 * Columns of the past `p` of the level `s` at $1. What had lapsed by then and was let go of later holds nothing (`l`): what is
 * open to this day, and what an entry dated after the moment let go of. Most releases occurred when the reservation lapsed
 * (pipelines/reservations) and need nothing; the rest is in late_releases.
 */
const PAST_COLUMNS = `
        trim_scale(p.on_hand)::text as "onHand",
        trim_scale(greatest(p.reserved - l.lapsed, 0))::text as reserved,
        trim_scale(p.unavailable)::text as unavailable,
        trim_scale(p.on_hand - greatest(p.reserved - l.lapsed, 0) - p.unavailable)::text as available,
        trim_scale(p.in_transit)::text as "inTransit",
        p.entries as version,
        p.recorded_at as "updatedAt"`;

const PAST = `
      cross join lateral stock_level_as_of(s.item_id, s.warehouse_id, $1::timestamptz) p
      cross join lateral (
        select coalesce(sum(h.quantity), 0) as lapsed
        from (
          select r.open_quantity
          from reservations r
          where r.item_id = s.item_id
            and r.warehouse_id = s.warehouse_id
            and r.open_quantity > 0
            and r.expires_at <= $1::timestamptz
          union all
          select f.quantity
          from late_releases f
          where f.item_id = s.item_id
            and f.warehouse_id = s.warehouse_id
            and f.occurred_at > $1::timestamptz
            and f.lapsed_at <= $1::timestamptz
        ) h (quantity)
      ) l`;

/** A level at a moment; one without entries by then is answered as zeros. */
export async function stockLevelAsOf(
  db: Db,
  { itemId, warehouseId, at }: LevelKey & { readonly at: Date },
): Promise<PastLevel> {
  const { rows } = await db.query<PastLevel>({
    name: "stock_level_as_of",
    text: `
      select ${PAST_COLUMNS}
      from (select $2::uuid as item_id, $3::uuid as warehouse_id) s
      ${PAST}`,
    values: [at, itemId, warehouseId],
  });
  const level = rows[0];
  if (level === undefined) throw new Error("stock_level_as_of answers one row");
  return level;
}

/** Filters of the list; undefined: all. */
interface PastFilter {
  readonly at: Date;
  readonly itemId: string | undefined;
  readonly warehouseId?: string | undefined;
  /** Codes that the caller is limited to. */
  readonly codes: readonly string[] | undefined;
  /** SKU and warehouse code of the last row of the page before. */
  readonly after?: readonly string[] | undefined;
  readonly limit?: number;
}

/** Levels at a moment by SKU and warehouse: those that have any entry today, also where none had occurred by then. */
export async function stockLevelsAsOfList(
  db: Db,
  { at, itemId, warehouseId, codes, after, limit }: PastFilter,
): Promise<NamedPastLevel[]> {
  const { rows } = await db.query<NamedPastLevel>({
    text: `
      select s.sku,
        s.warehouse,
        ${PAST_COLUMNS}
      from (
        select s.item_id, s.warehouse_id, i.sku, w.code as warehouse
        from stock_levels s
        join inventory_items i on i.id = s.item_id
        join warehouses w on w.id = s.warehouse_id
        where ($2::uuid is null or s.item_id = $2::uuid)
          and ($3::uuid is null or s.warehouse_id = $3::uuid)
          and ($4::text[] is null or w.code = any($4::text[]))
          and ($5::text is null or i.sku >= $5::text)
          and ($5::text is null or (i.sku, w.code) > ($5::text, $6::text))
        order by i.sku, w.code
        limit $7::int
      ) s
      ${PAST}
      order by s.sku, s.warehouse`,
    values: [
      at,
      itemId ?? null,
      warehouseId ?? null,
      codes ?? null,
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit ?? null,
    ],
  });
  return rows;
}
