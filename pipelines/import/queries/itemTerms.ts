/**
 * SQL of what an import may not change of an item that has stock or costs: its tracking, its unit, its currency. The rules are
 * those of a PATCH (pipelines/catalogue/itemParts.ts).
 */
import type { Db } from "../../../platform/postgres.ts";
import type { FoundFault, RowRange } from "./rows.ts";

/** Staged rows of a range whose item would get another tracking, unit or currency. */
const CHANGING = `
      from import_rows s
      join inventory_items i on i.sku = s.fields ->> 'sku'
      where s.import_id = $1::uuid
        and s.row_number > $2::bigint
        and s.row_number <= $3::bigint
        and s.state = 'staged'
        and (
          s.fields ->> 'tracking' <> i.tracking
          or s.fields ->> 'unit' <> i.unit
          or (s.fields ? 'currency' and s.fields ->> 'currency' is distinct from i.currency)
        )`;

/** Lanes of the items whose terms a range would change, in ascending order. */
export async function importTermLanes(db: Db, range: RowRange): Promise<number[]> {
  const { rows } = await db.query<{ lane: number }>({
    name: "import_term_lanes",
    text: `
      select distinct i.lane
      ${CHANGING}
      order by i.lane`,
    values: [range.importId, range.from, range.to],
  });
  return rows.map((row) => row.lane);
}

/** Holds lanes until the transaction ends, taken in ascending order: no batch decides a movement of their items meanwhile. */
export async function importLanesLock(db: Db, lanes: readonly number[]): Promise<void> {
  await db.query({
    name: "import_lanes_lock",
    text: "select id from lanes where id = any($1::smallint[]) order by id for update",
    values: [lanes],
  });
}

/**
 * Items that the file would track or measure in another way while they have stock or movements that wait, or keep in another
 * currency once they have costs; one fault a row.
 */
export async function importTermFaults(db: Db, range: RowRange): Promise<FoundFault[]> {
  const { rows } = await db.query<FoundFault>({
    name: "import_term_faults",
    text: `
      with changing as materialized (
        select s.row_number, s.fields, i.id, i.lane, i.tracking, i.unit, i.currency
        ${CHANGING}
      ),
      bound as (
        select c.*, p.has_any, p.has_costs,
          exists (
            select
            from stock_levels l
            where l.item_id = c.id
              and (l.on_hand <> 0 or l.reserved <> 0 or l.unavailable <> 0 or l.in_transit <> 0)
          ) as has_stock,
          exists (select from stock_levels l where l.item_id = c.id and l.average_cost is not null) as has_average
        from changing c
        cross join lateral (
          select count(*) > 0 as has_any, count(m.unit_cost) > 0 as has_costs
          from lanes n
          join movement_inbox m on m.lane = n.id and m.seq > n.low_water
          where n.id = c.lane
            and m.item_id = c.id
            and not exists (select from movement_outcomes o where o.id = m.id)
        ) p
      ),
      judged as (
        select b.*,
          case
            when b.fields ->> 'tracking' <> b.tracking and (b.has_stock or b.has_any) then 'tracking'
            when b.fields ->> 'unit' <> b.unit and (b.has_stock or b.has_any) then 'unit'
            when b.fields ? 'currency' and b.fields ->> 'currency' is distinct from b.currency
              and (b.has_average or b.has_costs) then 'currency'
          end as term
        from bound b
      )
      select row_number, term as column_name, term || '_in_use' as code, fields ->> term as value,
        case term when 'tracking' then tracking when 'unit' then unit else currency end as known
      from judged
      where term is not null
      order by row_number`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}
