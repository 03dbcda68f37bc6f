/** Checks that several types of movements share; each answers a rejection or null. */
import { AVERAGE_COST_LIMIT_SCALED, formatAverageCost } from "../averageCost.ts";
import type { Movement } from "../movement.ts";
import { formatQuantity, QUANTITY_LIMIT_SCALED } from "../quantity.ts";
import { type FoldState, type LevelState, type Rejection, reject } from "./state.ts";

/** Compare-and-set, and the months that take no entries any more. */
export function checkCommon(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): Rejection | null {
  if (movement.expectedVersion !== null && movement.expectedVersion !== level.version) {
    return reject(
      "version_conflict",
      `expected version ${movement.expectedVersion}, the level is at version ${level.version}`,
    );
  }
  if (state.closedMonths.size > 0) {
    const month = new Date(movement.occurredAtMs).toISOString().slice(0, 7);
    if (state.closedMonths.has(month)) {
      return reject("period_closed", `occurred in ${month}, which is closed`);
    }
  }
  if (level.tracking === "none" && movement.lotCode !== null) {
    return reject("lot_not_tracked", `lot "${movement.lotCode}" was named, the item has no lots`);
  }
  return null;
}

/** Both the balance and the change itself must fit the ledger: a count can change a level by more than either balance. */
export function checkOverflow(balance: bigint, change: bigint): Rejection | null {
  const after = balance + change;
  if (isWithinLimit(after) && isWithinLimit(change)) return null;
  const limit = formatQuantity(QUANTITY_LIMIT_SCALED);
  return reject(
    "level_overflow",
    isWithinLimit(after)
      ? `the level would change by ${formatQuantity(change)}, the limit is ${limit}`
      : `the level would be ${formatQuantity(after)}, its limit is ${limit}`,
  );
}

function isWithinLimit(quantity: bigint): boolean {
  return quantity < QUANTITY_LIMIT_SCALED && quantity > -QUANTITY_LIMIT_SCALED;
}

/** An average lies between the costs that it is made of, so only a cost that comes from outside can pass the limit. */
export function checkCost(average: bigint | null): Rejection | null {
  if (average === null || average < AVERAGE_COST_LIMIT_SCALED) return null;
  return reject(
    "level_overflow",
    `the average cost would be ${formatAverageCost(average)}, its limit is ${formatAverageCost(AVERAGE_COST_LIMIT_SCALED)}`,
  );
}
