/**
 * Reversals: the ledger is never rewritten, a mistake is taken back by the opposite entries. Each movement once. Reservations,
 * arrivals, losses and reversals are not reversed: release, ship or adjust instead.
 */
import { AVERAGE_COST_LIMIT_SCALED, nextAverageCost } from "../averageCost.ts";
import { type Movement, REVERSIBLE_TYPES } from "../movement.ts";
import { formatQuantity, type ScaledQuantity } from "../quantity.ts";
import { checkOverflow } from "./checks.ts";
import { enter } from "./enter.ts";
import { checkAvailable } from "./flows.ts";
import { checkSerialQuantity, lotAt, lotAvailable, type Pick } from "./lots.ts";
import {
  availableOf,
  type Decision,
  type FoldState,
  type LedgerEntry,
  type LevelState,
  type LotState,
  levelOf,
  type OriginalState,
  type Rejection,
  reject,
  rejectShort,
  remember,
  type TransitState,
} from "./state.ts";

const REVERSIBLE: ReadonlySet<string> = new Set(REVERSIBLE_TYPES);

/** Takes an applied movement back at its own warehouse and, where it was a transfer, at the other one. */
export function reverse(state: FoldState, movement: Movement, level: LevelState): Decision {
  const original = reversibleOriginal(state, movement, level);
  if ("status" in original) return original;
  const transit = state.transits.get(original.id);
  const target = otherEnd(state, original);
  const rejection = checkEnds({ level, target, original, transit });
  if (rejection !== null) return rejection;
  remember(state, original);
  original.reversedBy = movement.id;
  const parts = { movement, level, original, costMoved: costMovedBy(original, transit) };
  const own = original.entries.map((entry) => takeBack(state, parts, entry));
  if (target === null) return { status: "applied", entries: own };
  const other = original.entries.map((entry) =>
    takeBackThere(state, { ...parts, target, transit }, entry),
  );
  if (transit !== undefined) closeTransit(state, transit);
  return { status: "applied", entries: [...own, ...other] };
}

function checkEnds(of: {
  readonly level: LevelState;
  readonly target: LevelState | null;
  readonly original: OriginalState;
  readonly transit: TransitState | undefined;
}): Rejection | null {
  const { level, target, original, transit } = of;
  return (
    (transit === undefined ? null : checkNothingArrived(transit)) ??
    checkOwnEnd(level, original) ??
    (target === null || transit !== undefined ? null : checkOtherEnd(target, original)) ??
    checkSerials(level, original)
  );
}

function costMovedBy(original: OriginalState, transit: TransitState | undefined): bigint | null {
  return transit === undefined ? original.costMoved : (transit.lines[0]?.unitCost ?? null);
}

/** The level that a transfer went to. */
function otherEnd(state: FoldState, original: OriginalState): LevelState | null {
  const { itemId, toWarehouseId } = original;
  return toWarehouseId === null ? null : levelOf(state, itemId, toWarehouseId);
}

type OriginalEntry = OriginalState["entries"][number];

function reversibleOriginal(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): OriginalState | Rejection {
  const id = movement.targetId ?? "";
  const original = state.originals.get(id);
  if (
    original === undefined ||
    original.itemId !== movement.itemId ||
    original.warehouseId !== movement.warehouseId ||
    (original.type === "transfer" && original.toWarehouseId !== movement.toWarehouseId)
  ) {
    return reject("unknown_movement", `movement "${id}" was not applied, so nothing is to reverse`);
  }
  if (!REVERSIBLE.has(original.type)) {
    return reject("not_reversible", `a movement of type ${original.type} is not reversed`);
  }
  if (original.reversedBy !== null) {
    return reject("already_reversed", `movement "${id}" was reversed by "${original.reversedBy}"`);
  }
  if (original.entries.some((entry) => !fitsTracking(entry, level))) {
    return reject("not_reversible", "the item is not tracked as it was when the movement applied");
  }
  return original;
}

/** An item's tracking can change while it has no stock; what came or went without lots can't come back with them. */
function fitsTracking({ lot, onHand, unavailable }: OriginalEntry, level: LevelState): boolean {
  if ((lot === null) !== (level.tracking === "none")) return false;
  return [onHand, unavailable].every(
    (quantity) => quantity === 0n || checkSerialQuantity(level, quantity) === null,
  );
}

function checkNothingArrived(transit: TransitState): Rejection | null {
  if (transit.lines.every((line) => line.open === line.quantity)) return null;
  return reject("not_reversible", "a part of the transfer has arrived or was lost");
}

/** What the original brought must still be there to be taken out, of each lot. */
function checkOwnEnd(level: LevelState, original: OriginalState): Rejection | null {
  for (const { lot, unavailable } of original.entries) {
    const held = lot === null ? level.unavailable : lotAt(lot, level.warehouseId).unavailable;
    if (unavailable > held) {
      return reject(
        "insufficient_unavailable",
        `asked ${formatQuantity(unavailable)}, unavailable ${formatQuantity(held)}`,
      );
    }
  }
  const shares = original.entries.map(({ lot, onHand, unavailable }) => ({
    lot,
    quantity: onHand - unavailable,
  }));
  return (
    checkTaken(level, shares) ??
    checkHeldAgain(level, original) ??
    checkOnHand(level, original, -1n)
  );
}

