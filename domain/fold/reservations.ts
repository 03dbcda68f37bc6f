/**
 * Reservations: reserve holds stock for one taker, who issues it in parts; the rest is released or lapses. And holds, which
 * move stock to unavailable and back. None of them changes what is on hand.
 */
import type { Movement } from "../movement.ts";
import { formatQuantity, type ScaledQuantity } from "../quantity.ts";
import { checkOverflow } from "./checks.ts";
import { enter } from "./enter.ts";
import {
  checkSerialQuantity,
  checkWholePieces,
  lotAt,
  lotAvailable,
  namedLot,
  type Pick,
  pickLots,
} from "./lots.ts";
import {
  add,
  availableOf,
  type Decision,
  type FoldState,
  type LevelState,
  type LotState,
  type Rejection,
  type ReservationState,
  reject,
  rejectShort,
  remember,
} from "./state.ts";

/** Holds what is available for one taker; of one lot where the movement names it. */
export function reserve(state: FoldState, movement: Movement, level: LevelState): Decision {
  const { quantity, expiresAtMs } = movement;
  const lot = movement.lotCode === null ? null : namedLot(state, movement, level);
  if (lot !== null && "status" in lot) return lot;
  const rejection =
    checkPromise(level, lot, quantity) ??
    checkOverflow(level.reserved, quantity) ??
    (lot === null ? checkWholePieces(level, quantity) : checkSerialQuantity(level, quantity));
  if (rejection !== null) return rejection;
  const hasLapsed = isLapsed(movement, movement.decidedAtMs);
  const to = { reserved: quantity, lapsed: hasLapsed ? quantity : 0n, lot, lotReserved: true };
  const entry = enter(state, { movement, level }, to);
  const reservation: ReservationState = {
    id: movement.id,
    itemId: level.itemId,
    warehouseId: level.warehouseId,
    lot,
    quantity,
    open: quantity,
    issued: 0n,
    released: 0n,
    expiresAtMs,
  };
  add(state, state.reservations, [reservation.id, reservation]);
  if (expiresAtMs !== null && (level.nextExpiryMs === null || expiresAtMs < level.nextExpiryMs)) {
    level.nextExpiryMs = expiresAtMs; // the entry has remembered the level
  }
  return { status: "applied", entries: [entry] };
}

function checkPromise(
  level: LevelState,
  lot: LotState | null,
  quantity: ScaledQuantity,
): Rejection | null {
  const available = availableOf(level);
  if (available < quantity && !(level.allowNegative && level.tracking === "none")) {
    return rejectShort(quantity, "available", available);
  }
  if (lot === null) return null;
  const free = lotAvailable(lot, level.warehouseId);
  return free < quantity ? rejectShort(quantity, `available in "${lot.code}"`, free) : null;
}

/** Frees a part of a reservation, or all of it; also when its time is over. */
export function release(state: FoldState, movement: Movement, level: LevelState): Decision {
  const { quantity } = movement;
  const reservation = openReservation(state, movement);
  if ("status" in reservation) return reservation;
  const rejection = checkWholePieces(level, quantity);
  if (rejection !== null) return rejection;
  remember(state, reservation);
  reservation.open -= quantity;
  reservation.released += quantity;
  const to = {
    reserved: -quantity,
    lapsed: isLapsed(reservation, movement.decidedAtMs) ? -quantity : 0n,
    lot: reservation.lot,
    lotReserved: true,
  };
  return { status: "applied", entries: [enter(state, { movement, level }, to)] };
}

function isLapsed({ expiresAtMs }: { expiresAtMs: number | null }, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs;
}

