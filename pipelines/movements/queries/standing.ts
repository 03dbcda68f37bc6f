/** SQL that reads where movements stand. */
import type { Db } from "../../../platform/postgres.ts";

export interface MovementRow {
  readonly id: string;
  readonly status: "accepted" | "applied" | "rejected";
  readonly code: string | null;
  readonly detail: string | null;
  readonly balance_after: string | null;
  readonly version: number | null;
  readonly decided_at: Date | null;
  readonly sku: string;
  readonly warehouse: string;
  /** Where no batch could apply it: why, and since when. */
  readonly set_aside_error: string | null;
  readonly set_aside_at: Date | null;
}

const COLUMNS_OF_OUTCOME = `
  o.id, o.status, o.code, o.detail, trim_scale(o.balance_after)::text as balance_after, o.version, o.decided_at,
  i.sku, w.code as warehouse, null as set_aside_error, null::timestamptz as set_aside_at`;
const COLUMNS_OF_UNDONE = `
  m.id, 'accepted' as status, null as code, null as detail, null as balance_after, null::bigint as version,
  null::timestamptz as decided_at, i.sku, w.code as warehouse`;

/** Where the movements of the ids stand; ids that are not known are missing. */
export async function movementsRead(db: Db, ids: readonly string[]): Promise<MovementRow[]> {
  const { rows } = await db.query<MovementRow>({
    name: "movements_read",
    text: `
      select ${COLUMNS_OF_OUTCOME}
      from movement_outcomes o
      join inventory_items i on i.id = o.item_id
      join warehouses w on w.id = o.warehouse_id
      where o.id = any($1::uuid[])
      union all
      select ${COLUMNS_OF_UNDONE}, null, null
      from movement_inbox m
      join inventory_items i on i.id = m.item_id
      join warehouses w on w.id = m.warehouse_id
      where m.id = any($1::uuid[])
        and not exists (select from movement_outcomes o where o.id = m.id)
      union all
      select ${COLUMNS_OF_UNDONE}, a.error, a.set_aside_at
      from set_aside_movements a
      cross join lateral jsonb_populate_record(null::movement_inbox, a.movement) m
      join inventory_items i on i.id = m.item_id
      join warehouses w on w.id = m.warehouse_id
      where a.id = any($1::uuid[])
        and not exists (select from movement_outcomes o where o.id = a.id)`,
    values: [ids],
  });
  return rows;
}

/** Where the movements of one request stand, by id, after the given id. */
export async function movementsOfRequestRead(
  db: Db,
  args: { requestId: string; afterId: string | undefined; limit: number },
): Promise<MovementRow[]> {
  const { rows } = await db.query<MovementRow>({
    name: "movements_of_request_read",
    text: `
      select *
      from (
        select ${COLUMNS_OF_OUTCOME}
        from movement_outcomes o
        join inventory_items i on i.id = o.item_id
        join warehouses w on w.id = o.warehouse_id
        where o.source_id = $1::uuid
        union all
        select ${COLUMNS_OF_UNDONE}, null, null
        from movement_inbox m
        join inventory_items i on i.id = m.item_id
        join warehouses w on w.id = m.warehouse_id
        where m.source_id = $1::uuid
          and not exists (select from movement_outcomes o where o.id = m.id)
        union all
        select ${COLUMNS_OF_UNDONE}, a.error, a.set_aside_at
        from set_aside_movements a
        cross join lateral jsonb_populate_record(null::movement_inbox, a.movement) m
        join inventory_items i on i.id = m.item_id
        join warehouses w on w.id = m.warehouse_id
        where m.source_id = $1::uuid
          and not exists (select from movement_outcomes o where o.id = a.id)
      ) movements
      where $2::uuid is null or id > $2::uuid
      order by id
      limit $3::int`,
    values: [args.requestId, args.afterId ?? null, args.limit],
  });
  return rows;
}

/** Which of the ids are decided. */
export async function movementsDecided(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "movements_decided",
    text: `
      select id
      from movement_outcomes
      where id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map((row) => row.id);
}