/** What is to be held again must be there, also where stock may be negative: a hold obeys the same. */
function checkHeldAgain(level: LevelState, original: OriginalState): Rejection | null {
  const held = original.entries.reduce((sum, { unavailable }) => sum - unavailable, 0n);
  const available = availableOf(level);
  return held > 0n && available < held ? rejectShort(held, "available", available) : null;
}

/** A transfer's goods must still be where they went. */
function checkOtherEnd(target: LevelState, original: OriginalState): Rejection | null {
  const shares = original.entries.map(({ lot, onHand }) => ({ lot, quantity: -onHand }));
  return checkTaken(target, shares) ?? checkOnHand(target, original, 1n);
}

/** What is to be taken out must be available, of each lot and in all; negative quantities come in or back. */
function checkTaken(level: LevelState, shares: readonly Pick[]): Rejection | null {
  for (const { lot, quantity } of shares) {
    const free = lot === null ? null : lotAvailable(lot, level.warehouseId);
    if (quantity > 0n && free !== null && free < quantity) {
      return rejectShort(quantity, `available in "${lot?.code ?? ""}"`, free);
    }
  }
  const taken = shares.reduce((sum, { quantity }) => sum + quantity, 0n);
  return taken > 0n ? checkAvailable(level, taken) : null;
}

function checkOnHand(level: LevelState, original: OriginalState, sign: 1n | -1n): Rejection | null {
  const change = original.entries.reduce((sum, { onHand }) => sum + onHand, 0n);
  return checkOverflow(level.onHand, change * sign);
}

/** A serial number that comes back must not have come in another way meanwhile. */
function checkSerials(level: LevelState, original: OriginalState): Rejection | null {
  if (level.tracking !== "serial" || original.type === "transfer") return null;
  const isBack = (lot: LotState | null, onHand: ScaledQuantity) =>
    lot !== null &&
    onHand < 0n &&
    [...lot.balances.values()].some((balance) => balance.onHand + balance.inTransit !== 0n);
  const there = original.entries.find(({ lot, onHand }) => isBack(lot, onHand));
  if (there === undefined) return null;
  return reject("serial_in_stock", `serial number "${there.lot?.code}" is in stock already`);
}

interface Parts {
  readonly movement: Movement;
  readonly level: LevelState;
  readonly original: OriginalState;
  /** Average cost that left with a transfer; null of all others, and where none is known. */
  readonly costMoved: bigint | null;
}

function takeBack(state: FoldState, parts: Parts, entry: OriginalEntry): LedgerEntry {
  const { movement, level, original, costMoved } = parts;
  const counterpart = otherEnd(state, original);
  const to = {
    onHand: -entry.onHand,
    unavailable: -entry.unavailable,
    lot: entry.lot,
    averageCost:
      costMoved === null
        ? averageWithoutReceipt(level, original, entry.onHand)
        : nextAverageCost(level, -entry.onHand, costMoved),
    counterpart,
  };
  return enter(state, { movement, level }, to);
}

/** A receipt that is taken back takes its cost with it. */
function averageWithoutReceipt(
  level: LevelState,
  { type, unitCost }: OriginalState,
  received: ScaledQuantity,
): bigint | null {
  const isCosted = type === "receipt" && unitCost !== null;
  return isCosted ? averageWithout(level, received, unitCost * 100n) : level.averageCost;
}

/** The average once goods are gone that came at the cost (scaled by 10^6), as far as the rest keeps a cost of its own. */
function averageWithout(level: LevelState, gone: ScaledQuantity, cost: bigint): bigint | null {
  const left = level.onHand - gone;
  if (level.averageCost === null || left <= 0n) return level.averageCost;
  const value = level.onHand * level.averageCost - gone * cost;
  const average = (value * 2n + left) / (left * 2n);
  return value < 0n || average >= AVERAGE_COST_LIMIT_SCALED ? level.averageCost : average;
}

/** Out of the other end go the goods with the cost that they came with; what never arrived has moved no average. */
function takeBackThere(
  state: FoldState,
  parts: Parts & { readonly target: LevelState; readonly transit: TransitState | undefined },
  entry: OriginalEntry,
): LedgerEntry {
  const { movement, level, target, transit, costMoved } = parts;
  const { lot, onHand } = entry;
  const averageCost =
    costMoved === null ? target.averageCost : averageWithout(target, -onHand, costMoved);
  const change = transit === undefined ? { onHand, averageCost } : { inTransit: onHand };
  const to = { ...change, lot, counterpart: level };
  return enter(state, { movement, level: target }, to);
}

function closeTransit(state: FoldState, transit: TransitState): void {
  for (const line of transit.lines) {
    remember(state, line);
    line.open = 0n;
  }
}
