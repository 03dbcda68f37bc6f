/**
 * The cost fold: values the ledger entries of one item, all its warehouses together, in the order of business time (occurred_at,
 * then position in the lane). Pure and total. What comes in minus what went out is exactly what is on hand or in transit.
 * Rules and their sources: docs/valuation.md.
 */
import type { MovementType } from "../movement.ts";
import {
  type CostMethod,
  type CostPool,
  emptyPool,
  type Layer,
  type LayerOrigin,
  put,
  take,
  takeBack,
  valueOf,
  valueWithoutCost,
} from "./costPool.ts";
import { shareOf, unitCostOf, valueAt } from "./rounding.ts";

/** What the fold needs of a ledger entry. Quantities are signed and scaled by 10^4. */
export interface CostedEntry {
  readonly movementId: string;
  readonly type: MovementType;
  readonly warehouseId: string;
  readonly counterpartId: string | null;
  readonly targetId: string | null;
  readonly quantity: bigint;
  readonly inTransitChange: bigint;
  /** Scaled by 10^4. */
  readonly unitCost: bigint | null;
  /** RFC 3339 with microseconds. */
  readonly occurredAt: string;
  readonly position: number;
}

/** What an entry did to values (scaled by 10^4, signed). */
export interface EntryCost {
  /** Change of the value on hand at the entry's warehouse. */
  readonly amount: bigint;
  /** Cost that left the item's stock by this entry: of goods sold, lost or scrapped, or a variance; negative where given back. */
  readonly expense: bigint;
}

/** A reversed entry, as it was valued. */
export interface Original extends EntryCost {
  readonly quantity: bigint;
  readonly position: number;
  /** RFC 3339 with microseconds. */
  readonly occurredAt: string;
}

/** Goods on their way to a warehouse. */
export interface Transit {
  readonly toWarehouseId: string;
  readonly pool: CostPool;
}

/** An item's stock by one method, while it is folded. */
export interface CostState {
  readonly method: CostMethod;
  readonly warehouses: Map<string, CostPool>;
  /** By the id of the transfer. */
  readonly transits: Map<string, Transit>;
}

/** An item that never moved. */
export function emptyCostState(method: CostMethod): CostState {
  return { method, warehouses: new Map(), transits: new Map() };
}

/**
 * Values one entry and changes the state in place. `original` is the reversed entry at the same warehouse (and lot), given
 * where this is a reversal and the reversed one came before it in business time.
 */
export function foldCost(
  state: CostState,
  entry: CostedEntry,
  original: Original | null,
): EntryCost {
  const pool = poolOf(state, entry.warehouseId);
  if (entry.quantity > 0n) return comeIn(state, pool, { entry, original });
  if (entry.quantity < 0n) return goOut(state, pool, { entry, original });
  if (entry.inTransitChange < 0n) return leaveTransit(state, entry, original);
  return { amount: 0n, expense: 0n };
}

interface Entered {
  readonly entry: CostedEntry;
  readonly original: Original | null;
}

function comeIn(state: CostState, pool: CostPool, { entry, original }: Entered): EntryCost {
  if (entry.type === "reversal") return giveBack(pool, { entry, original });
  if (entry.type === "arrival" || entry.type === "transfer") return arrive(state, pool, entry);
  const { quantity, unitCost } = entry;
  const cost = unitCost === null ? null : unitCost * 100n;
  const value = cost === null ? valueWithoutCost(pool, quantity) : valueAt(quantity, cost);
  const variance = put(pool, { ...originOf(entry), quantity, value }, { cost });
  return { amount: value - variance, expense: variance };
}

function goOut(state: CostState, pool: CostPool, { entry, original }: Entered): EntryCost {
  if (entry.type === "reversal" && original !== null) return takeOwnBack(pool, entry, original);
  const pieces = take(pool, -entry.quantity, originOf(entry));
  const value = valueOf(pieces);
  if (entry.type !== "transfer") return { amount: -value, expense: value };
  const id = entry.movementId;
  const transit = transitOf(state, id, {
    toWarehouseId: entry.counterpartId ?? "",
    lastCost: pool.lastCost,
  });
  const cost = pool.lastCost;
  const variance = putAll(transit.pool, pieces, cost);
  forgetIfEmpty(state, id, transit);
  return { amount: -value, expense: variance };
}

