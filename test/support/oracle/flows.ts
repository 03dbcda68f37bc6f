/** The oracle's rules for what comes in, what goes out, and what is counted. */
import {
  availableAt,
  type Case,
  enter,
  isSomewhere,
  keepOriginal,
  lotAt,
  lotAvailableAt,
  type OracleItem,
  type OracleMovement,
  type Verdict,
} from "./books.ts";

const ONE = 10_000;

/** A receipt, a return, an adjustment upwards. */
export function incomingMovement(given: Case): Verdict {
  const { m, item } = given;
  const verdict = incomingLotFault(given) ?? incomingSerialFault(given);
  if (verdict !== undefined) return verdict;
  knowLot(item, m);
  enter(item, m.warehouse, { onHand: m.quantity, lot: m.lot });
  keepOriginal(given, [{ lot: m.lot, onHand: m.quantity, unavailable: 0 }]);
  return undefined;
}

function incomingLotFault({ m, item }: Case): Verdict {
  if (item.tracking === "none") return undefined;
  if (m.lot === null) return "lot_required";
  const expires = item.lots[m.lot]?.expires ?? null;
  const differs = expires !== null && m.lotExpires !== null && expires !== m.lotExpires;
  return differs ? "lot_mismatch" : undefined;
}

function incomingSerialFault({ m, item }: Case): Verdict {
  if (item.tracking !== "serial") return undefined;
  if (m.quantity !== ONE) return "serial_quantity";
  return isSomewhere(item, m.lot ?? "") ? "serial_in_stock" : undefined;
}

/** A lot is made by the first movement that names it, and gets its day from the first that tells one. */
function knowLot(item: OracleItem, { lot, lotExpires }: OracleMovement): void {
  if (lot === null) return;
  const known = item.lots[lot] ?? { expires: null, at: {} };
  known.expires ??= lotExpires;
  item.lots[lot] = known;
}

/** An issue, a return to the supplier, scrap. */
export function outgoingMovement(given: Case): Verdict {
  const { m } = given;
  if (m.type === "issue" && m.target !== null) return issueReserved(given);
  const short = shortOf(given);
  if (short !== undefined) return short;
  const picks = picksOf(given);
  if (typeof picks === "string") return picks;
  for (const { lot, quantity } of picks) enter(given.item, m.warehouse, { onHand: -quantity, lot });
  keepPicks(given, picks);
  return undefined;
}

/** Why the level as a whole can't give the quantity, if it can't. */
export function shortOf({ m, item, mayGoNegative }: Case): Verdict {
  if (item.tracking === "serial" && m.quantity !== ONE) return "serial_quantity";
  if (availableAt(item, m.warehouse, m.decidedAt) >= m.quantity) return undefined;
  if (item.tracking === "none" && mayGoNegative(m.warehouse)) return undefined;
  return "insufficient_stock";
}

export interface Pick {
  readonly lot: string | null;
  readonly quantity: number;
}

/** Remembers what a movement took out. */
export function keepPicks(given: Case, picks: readonly Pick[]): void {
  keepOriginal(
    given,
    picks.map(({ lot, quantity }) => ({ lot, onHand: -quantity, unavailable: 0 })),
  );
}

/** The lots that the quantity is taken from, or why it can't be. */
export function picksOf(given: Case): Pick[] | string {
  const { m, item } = given;
  if (item.tracking === "none") return [{ lot: null, quantity: m.quantity }];
  if (m.lot === null) return item.tracking === "serial" ? "lot_required" : firstExpiring(given);
  if (item.lots[m.lot] === undefined) return "unknown_lot";
  const free = lotAvailableAt(item, m.lot, { warehouse: m.warehouse, now: m.decidedAt });
  return free < m.quantity ? "insufficient_stock" : [{ lot: m.lot, quantity: m.quantity }];
}

function firstExpiring({ m, item }: Case): Pick[] | string {
  const day = new Date(m.occurredAt).toISOString().slice(0, 10);
  const order = Object.keys(item.lots).sort((one, other) =>
    sortKey(item, one) < sortKey(item, other) ? -1 : 1,
  );
  const picks: Pick[] = [];
  let left = m.quantity;
  for (const lot of order) {
    const expires = item.lots[lot]?.expires ?? null;
    if (m.type === "issue" && expires !== null && expires < day) continue;
    const free = lotAvailableAt(item, lot, { warehouse: m.warehouse, now: m.decidedAt });
    const quantity = Math.min(free, left);
    if (quantity <= 0) continue;
    picks.push({ lot, quantity });
    left -= quantity;
  }
  return left > 0 ? "insufficient_stock" : picks;
}

