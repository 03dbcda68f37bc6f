/** The oracle's rules for transfers, what becomes of them on their way, and reversals. */
import {
  availableAt,
  type Case,
  enter,
  isSomewhere,
  lotAt,
  lotAvailableAt,
  type OracleItem,
  type OracleOriginal,
  type Verdict,
} from "./books.ts";
import { keepPicks, type Pick, picksOf, shortOf } from "./flows.ts";

/** To another warehouse, at once or on its way there. */
export function transfer(given: Case): Verdict {
  const { m, item } = given;
  const short = shortOf(given);
  if (short !== undefined) return short;
  const picks = picksOf(given);
  if (typeof picks === "string") return picks;
  const to = m.to ?? "";
  for (const { lot, quantity } of picks) enter(item, m.warehouse, { onHand: -quantity, lot });
  for (const { lot, quantity } of picks) {
    enter(item, to, m.inTransit ? { inTransit: quantity, lot } : { onHand: quantity, lot });
  }
  if (m.inTransit) {
    const lines = picks.map(({ lot, quantity }) => ({ lot, quantity, open: quantity }));
    item.transits[m.id] = { to, lines };
  }
  keepPicks(given, picks);
  return undefined;
}

/** A part of a transfer arrives, or is written off. */
export function arrivalOrLoss({ m, item }: Case): Verdict {
  if (item.tracking === "serial" && m.quantity % 10_000 !== 0) return "serial_quantity";
  const transit = item.transits[m.target ?? ""];
  if (transit === undefined || transit.to !== m.warehouse) return "unknown_transfer";
  const lines = transit.lines.filter((line) => m.lot === null || line.lot === m.lot);
  if (lines.reduce((sum, line) => sum + line.open, 0) < m.quantity) return "transit_exceeded";
  let left = m.quantity;
  for (const line of lines) {
    const quantity = Math.min(line.open, left);
    if (quantity === 0) continue;
    line.open -= quantity;
    left -= quantity;
    const onHand = m.type === "arrival" ? quantity : 0;
    enter(item, m.warehouse, { onHand, inTransit: -quantity, lot: line.lot });
  }
  return undefined;
}

/** Takes an applied movement back, whole. */
export function reversal(given: Case): Verdict {
  const { m, item } = given;
  const original = item.originals[m.target ?? ""];
  if (original === undefined) {
    return item.finals[m.target ?? ""] === true ? "not_reversible" : "unknown_movement";
  }
  if (original.reversed) return "already_reversed";
  const verdict = reversalFault(given, original);
  if (verdict !== undefined) return verdict;
  original.reversed = true;
  takeBack(item, original);
  return undefined;
}

function takeBack(item: OracleItem, { movement, entries }: OracleOriginal): void {
  const transit = item.transits[movement.id];
  for (const { lot, onHand, unavailable } of entries) {
    enter(item, movement.warehouse, { onHand: -onHand, unavailable: -unavailable, lot });
  }
  for (const { lot, onHand } of movement.to === null ? [] : entries) {
    const change = transit === undefined ? { onHand, lot } : { inTransit: onHand, lot };
    enter(item, movement.to ?? "", change);
  }
  for (const line of transit?.lines ?? []) line.open = 0;
}

function reversalFault(given: Case, { movement, entries }: OracleOriginal): Verdict {
  const { item } = given;
  const transit = item.transits[movement.id];
  if (transit?.lines.some((line) => line.open !== line.quantity) === true) return "not_reversible";
  const back = entries.map(({ lot, onHand, unavailable }) => ({
    lot,
    quantity: onHand - unavailable,
  }));
  const there = entries.map(({ lot, onHand }) => ({ lot, quantity: -onHand }));
  const hasArrived = movement.to !== null && transit === undefined;
  return (
    heldFault(given, entries) ??
    takenFault(given, movement.warehouse, back) ??
    heldAgainFault(given, entries) ??
    (hasArrived ? takenFault(given, movement.to, there) : undefined) ??
    serialFault(item, movement.type, entries)
  );
}

interface Entry {
  readonly lot: string | null;
  readonly onHand: number;
  readonly unavailable: number;
}

function heldFault({ m, item, level }: Case, entries: readonly Entry[]): Verdict {
  const short = entries.some(({ lot, unavailable }) => {
    const held = lot === null ? level.unavailable : lotAt(item, lot, m.warehouse).unavailable;
    return unavailable > held;
  });
  return short ? "insufficient_unavailable" : undefined;
}

/** What an unhold that is taken back holds again must be available, also where stock may be negative. */
function heldAgainFault({ m, item }: Case, entries: readonly Entry[]): Verdict {
  const held = entries.reduce((sum, { unavailable }) => sum - unavailable, 0);
  const isShort = held > 0 && availableAt(item, m.warehouse, m.decidedAt) < held;
  return isShort ? "insufficient_stock" : undefined;
}

/** What goes out again must still be there; negative quantities come in. */
function takenFault(
  { m, item, mayGoNegative }: Case,
  warehouse: string,
  shares: readonly Pick[],
): Verdict {
  const place = { warehouse, now: m.decidedAt };
  for (const { lot, quantity } of shares) {
    if (lot !== null && quantity > 0 && lotAvailableAt(item, lot, place) < quantity) {
      return "insufficient_stock";
    }
  }
  const taken = shares.reduce((sum, { quantity }) => sum + quantity, 0);
  if (taken <= 0 || (item.tracking === "none" && mayGoNegative(warehouse))) return undefined;
  return availableAt(item, warehouse, m.decidedAt) < taken ? "insufficient_stock" : undefined;
}

function serialFault(item: OracleItem, type: string, entries: readonly Entry[]): Verdict {
  if (item.tracking !== "serial" || type === "transfer") return undefined;
  const isBack = ({ lot, onHand }: Entry) => lot !== null && onHand < 0 && isSomewhere(item, lot);
  return entries.some(isBack) ? "serial_in_stock" : undefined;
}
