// The hash chain of the ledger: each entry of a level holds SHA-256 over the hash before it and the entry's own text,
// so a changed, missing or exchanged entry is found by recomputing (hashEntry tells the text; SQL can write the same).
import { hash } from "node:crypto";
import type { ScaledQuantity } from "../../domain/quantity.ts";

/** What the hash of an entry covers. */
export interface HashedEntry {
  readonly movementId: string;
  readonly type: string;
  readonly itemId: string;
  readonly warehouseId: string;
  /** As fixed4 writes it, like the balance. */
  readonly quantity: string;
  readonly balanceAfter: string;
  readonly version: number;
  readonly unitCost: ScaledQuantity | null;
  readonly counterpartWarehouseId: string | null;
  readonly reason: string | null;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly actor: string;
  readonly occurredAtMs: number;
  readonly recordedAtMs: number;
  /** Null where the entry has no lot, no target, and nothing reserved, unavailable or in transit. */
  readonly more: MoreOfEntry | null;
}

/** What only some entries tell; quantities as fixed4 writes them. */
export interface MoreOfEntry {
  readonly reservedChange: string;
  readonly reservedAfter: string;
  readonly unavailableChange: string;
  readonly unavailableAfter: string;
  readonly inTransitChange: string;
  readonly inTransitAfter: string;
  readonly lotId: string | null;
  readonly lotBalanceAfter: string | null;
  readonly targetId: string | null;
}

/** What is written of the entries that tell none of it. */
export const NOTHING_MORE: MoreOfEntry = {
  reservedChange: "0",
  reservedAfter: "0",
  unavailableChange: "0",
  unavailableAfter: "0",
  inTransitChange: "0",
  inTransitAfter: "0",
  lotId: null,
  lotBalanceAfter: null,
  targetId: null,
};

/**
 * Hash (hex) of an entry that follows the entry with the given hash; the first entry of a level follows the empty hash.
 * The text, in UTF-8, joined by "|":
 *   previous hash as hex, movement id, type, item id, warehouse id, quantity, balance after, version, unit cost,
 *   counterpart warehouse, reason, reference type, reference id, actor, occurred at, recorded at
 * and, where the entry has more to tell, "x", reserved change and after, unavailable change and after, in transit change and
 * after, lot id, lot balance after, target id;
 * with free texts as "<bytes in UTF-8>:<text>" (so that nothing can move from one to the next), quantities as
 * numeric(18, 4) prints them, missing values empty, and times as whole milliseconds since 1970.
 */
export function hashEntry(previousHash: string, entry: HashedEntry): string {
  const text = [
    previousHash,
    entry.movementId,
    entry.type,
    entry.itemId,
    entry.warehouseId,
    entry.quantity,
    entry.balanceAfter,
    entry.version,
    entry.unitCost === null ? "" : fixed4(entry.unitCost),
    entry.counterpartWarehouseId ?? "",
    measured(entry.reason),
    measured(entry.referenceType),
    measured(entry.referenceId),
    measured(entry.actor),
    entry.occurredAtMs,
    entry.recordedAtMs,
  ].join("|");
  // half the time of createHash on texts so short
  return hash("sha256", entry.more === null ? text : `${text}|${moreText(entry.more)}`, "hex");
}

function moreText(more: MoreOfEntry): string {
  return [
    "x",
    more.reservedChange,
    more.reservedAfter,
    more.unavailableChange,
    more.unavailableAfter,
    more.inTransitChange,
    more.inTransitAfter,
    more.lotId ?? "",
    more.lotBalanceAfter ?? "",
    more.targetId ?? "",
  ].join("|");
}

function measured(text: string | null): string {
  return text === null ? "" : `${Buffer.byteLength(text)}:${text}`;
}

/** A scaled quantity as numeric(18, 4) prints it: always 4 decimals. */
export function fixed4(quantity: ScaledQuantity): string {
  const negative = quantity < 0n;
  const magnitude = negative ? -quantity : quantity;
  const digits = magnitude.toString().padStart(5, "0");
  const text = `${digits.slice(0, -4)}.${digits.slice(-4)}`;
  return negative ? `-${text}` : text;
}
