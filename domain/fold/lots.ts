/**
 * Which lots a movement touches. A lot is named for what comes in; for what goes out it may be left out, and the lots that
 * expire first go first (FEFO). A serial number is a lot of which there is one piece, in one place.
 */
import type { Movement } from "../movement.ts";
import { formatQuantity, type ScaledQuantity } from "../quantity.ts";
import {
  add,
  type FoldState,
  type LevelState,
  type LotBalance,
  type LotState,
  type Rejection,
  reject,
  rejectShort,
  remember,
} from "./state.ts";

const ONE: ScaledQuantity = 10_000n;
/** Lots that one movement may be taken from: its ledger entries are looked up together. */
const PICKS_MAX = 1_000;
const EMPTY: Readonly<LotBalance> = {
  onHand: 0n,
  reserved: 0n,
  unavailable: 0n,
  inTransit: 0n,
  lapsed: 0n,
};

/** A share of a movement's quantity; the lot is null where the item is not tracked. */
export interface Pick {
  readonly lot: LotState | null;
  readonly quantity: ScaledQuantity;
}

/** What a warehouse holds of a lot. */
export function lotAt(lot: LotState, warehouseId: string): Readonly<LotBalance> {
  return lot.balances.get(warehouseId) ?? EMPTY;
}

/** What may be taken of a lot at a warehouse; reservations that have lapsed do not bind it. */
export function lotAvailable(lot: LotState, warehouseId: string): ScaledQuantity {
  const { onHand, reserved, unavailable, lapsed } = lotAt(lot, warehouseId);
  return onHand - (reserved - lapsed) - unavailable;
}

/** The lot that the movement names, which must exist; null where the item is not tracked. */
export function namedLot(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): LotState | Rejection | null {
  if (level.tracking === "none") return null;
  if (movement.lotCode === null) return lotRequired(movement, level);
  const lot = state.lots.get(level.itemId)?.get(movement.lotCode);
  if (lot !== undefined) return lot;
  return reject("unknown_lot", `${word(level)} "${movement.lotCode}" of this item is not known`);
}

/** The lot that goods come in by. It is made where it is not known; `seal` does that once everything else is checked. */
export function incomingLot(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): { readonly seal: () => LotState | null } | Rejection {
  if (level.tracking === "none") return { seal: () => null };
  const { lotCode, lotExpiresOn } = movement;
  if (lotCode === null) return lotRequired(movement, level);
  const known = state.lots.get(level.itemId)?.get(lotCode);
  if (known === undefined) return { seal: () => makeLot(state, level, { lotCode, lotExpiresOn }) };
  if (lotExpiresOn !== null && known.expiresOn !== null && lotExpiresOn !== known.expiresOn) {
    return reject(
      "lot_mismatch",
      `${word(level)} "${lotCode}" expires on ${known.expiresOn}, not on ${lotExpiresOn}`,
    );
  }
  return {
    seal: () => {
      if (known.expiresOn === null && lotExpiresOn !== null) {
        remember(state, known);
        known.expiresOn = lotExpiresOn;
        forgetOrder(state, level.itemId);
      }
      return known;
    },
  };
}

function makeLot(
  state: FoldState,
  level: LevelState,
  { lotCode, lotExpiresOn }: { lotCode: string; lotExpiresOn: string | null },
): LotState {
  let ofItem = state.lots.get(level.itemId);
  if (ofItem === undefined) {
    ofItem = new Map();
    add(state, state.lots, [level.itemId, ofItem]);
  }
  const lot: LotState = {
    id: state.newLotId(),
    itemId: level.itemId,
    code: lotCode,
    expiresOn: lotExpiresOn,
    balances: new Map(),
  };
  add(state, ofItem, [lotCode, lot]);
  forgetOrder(state, level.itemId);
  return lot;
}

/** A serial number moves as one piece. */
export function checkSerialQuantity(level: LevelState, quantity: ScaledQuantity): Rejection | null {
  if (level.tracking !== "serial" || quantity === ONE || quantity === -ONE) return null;
  return reject(
    "serial_quantity",
    `quantity ${formatQuantity(quantity)}, a serial number is exactly 1: a movement a piece`,
  );
}

