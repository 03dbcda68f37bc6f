/** The oracle's rules for reservations and holds. */
import {
  availableAt,
  type Case,
  enter,
  keepOriginal,
  lotAt,
  lotAvailableAt,
  type Verdict,
} from "./books.ts";
import { reservationFault } from "./flows.ts";

/** Holds stock for one taker. */
export function reserve({ m, item, mayGoNegative }: Case): Verdict {
  if (m.lot !== null && item.lots[m.lot] === undefined) return "unknown_lot";
  const place = { warehouse: m.warehouse, now: m.decidedAt };
  const freely = item.tracking === "none" && mayGoNegative(m.warehouse);
  if (!freely && availableAt(item, m.warehouse, m.decidedAt) < m.quantity)
    return "insufficient_stock";
  if (m.lot !== null && lotAvailableAt(item, m.lot, place) < m.quantity)
    return "insufficient_stock";
  if (m.lot !== null && item.tracking === "serial" && m.quantity !== 10_000)
    return "serial_quantity";
  if (isBroken({ m, item })) return "serial_quantity";
  item.reservations[m.id] = {
    warehouse: m.warehouse,
    lot: m.lot,
    quantity: m.quantity,
    open: m.quantity,
    issued: 0,
    expiresAt: m.expiresAt,
  };
  enter(item, m.warehouse, { reserved: m.quantity, lot: m.lot, lotReserved: true });
  return undefined;
}

/** Frees what is reserved, also when its time is over. */
export function release(given: Case): Verdict {
  const { m, item } = given;
  const verdict = reservationFault(given);
  if (verdict !== undefined) return verdict;
  const held = item.reservations[m.target ?? ""];
  if (held === undefined) return "unknown_reservation";
  if (isBroken(given)) return "serial_quantity";
  held.open -= m.quantity;
  enter(item, m.warehouse, { reserved: -m.quantity, lot: held.lot, lotReserved: true });
  return undefined;
}

/** Moves available stock to unavailable. */
export function hold(given: Case): Verdict {
  const { m, item } = given;
  const place = { warehouse: m.warehouse, now: m.decidedAt };
  const verdict = namedLotFault(given);
  if (verdict !== undefined) return verdict;
  if (availableAt(item, m.warehouse, m.decidedAt) < m.quantity) return "insufficient_stock";
  if (m.lot !== null && lotAvailableAt(item, m.lot, place) < m.quantity)
    return "insufficient_stock";
  enter(item, m.warehouse, { unavailable: m.quantity, lot: m.lot });
  keepOriginal(given, [{ lot: m.lot, onHand: 0, unavailable: m.quantity }]);
  return undefined;
}

/** Moves unavailable stock back. */
export function unhold(given: Case): Verdict {
  const { m, item, level } = given;
  const verdict = namedLotFault(given);
  if (verdict !== undefined) return verdict;
  const held = m.lot === null ? level.unavailable : lotAt(item, m.lot, m.warehouse).unavailable;
  if (held < m.quantity) return "insufficient_unavailable";
  enter(item, m.warehouse, { unavailable: -m.quantity, lot: m.lot });
  keepOriginal(given, [{ lot: m.lot, onHand: 0, unavailable: -m.quantity }]);
  return undefined;
}

function namedLotFault({ m, item }: Case): Verdict {
  if (item.tracking === "none") return undefined;
  if (m.lot === null) return "lot_required";
  if (item.lots[m.lot] === undefined) return "unknown_lot";
  return isBroken({ m, item }) ? "serial_quantity" : undefined;
}

/** A part of a piece of an item tracked by serial number. */
function isBroken({ m, item }: Pick<Case, "m" | "item">): boolean {
  return item.tracking === "serial" && m.quantity % 10_000 !== 0;
}
