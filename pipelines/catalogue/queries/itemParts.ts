/** SQL of what belongs to an item beside its row: its packs, and what binds its tracking. */
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

/**
 * How an item is tracked, read while its lane is held: until the transaction ends no batch decides a movement of it, so nothing
 * of the item changes.
 */
export async function itemTrackingLock(
  db: Db,
  args: { readonly itemId: string; readonly lane: number },
): Promise<Tracking | undefined> {
  await db.query({
    text: "select id from lanes where id = $1::smallint for update",
    values: [args.lane],
  });
  const { rows } = await db.query<{ tracking: Tracking }>({
    text: "select tracking from inventory_items where id = $1::uuid",
    values: [args.itemId],
  });
  return rows[0]?.tracking;
}
