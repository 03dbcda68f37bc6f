/** What only items have: packs in a table of their own, and the tracking, unit and currency that bind what it has. */
import { ConflictError } from "../../domain/errors.ts";
import { laneOfItem } from "../../domain/lane.ts";
import type { PackUnits } from "../../domain/stockUnits.ts";
import type { Db } from "../../platform/postgres.ts";
import type { EntityFields } from "./queries/entities.ts";
import { type ItemTerms, itemTermsLock, itemUnitsReplace } from "./queries/itemParts.ts";
import { itemUsage } from "./queries/usage.ts";

/** Writes the packs where they are given; answers whether they were. */
export async function writeItemUnits(db: Db, id: string, fields: EntityFields): Promise<boolean> {
  const { units } = fields;
  if (units === undefined) return false;
  await itemUnitsReplace(db, { itemId: id, units: units as PackUnits }); // the API's schema has checked them
  return true;
}

/**
 * Refuses changes of what the item's stock and costs are kept in: another tracking or unit while it has stock or movements that
 * wait, another currency once it has costs. Holds the item's lane, so that no batch brings any meanwhile. Throws ConflictError
 * tracking_in_use, unit_in_use, currency_in_use.
 */
export async function guardTerms(db: Db, id: string, fields: EntityFields): Promise<void> {
  const { tracking, unit, currency } = fields;
  if (tracking === undefined && unit === undefined && currency === undefined) return;
  const held = await itemTermsLock(db, { itemId: id, lane: laneOfItem(id) });
  if (held === undefined) return;
  if (currency !== undefined) requireCurrency(held, currency);
  const changed = [
    ...(isOther(tracking, held.tracking) ? (["tracking"] as const) : []),
    ...(isOther(unit, held.unit) ? (["unit"] as const) : []),
  ];
  const [term] = changed;
  if (term !== undefined) await requireNoStock(db, id, { term, held: held[term] });
}

function isOther(given: unknown, held: string): boolean {
  return given !== undefined && given !== held;
}

function requireCurrency(held: ItemTerms, currency: unknown): void {
  if (currency === held.currency || !held.has_costs) return;
  throw new ConflictError({
    code: "currency_in_use",
    detail: `the item has costs in ${held.currency ?? "no currency"}, or receipts with a cost still to be applied; make another item for another currency`,
  });
}

async function requireNoStock(
  db: Db,
  id: string,
  { term, held }: { readonly term: "tracking" | "unit"; readonly held: string },
): Promise<void> {
  const usage = await itemUsage(db, id);
  if (usage.levels + usage.movements_pending === 0) return;
  throw new ConflictError({
    code: `${term}_in_use`,
    detail: `the item's ${term} is ${JSON.stringify(held)} and it has ${usage.levels} stock levels that are not zero and ${usage.movements_pending} movements still to be applied; bring its stock to zero before its ${term} changes`,
  });
}