/** Serial numbers are promised and freed piece by piece, though they need not be named. */
export function checkWholePieces(level: LevelState, quantity: ScaledQuantity): Rejection | null {
  if (level.tracking !== "serial" || quantity % ONE === 0n) return null;
  return reject(
    "serial_quantity",
    `quantity ${formatQuantity(quantity)}, an item tracked by serial number has whole pieces only`,
  );
}

/** A serial number that comes in must be nowhere else. */
export function checkSerialIsNowhere(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): Rejection | null {
  if (level.tracking !== "serial" || movement.lotCode === null) return null;
  const lot = state.lots.get(level.itemId)?.get(movement.lotCode);
  const places = lot === undefined ? [] : [...lot.balances.values()];
  if (places.every(({ onHand, inTransit }) => onHand + inTransit === 0n)) return null;
  return reject("serial_in_stock", `serial number "${movement.lotCode}" is in stock already`);
}

/** Shares the quantity out among lots: the one that is named, or FEFO. The level is known to have enough. */
export function pickLots(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): readonly Pick[] | Rejection {
  const { quantity } = movement;
  if (level.tracking === "none") return [{ lot: null, quantity }];
  if (movement.lotCode !== null || level.tracking === "serial") {
    const lot = namedLot(state, movement, level);
    if (lot === null || "status" in lot) return lot ?? [];
    const free = lotAvailable(lot, level.warehouseId);
    if (free < quantity) return rejectShort(quantity, `available in lot "${lot.code}"`, free);
    return [{ lot, quantity }];
  }
  return pickFirstExpiring(state, movement, level);
}

function pickFirstExpiring(
  state: FoldState,
  movement: Movement,
  level: LevelState,
): readonly Pick[] | Rejection {
  const day = new Date(movement.occurredAtMs).toISOString().slice(0, 10);
  const isFit = (lot: LotState) =>
    movement.type !== "issue" || lot.expiresOn === null || lot.expiresOn >= day;
  const picks: Pick[] = [];
  let left = movement.quantity;
  for (const lot of lotsByExpiry(state, level.itemId)) {
    if (left === 0n) break;
    const free = lotAvailable(lot, level.warehouseId);
    if (free <= 0n || !isFit(lot)) continue;
    const quantity = free < left ? free : left;
    picks.push({ lot, quantity });
    left -= quantity;
  }
  if (left > 0n) {
    return rejectShort(
      movement.quantity,
      "available in lots that are not expired",
      movement.quantity - left,
    );
  }
  if (picks.length > PICKS_MAX) {
    return reject(
      "too_many_lots",
      `the quantity lies in ${picks.length} lots, at most ${PICKS_MAX} go by one movement`,
    );
  }
  return picks;
}

/** The item's lots, those that expire first first. Sorted once, and again after a lot is new or gets its day. */
function lotsByExpiry(state: FoldState, itemId: string): readonly LotState[] {
  const known = state.lotOrder.get(itemId);
  if (known !== undefined) return known;
  const order = [...(state.lots.get(itemId)?.values() ?? [])].sort(byExpiry);
  state.lotOrder.set(itemId, order);
  return order;
}

/** To be called after a lot is made or gets its day; taking that back in a group forgets the order as well. */
function forgetOrder(state: FoldState, itemId: string): void {
  state.lotOrder.delete(itemId);
  state.journal?.note(() => state.lotOrder.delete(itemId));
}

function byExpiry(one: LotState, other: LotState): number {
  const last = "9999-99-99";
  const [a, b] = [one.expiresOn ?? last, other.expiresOn ?? last];
  if (a !== b) return a < b ? -1 : 1;
  return one.code < other.code ? -1 : 1;
}

function lotRequired(movement: Movement, level: LevelState): Rejection {
  return reject(
    "lot_required",
    `no lot was named, ${movement.type} of an item tracked by ${level.tracking} needs its ${word(level)}`,
  );
}

function word(level: LevelState): string {
  return level.tracking === "serial" ? "serial number" : "lot";
}
