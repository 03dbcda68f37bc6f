/** SQL of what belongs to an item beside its row: its packs, and what binds its tracking, unit and currency. */
import type { Tracking } from "../../../domain/movement.ts";
import type { PackUnits } from "../../../domain/stockUnits.ts";
import type { Db } from "../../../platform/postgres.ts";

/** Makes the packs of an item those of the map. Factors are decimal strings. */
export async function itemUnitsReplace(
  db: Db,
  args: { readonly itemId: string; readonly units: PackUnits },
): Promise<void> {
  await db.query({
    text: `
      with given as (
        select key as unit, value::numeric as factor
        from jsonb_each_text($2::jsonb)
      ),
      gone as (
        delete from item_units u
        where u.item_id = $1::uuid
          and not exists (select from given g where g.unit = u.unit)
      )
      insert into item_units (item_id, unit, factor)
      select $1::uuid, unit, factor
      from given
      on conflict on constraint item_units_pkey do update set factor = excluded.factor`,
    values: [args.itemId, JSON.stringify(args.units)],
  });
}

/** What of an item binds what it has: its stock is told apart and measured by it, its costs are in it. */
export interface ItemTerms {
  readonly tracking: Tracking;
  readonly unit: string;
  readonly currency: string | null;
  /** Whether a level has an average cost, or a movement that waits brings a cost. */
  readonly has_costs: boolean;
}

/**
 * The terms of an item, read while its lane is held: until the transaction ends no batch decides a movement of it, so nothing
 * of the item changes.
 */
export async function itemTermsLock(
  db: Db,
  args: { readonly itemId: string; readonly lane: number },
): Promise<ItemTerms | undefined> {
  await db.query({
    text: "select id from lanes where id = $1::smallint for update",
    values: [args.lane],
  });
  const { rows } = await db.query<ItemTerms>({
    text: `
      select i.tracking, i.unit, i.currency,
        exists (select from stock_levels s where s.item_id = i.id and s.average_cost is not null)
          or exists (
            select
            from lanes n
            join movement_inbox m on m.lane = n.id and m.seq > n.low_water
            where n.id = i.lane
              and m.item_id = i.id
              and m.unit_cost is not null
              and not exists (select from movement_outcomes o where o.id = m.id)
          ) as has_costs
      from inventory_items i
      where i.id = $1::uuid`,
    values: [args.itemId],
  });
  return rows[0];
}
