/**
 * The stock fold: decides each movement in order against the levels that the ones before it left.
 * Pure and total: a movement is applied or rejected with a code, nothing is thrown, nothing after the last check can fail.
 */
import { AVERAGE_COST_LIMIT_SCALED, formatAverageCost, nextAverageCost } from "./averageCost.ts";
import type { Movement, RejectionCode } from "./movement.ts";
import { formatQuantity, QUANTITY_LIMIT_SCALED, type ScaledQuantity } from "./quantity.ts";

/** A stock level while it is being folded. Quantities are scaled; averageCost has 6 decimals (scaled by 10^6). */
export interface LevelState {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly allowNegative: boolean;
  onHand: ScaledQuantity;
  readonly reserved: ScaledQuantity;
  readonly unavailable: ScaledQuantity;
  averageCost: bigint | null;
  version: number;
}

/** One change of one level: what the ledger will hold. */
export interface LedgerEntry {
  readonly movement: Movement;
  readonly level: LevelState;
  /** The level at the other end of a transfer. */
  readonly counterpart: LevelState | null;
  readonly quantity: ScaledQuantity;
  readonly balanceAfter: ScaledQuantity;
  readonly version: number;
}

export type Decision =
  | { readonly status: "applied"; readonly entries: readonly LedgerEntry[] }
  | { readonly status: "rejected"; readonly code: RejectionCode; readonly detail: string };

/** Key of a level in the map that a fold works on. */
export function levelKey(itemId: string, warehouseId: string): string {
  return `${itemId}/${warehouseId}`;
}

/**
 * Decides one movement and, when it applies, changes the levels in place.
 * Checks stand in this order: expected version, stock, overflow, cost. Both ends of a transfer pass or none.
 */
export function foldMovement(
  movement: Movement,
  levels: ReadonlyMap<string, LevelState>,
): Decision {
  const level = levelOf(levels, movement.itemId, movement.warehouseId);
  const counterpart =
    movement.toWarehouseId === null
      ? null
      : levelOf(levels, movement.itemId, movement.toWarehouseId);
  const change = changeOf(movement, level);
  const rejection =
    checkVersion(movement, level) ??
    checkStock(movement, level, change) ??
    checkOverflow(level, change) ??
    (counterpart === null ? null : checkOverflow(counterpart, movement.quantity)) ??
    checkCost(movement, level);
  if (rejection !== null) return rejection;
  return { status: "applied", entries: applyChange(movement, { level, counterpart, change }) };
}

function levelOf(levels: ReadonlyMap<string, LevelState>, itemId: string, warehouseId: string) {
  const level = levels.get(levelKey(itemId, warehouseId));
  if (level === undefined) throw new Error(`level of ${itemId} at ${warehouseId} was not loaded`);
  return level;
}

/** Signed change of on hand at the movement's own warehouse. */
function changeOf(movement: Movement, level: LevelState): ScaledQuantity {
  switch (movement.type) {
    case "receipt":
    case "return":
    case "adjustment":
      return movement.quantity;
    case "issue":
    case "transfer":
    case "supplier_return":
    case "scrap":
      return -movement.quantity;
    case "count":
      return movement.quantity - level.onHand;
  }
}

function checkVersion(movement: Movement, level: LevelState): Decision | null {
  if (movement.expectedVersion === null || movement.expectedVersion === level.version) return null;
  return reject(
    "version_conflict",
    `expected version ${movement.expectedVersion}, the level is at version ${level.version}`,
  );
}

/** Out-going types take from what is available; an adjustment states what is there, so it only may not go below zero. */
function checkStock(movement: Movement, level: LevelState, change: bigint): Decision | null {
  if (change >= 0n || level.allowNegative || movement.type === "count") return null;
  const usable =
    movement.type === "adjustment"
      ? level.onHand
      : level.onHand - level.reserved - level.unavailable;
  if (usable + change >= 0n) return null;
  const word = movement.type === "adjustment" ? "on hand" : "available";
  return reject(
    "insufficient_stock",
    `asked ${formatQuantity(-change)}, ${word} ${formatQuantity(usable)}`,
  );
}

/** Both the balance and the change itself must fit the ledger: a count can change a level by more than either balance. */
function checkOverflow(level: LevelState, change: bigint): Decision | null {
  const balance = level.onHand + change;
  if (isWithinLimit(balance) && isWithinLimit(change)) return null;
  const limit = formatQuantity(QUANTITY_LIMIT_SCALED);
  return reject(
    "level_overflow",
    isWithinLimit(balance)
      ? `the level would change by ${formatQuantity(change)}, the limit is ${limit}`
      : `the level would be ${formatQuantity(balance)}, its limit is ${limit}`,
  );
}

function isWithinLimit(quantity: ScaledQuantity): boolean {
  return quantity < QUANTITY_LIMIT_SCALED && quantity > -QUANTITY_LIMIT_SCALED;
}

/** An average lies between the costs that it is made of, so only a cost that comes from outside can pass the limit. */
function checkCost(movement: Movement, level: LevelState): Decision | null {
  const average = averageAfter(movement, level);
  if (average === null || average < AVERAGE_COST_LIMIT_SCALED) return null;
  return reject(
    "level_overflow",
    `the average cost would be ${formatAverageCost(average)}, its limit is ${formatAverageCost(AVERAGE_COST_LIMIT_SCALED)}`,
  );
}

/** Average cost of the movement's own level after it. */
function averageAfter(movement: Movement, level: LevelState): bigint | null {
  if (movement.type !== "receipt" || movement.unitCost === null) return level.averageCost;
  return nextAverageCost(level, movement.quantity, movement.unitCost * 100n);
}

function reject(code: RejectionCode, detail: string): Decision {
  return { status: "rejected", code, detail };
}

function applyChange(
  movement: Movement,
  ends: { level: LevelState; counterpart: LevelState | null; change: ScaledQuantity },
): LedgerEntry[] {
  const { level, counterpart, change } = ends;
  const costMoved = level.averageCost;
  level.averageCost = averageAfter(movement, level);
  const entries = [enter(movement, { level, counterpart, change })];
  if (counterpart === null) return entries;
  if (costMoved !== null) {
    counterpart.averageCost = nextAverageCost(counterpart, movement.quantity, costMoved);
  }
  entries.push(
    enter(movement, { level: counterpart, counterpart: level, change: movement.quantity }),
  );
  return entries;
}

function enter(
  movement: Movement,
  ends: { level: LevelState; counterpart: LevelState | null; change: ScaledQuantity },
): LedgerEntry {
  const { level, counterpart, change } = ends;
  level.onHand += change;
  level.version += 1;
  return {
    movement,
    level,
    counterpart,
    quantity: change,
    balanceAfter: level.onHand,
    version: level.version,
  };
}
