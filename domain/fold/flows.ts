/** Movements that change what is on hand: what comes in, what goes out, adjustments and counts. */
import { nextAverageCost } from "../averageCost.ts";
import type { Movement } from "../movement.ts";
import { formatQuantity, type ScaledQuantity } from "../quantity.ts";
import { checkCost, checkOverflow } from "./checks.ts";
import { enter } from "./enter.ts";
import {
  checkSerialIsNowhere,
  checkSerialQuantity,
  incomingLot,
  lotAt,
  namedLot,
  pickLots,
} from "./lots.ts";
import { enterIssue, openReservation } from "./reservations.ts";
import {
  availableOf,
  changeKey,
  type Decision,
  type FoldState,
  type LevelState,
  type LotState,
  type Rejection,
  reject,
  rejectShort,
} from "./state.ts";

/** A receipt, a customer's return, or an adjustment upwards. */
export function bringIn(state: FoldState, movement: Movement, level: LevelState): Decision {
  const lot = incomingLot(state, movement, level);
  if ("status" in lot) return lot;
  const averageCost =
    movement.type === "receipt" && movement.unitCost !== null
      ? nextAverageCost(level, movement.quantity, movement.unitCost * 100n)
      : level.averageCost;
  const rejection =
    checkSerialQuantity(level, movement.quantity) ??
    checkSerialIsNowhere(state, movement, level) ??
    checkOverflow(level.onHand, movement.quantity) ??
    checkCost(averageCost);
  if (rejection !== null) return rejection;
  const to = { onHand: movement.quantity, lot: lot.seal(), averageCost };
  return { status: "applied", entries: [enter(state, { movement, level }, to)] };
}

/** An issue (maybe from a reservation), a return to the supplier, or scrap: takes from what is available. */
export function takeOut(state: FoldState, movement: Movement, level: LevelState): Decision {
  if (movement.type === "issue" && movement.targetId !== null) {
    return issueReserved(state, movement, level);
  }
  const rejection =
    checkSerialQuantity(level, movement.quantity) ??
    checkAvailable(level, movement.quantity) ??
    checkOverflow(level.onHand, -movement.quantity);
  if (rejection !== null) return rejection;
  const picks = pickLots(state, movement, level);
  if ("status" in picks) return picks;
  const entries = picks.map(({ lot, quantity }) =>
    enter(state, { movement, level }, { onHand: -quantity, lot }),
  );
  return { status: "applied", entries };
}

/** Consumes a reservation; what it holds is not available to anybody else, so it needs no other check of stock. */
function issueReserved(state: FoldState, movement: Movement, level: LevelState): Decision {
  const reservation = openReservation(state, movement);
  if ("status" in reservation) return reservation;
  const rejection =
    checkSerialQuantity(level, movement.quantity) ??
    checkReservedStock(level, movement.quantity) ??
    checkOverflow(level.onHand, -movement.quantity);
  if (rejection !== null) return rejection;
  return enterIssue(state, { movement, level, reservation });
}

/** A count or a hold since the reservation may have shown that less is there than was promised. */
function checkReservedStock(level: LevelState, quantity: ScaledQuantity): Rejection | null {
  const usable = level.onHand - level.unavailable;
  if (level.allowNegative || usable >= quantity) return null;
  return rejectShort(quantity, "on hand and not held", usable);
}

/** What is taken must be available, unless the warehouse may go below zero; lots and serial numbers never do. */
export function checkAvailable(level: LevelState, quantity: ScaledQuantity): Rejection | null {
  const available = availableOf(level);
  if (available >= quantity) return null;
  if (level.allowNegative && level.tracking === "none") return null;
  return rejectShort(quantity, "available", available);
}