function sortKey(item: OracleItem, lot: string): string {
  return `${item.lots[lot]?.expires ?? "never, so last"} ${lot}`;
}

function issueReserved(given: Case): Verdict {
  const { m, item, level, mayGoNegative } = given;
  const verdict = reservationFault(given);
  if (verdict !== undefined) return verdict;
  const held = item.reservations[m.target ?? ""];
  if (held === undefined) return "unknown_reservation";
  if (item.tracking === "serial" && m.quantity !== ONE) return "serial_quantity";
  if (level.onHand - level.unavailable < m.quantity && !mayGoNegative(m.warehouse)) {
    return "insufficient_stock";
  }
  const picks = held.lot === null ? picksOf(given) : picksOfHeldLot(given, held.lot);
  if (typeof picks === "string") return picks;
  held.open -= m.quantity;
  held.issued += m.quantity;
  for (const { lot, quantity } of picks) {
    const change = { onHand: -quantity, reserved: -quantity, lot, lotReserved: held.lot !== null };
    enter(item, m.warehouse, change);
  }
  keepPicks(given, picks);
  return undefined;
}

function picksOfHeldLot({ m, item }: Case, lot: string): Pick[] | string {
  if (m.lot !== null && m.lot !== lot) return "lot_mismatch";
  const { onHand, unavailable } = lotAt(item, lot, m.warehouse);
  return onHand - unavailable < m.quantity ? "insufficient_stock" : [{ lot, quantity: m.quantity }];
}

/** Why the reservation that is named can't give the quantity. */
export function reservationFault({ m, item }: Case): Verdict {
  const held = item.reservations[m.target ?? ""];
  if (held === undefined || held.warehouse !== m.warehouse) return "unknown_reservation";
  const lapsed = held.expiresAt !== null && held.expiresAt <= m.decidedAt;
  if (lapsed && m.type === "issue" && held.issued < held.quantity) return "reservation_expired";
  if (held.open === 0) {
    return held.issued < held.quantity ? "reservation_released" : "reservation_consumed";
  }
  return held.open < m.quantity ? "reservation_exceeded" : undefined;
}

/** An adjustment states a difference, so downwards it only may not go below nothing. */
export function adjustment(given: Case): Verdict {
  return given.m.quantity > 0 ? incomingMovement(given) : adjustDown(given);
}

function adjustDown(given: Case): Verdict {
  const { m, item, level, mayGoNegative } = given;
  if (item.tracking !== "none") {
    if (m.lot === null) return "lot_required";
    if (item.lots[m.lot] === undefined) return "unknown_lot";
    if (item.tracking === "serial" && m.quantity !== -10_000) return "serial_quantity";
    if (lotAt(item, m.lot, m.warehouse).onHand + m.quantity < 0) return "insufficient_stock";
  } else if (level.onHand + m.quantity < 0 && !mayGoNegative(m.warehouse)) {
    return "insufficient_stock";
  }
  enter(item, m.warehouse, { onHand: m.quantity, lot: m.lot });
  keepOriginal(given, [{ lot: m.lot, onHand: m.quantity, unavailable: 0 }]);
  return undefined;
}

/** The difference between what was counted and what the books held when it was. */
export function count(given: Case): Verdict {
  const { m, item, level } = given;
  const fault = incomingLotFault(given);
  if (fault !== undefined) return fault;
  const seenAt = m.countedVersion ?? level.version;
  if (seenAt > level.version) return "version_conflict";
  const ofSame = level.entries.filter((entry) => item.tracking === "none" || entry.lot === m.lot);
  const seen = ofSame.filter((entry) => entry.version <= seenAt);
  const change = m.quantity - seen.reduce((sum, entry) => sum + entry.change, 0);
  const held = ofSame.reduce((sum, entry) => sum + entry.change, 0);
  const verdict = serialCount(given, change) ?? countFloor(given, held + change, change);
  if (verdict !== undefined) return verdict;
  knowLot(item, m);
  enter(item, m.warehouse, { onHand: change, lot: m.lot });
  keepOriginal(given, [{ lot: m.lot, onHand: change, unavailable: 0 }]);
  return undefined;
}

function serialCount({ m, item }: Case, change: number): Verdict {
  if (item.tracking !== "serial" || change === 0) return undefined;
  if (Math.abs(change) !== 10_000) return "serial_quantity";
  return change > 0 && isSomewhere(item, m.lot ?? "") ? "serial_in_stock" : undefined;
}

function countFloor({ m, item, mayGoNegative }: Case, left: number, change: number): Verdict {
  if (m.countedVersion === null || change >= 0 || left >= 0) return undefined;
  if (item.tracking === "none" && mayGoNegative(m.warehouse)) return undefined;
  return "insufficient_stock";
}
