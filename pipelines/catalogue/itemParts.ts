/** What only items have: packs in a table of their own, and a tracking that binds what is in stock. */
import { ConflictError } from "../../domain/errors.ts";
import { laneOfItem } from "../../domain/lane.ts";
import type { PackUnits } from "../../domain/stockUnits.ts";
import type { Db } from "../../platform/postgres.ts";
import type { EntityFields } from "./queries/entities.ts";
import { itemTrackingLock, itemUnitsReplace } from "./queries/itemParts.ts";
import { itemUsage } from "./queries/usage.ts";

/** Writes the packs where they are given; answers whether they were. */
export async function writeItemUnits(db: Db, id: string, fields: EntityFields): Promise<boolean> {
  const { units } = fields;
  if (units === undefined) return false;
  await itemUnitsReplace(db, { itemId: id, units: units as PackUnits }); // the API's schema has checked them
  return true;
}

/**
 * Refuses another tracking while the item has stock or movements that wait: what is there has no lots, or has them. Holds the item's lane,
 * so that no batch brings stock in meanwhile. Throws ConflictError tracking_in_use.
 */
export async function guardTracking(db: Db, id: string, fields: EntityFields): Promise<void> {
  const { tracking } = fields;
  if (tracking === undefined) return;
  const held = await itemTrackingLock(db, { itemId: id, lane: laneOfItem(id) });
  if (held === tracking) return;
  const usage = await itemUsage(db, id);
  if (usage.levels + usage.movements_pending === 0) return;
  throw new ConflictError({
    code: "tracking_in_use",
    detail: `the item is tracked by ${JSON.stringify(held)} and has ${usage.levels} stock levels that are not zero and ${usage.movements_pending} movements still to be applied; bring its stock to zero before its tracking changes`,
  });
}