/** An adjustment states what is there, so downwards it only may not go below zero. */
export function adjust(state: FoldState, movement: Movement, level: LevelState): Decision {
  if (movement.quantity > 0n) return bringIn(state, movement, level);
  const lot = namedLot(state, movement, level);
  if (lot !== null && "status" in lot) return lot;
  const rejection =
    checkSerialQuantity(level, movement.quantity) ??
    checkFloor(level, lot, movement.quantity) ??
    checkOverflow(level.onHand, movement.quantity);
  if (rejection !== null) return rejection;
  const to = { onHand: movement.quantity, lot };
  return { status: "applied", entries: [enter(state, { movement, level }, to)] };
}

function checkFloor(
  level: LevelState,
  lot: LotState | null,
  change: ScaledQuantity,
): Rejection | null {
  if (lot !== null) {
    const { onHand } = lotAt(lot, level.warehouseId);
    return onHand + change >= 0n ? null : rejectShort(-change, `on hand in "${lot.code}"`, onHand);
  }
  if (level.onHand + change >= 0n || level.allowNegative) return null;
  return rejectShort(-change, "on hand", level.onHand);
}

/**
 * Enters the variance between what was counted and what the ledger held: at the version that the counter saw where the count
 * names one, so that what has moved since stays, else at this moment.
 */
export function count(state: FoldState, movement: Movement, level: LevelState): Decision {
  const incoming = incomingLot(state, movement, level);
  if ("status" in incoming) return incoming;
  const seen = balanceSeen(state, movement, level);
  if (typeof seen !== "bigint") return seen;
  const variance = movement.quantity - seen;
  const rejection =
    checkCountOfSerial(state, movement, { level, variance }) ??
    checkCountFloor(state, movement, { level, variance }) ??
    checkOverflow(level.onHand, variance);
  if (rejection !== null) return rejection;
  const to = { onHand: variance, lot: incoming.seal() };
  return { status: "applied", entries: [enter(state, { movement, level }, to)] };
}

/** What the ledger held of the level, or of the lot there, at the version that the counter saw. */
function balanceSeen(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): ScaledQuantity | Rejection {
  const held = heldOfCounted(state, movement, level);
  const seenVersion = movement.countedVersion;
  if (seenVersion === null || seenVersion === level.version) return held;
  if (seenVersion > level.version) {
    return reject(
      "version_conflict",
      `counted at version ${seenVersion}, the level is at version ${level.version}`,
    );
  }
  const changes = level.changes;
  if (changes === null) throw new Error(`changes of ${level.itemId} were not kept for its count`);
  let since = state.changesSince.get(changeKey(level, seenVersion, movement.lotCode)) ?? 0n;
  for (const { version, lot, quantity } of changes) {
    const isSame = level.tracking === "none" || lot?.code === movement.lotCode;
    if (version > seenVersion && isSame) since += quantity;
  }
  return held - since;
}

function heldOfCounted(state: FoldState, movement: Movement, level: LevelState): ScaledQuantity {
  if (level.tracking === "none") return level.onHand;
  const lot = state.lots.get(level.itemId)?.get(movement.lotCode ?? "");
  return lot === undefined ? 0n : lotAt(lot, level.warehouseId).onHand;
}

function checkCountOfSerial(
  state: FoldState,
  movement: Movement,
  { level, variance }: { level: LevelState; variance: ScaledQuantity },
): Rejection | null {
  if (level.tracking !== "serial" || variance === 0n) return null;
  return (
    checkSerialQuantity(level, variance) ??
    (variance > 0n ? checkSerialIsNowhere(state, movement, level) : null)
  );
}

/** What moved since the count can leave less than nothing only where more went out than was ever there. */
function checkCountFloor(
  state: FoldState,
  movement: Movement,
  { level, variance }: { level: LevelState; variance: ScaledQuantity },
): Rejection | null {
  if (variance >= 0n || movement.countedVersion === null) return null;
  const held = heldOfCounted(state, movement, level);
  if (held + variance >= 0n || (level.allowNegative && level.tracking === "none")) return null;
  return reject(
    "insufficient_stock",
    `counted ${formatQuantity(movement.quantity)} at version ${movement.countedVersion}, which leaves ${formatQuantity(held + variance)} after what has moved since`,
  );
}