/** The reservation that the movement names, if it still holds as much. A lapsed one can be released, but not issued. */
export function openReservation(
  state: FoldState,
  movement: Movement,
): ReservationState | Rejection {
  const id = movement.targetId ?? "";
  const reservation = state.reservations.get(id);
  if (
    reservation === undefined ||
    reservation.itemId !== movement.itemId ||
    reservation.warehouseId !== movement.warehouseId
  ) {
    return reject(
      "unknown_reservation",
      `reservation "${id}" of this item and warehouse is not known`,
    );
  }
  const { issued, released, quantity } = reservation;
  const hasLapsed = isLapsed(reservation, movement.decidedAtMs);
  if (hasLapsed && movement.type === "issue" && issued < quantity) {
    const at = new Date(reservation.expiresAtMs ?? 0).toISOString();
    return reject("reservation_expired", `the reservation expired at ${at}`);
  }
  if (reservation.open === 0n) {
    return reject(
      released > 0n ? "reservation_released" : "reservation_consumed",
      `nothing of the reservation is open: ${formatQuantity(issued)} issued, ${formatQuantity(released)} released`,
    );
  }
  if (reservation.open < movement.quantity) {
    return reject(
      "reservation_exceeded",
      `asked ${formatQuantity(movement.quantity)}, open ${formatQuantity(reservation.open)}`,
    );
  }
  return reservation;
}

/** Enters an issue out of a reservation: from its lot, from the lot that is named, or FEFO. */
export function enterIssue(
  state: FoldState,
  parts: { movement: Movement; level: LevelState; reservation: ReservationState },
): Decision {
  const { movement, level, reservation } = parts;
  const picks = picksOfReservation(state, parts);
  if ("status" in picks) return picks;
  remember(state, reservation);
  reservation.open -= movement.quantity;
  reservation.issued += movement.quantity;
  const entries = picks.map(({ lot, quantity }) =>
    enter(
      state,
      { movement, level },
      { onHand: -quantity, reserved: -quantity, lot, lotReserved: reservation.lot !== null },
    ),
  );
  return { status: "applied", entries };
}

function picksOfReservation(
  state: FoldState,
  { movement, level, reservation }: Parameters<typeof enterIssue>[1],
): readonly Pick[] | Rejection {
  const { lot } = reservation;
  if (lot === null) return pickLots(state, movement, level);
  if (movement.lotCode !== null && movement.lotCode !== lot.code) {
    return reject("lot_mismatch", `the reservation holds "${lot.code}", not "${movement.lotCode}"`);
  }
  const { onHand, unavailable } = lotAt(lot, level.warehouseId);
  const usable = onHand - unavailable;
  if (usable < movement.quantity) {
    return rejectShort(movement.quantity, `on hand and not held in "${lot.code}"`, usable);
  }
  return [{ lot, quantity: movement.quantity }];
}

/** Moves available stock to unavailable: damaged, in inspection, recalled. */
export function hold(state: FoldState, movement: Movement, level: LevelState): Decision {
  const { quantity } = movement;
  const lot = namedLot(state, movement, level);
  if (lot !== null && "status" in lot) return lot;
  const broken = checkWholePieces(level, quantity);
  if (broken !== null) return broken;
  const available = availableOf(level);
  if (available < quantity) return rejectShort(quantity, "available", available);
  if (lot !== null) {
    const free = lotAvailable(lot, level.warehouseId);
    if (free < quantity) return rejectShort(quantity, `available in "${lot.code}"`, free);
  }
  const entries = [enter(state, { movement, level }, { unavailable: quantity, lot })];
  return { status: "applied", entries };
}

/** Moves stock back from unavailable. */
export function unhold(state: FoldState, movement: Movement, level: LevelState): Decision {
  const { quantity } = movement;
  const lot = namedLot(state, movement, level);
  if (lot !== null && "status" in lot) return lot;
  const broken = checkWholePieces(level, quantity);
  if (broken !== null) return broken;
  const held = lot === null ? level.unavailable : lotAt(lot, level.warehouseId).unavailable;
  if (held < quantity) {
    return reject(
      "insufficient_unavailable",
      `asked ${formatQuantity(quantity)}, unavailable ${formatQuantity(held)}`,
    );
  }
  const entries = [enter(state, { movement, level }, { unavailable: -quantity, lot })];
  return { status: "applied", entries };
}