/** Goods of a transfer reach the other end, with the cost and the age that they left with. */
function arrive(state: CostState, pool: CostPool, entry: CostedEntry): EntryCost {
  const id = (entry.type === "arrival" ? entry.targetId : null) ?? entry.movementId;
  const transit = transitOf(state, id, {
    toWarehouseId: entry.warehouseId,
    lastCost: pool.lastCost,
  });
  const pieces = take(transit.pool, entry.quantity, originOf(entry));
  forgetIfEmpty(state, id, transit);
  const { position } = entry;
  const here = pieces.map((piece) => ({ ...piece, position, last: position }));
  const variance = putAll(pool, here, transit.pool.lastCost);
  return { amount: valueOf(here) - variance, expense: variance };
}

/** Pieces without a known cost leave the pool's last known cost as it is. */
function putAll(pool: CostPool, pieces: readonly Layer[], lastCost: bigint | null): bigint {
  let variance = 0n;
  for (const piece of pieces) {
    const cost = lastCost === null ? null : unitCostOf(piece.quantity, piece.value);
    variance += put(pool, piece, { cost });
  }
  return variance;
}

/**
 * What an outward entry took comes back ahead of all others, at the cost that it was booked with. Which layers it took is not
 * kept, so they come back as one, which was there when they went out at the latest.
 */
function giveBack(pool: CostPool, { entry, original }: Entered): EntryCost {
  const { quantity } = entry;
  const whole = original === null ? 0n : -original.quantity;
  const isKnown = original !== null && whole > 0n;
  const value = isKnown
    ? shareOf(-original.amount, quantity, whole)
    : valueWithoutCost(pool, quantity);
  const expensed = isKnown ? shareOf(original.expense, quantity, whole) : value;
  const cost = isKnown && value > 0n ? unitCostOf(quantity, value) : null;
  const since = original?.occurredAt ?? entry.occurredAt;
  const goods = { ...originOf(entry), since, quantity, value };
  const variance = put(pool, goods, { cost, first: true });
  return { amount: value - variance, expense: variance - expensed };
}

/** What an inward entry brought leaves with its own cost; where the stock can't bear that, the difference is an expense. */
function takeOwnBack(pool: CostPool, entry: CostedEntry, original: Original): EntryCost {
  const quantity = -entry.quantity;
  const own = shareOf(original.amount + original.expense, quantity, original.quantity);
  const goods = { quantity, value: own, position: original.position };
  const removed = takeBack(pool, goods, originOf(entry));
  return { amount: -removed, expense: removed - own };
}

/** Goods lost on their way are an expense; those of a reversed transfer are back where they came from. */
function leaveTransit(state: CostState, entry: CostedEntry, original: Original | null): EntryCost {
  const id = entry.targetId ?? entry.movementId;
  const transit = transitOf(state, id, { toWarehouseId: entry.warehouseId, lastCost: null });
  const value = valueOf(take(transit.pool, -entry.inTransitChange, originOf(entry)));
  forgetIfEmpty(state, id, transit);
  const isBack = entry.type === "reversal" && original !== null;
  return { amount: 0n, expense: isBack ? 0n : value };
}

function originOf(entry: CostedEntry): LayerOrigin {
  return { position: entry.position, last: entry.position, since: entry.occurredAt };
}

function poolOf(state: CostState, warehouseId: string): CostPool {
  const known = state.warehouses.get(warehouseId);
  if (known !== undefined) return known;
  const pool = emptyPool(state.method);
  state.warehouses.set(warehouseId, pool);
  return pool;
}

/** The goods of a transfer on their way; made at its first entry, be that an arrival dated before the transfer. */
function transitOf(
  state: CostState,
  id: string,
  first: { readonly toWarehouseId: string; readonly lastCost: bigint | null },
): Transit {
  const known = state.transits.get(id);
  if (known !== undefined) return known;
  const { toWarehouseId, lastCost } = first;
  const transit = { toWarehouseId, pool: emptyPool(state.method, lastCost) };
  state.transits.set(id, transit);
  return transit;
}

function forgetIfEmpty(state: CostState, id: string, { pool }: Transit): void {
  if (pool.quantity === 0n) state.transits.delete(id);
}
