/**
 * What a warehouse (or a transfer on its way) holds, with its cost: layers in the order in which they go out (FIFO), or all of it
 * in one layer (moving average). A pool below zero has no layers; its value is what went out at the last known cost and is
 * settled by what comes in next. Quantities and values are scaled by 10^4, unit costs by 10^6. Pure but for the pool given.
 */
import { divideHalfUp, shareOf, unitCostOf, valueAt } from "./rounding.ts";

/** The cost formulas of IAS 2, paragraphs 25 and 27. */
export const COST_METHODS = ["moving_average", "fifo"] as const;
export type CostMethod = (typeof COST_METHODS)[number];

/** Goods of one cost. */
export interface Layer {
  /** Positions of the first and last ledger entry that brought them to this place; with them a reversal finds them. */
  readonly position: number;
  last: number;
  /** When they were received first, RFC 3339 with microseconds; a transfer does not change it. Of what a reversal gave back: when it had gone out. */
  readonly since: string;
  quantity: bigint;
  value: bigint;
}

export interface CostPool {
  readonly method: CostMethod;
  readonly layers: Layer[];
  quantity: bigint;
  value: bigint;
  /** Unit cost at which goods go out that are not there, and come in without a cost of their own; null before the first. */
  lastCost: bigint | null;
}

/** Where in the ledger, and when, something happens. */
export type LayerOrigin = Pick<Layer, "position" | "last" | "since">;

/** A pool without goods; `lastCost` may be known from elsewhere. */
export function emptyPool(method: CostMethod, lastCost: bigint | null = null): CostPool {
  return { method, layers: [], quantity: 0n, value: 0n, lastCost };
}

/** Value of goods that come in without a cost of their own: at the pool's average, else the last known cost, else 0. */
export function valueWithoutCost(pool: CostPool, quantity: bigint): bigint {
  if (pool.quantity > 0n) return divideHalfUp(quantity * pool.value, pool.quantity);
  return valueAt(quantity, pool.lastCost ?? 0n);
}

interface PutOptions {
  /** Unit cost to remember; null where the goods' cost is not known. */
  readonly cost: bigint | null;
  /** True: ahead of all others, since they had gone out before. */
  readonly first?: boolean;
}

/**
 * Puts goods in. Answers the variance: what they cost beyond the provisional cost of the shortage that they settle
 * (negative where less), which is an expense and never part of the stock.
 */
export function put(pool: CostPool, goods: Layer, options: PutOptions): bigint {
  const { quantity, value } = goods;
  const short = pool.quantity < 0n ? -pool.quantity : 0n;
  const settled = short < quantity ? short : quantity;
  const actual = settled === 0n ? 0n : shareOf(value, settled, quantity);
  const provisional = settled === 0n ? 0n : shareOf(-pool.value, settled, short);
  pool.quantity += quantity;
  pool.value += value - actual + provisional;
  if (quantity > settled) {
    addLayer(pool, { ...goods, quantity: quantity - settled, value: value - actual }, options);
  }
  rememberCost(pool, options);
  return actual - provisional;
}

function addLayer(pool: CostPool, layer: Layer, { first = false }: PutOptions): void {
  const before = pool.method === "fifo" && first ? undefined : pool.layers.at(-1);
  if (before !== undefined && (pool.method === "moving_average" || isAlike(before, layer))) {
    before.quantity += layer.quantity;
    before.value += layer.value;
    before.last = layer.last;
  } else if (first) pool.layers.unshift(layer);
  else pool.layers.push(layer);
}

/** Goods of one day and exactly one unit cost, received one after the other, are one layer: no share of them is another. */
function isAlike(before: Layer, layer: Layer): boolean {
  return (
    before.last < layer.position &&
    dayOf(before) === dayOf(layer) &&
    before.value * layer.quantity === layer.value * before.quantity
  );
}

function dayOf({ since }: Pick<Layer, "since">): string {
  return since.slice(0, 10);
}

function rememberCost(pool: CostPool, { cost, first = false }: PutOptions): void {
  if (cost === null) return;
  if (pool.method === "fifo") {
    if (!first || pool.lastCost === null) pool.lastCost = cost;
  } else pool.lastCost = pool.quantity > 0n ? unitCostOf(pool.quantity, pool.value) : cost;
}

/** Takes goods out, the first layers first; what is not there goes out at the last known cost. Answers them with their costs. */
export function take(pool: CostPool, quantity: bigint, origin: LayerOrigin): Layer[] {
  const taken: Layer[] = [];
  let left = quantity;
  let emptied = 0;
  for (const layer of pool.layers) {
    if (left === 0n) break;
    const part = split(layer, layer.quantity < left ? layer.quantity : left);
    if (layer.quantity === 0n) emptied += 1;
    left -= part.quantity;
    taken.push(part);
  }
  pool.layers.splice(0, emptied);
  if (left > 0n) {
    taken.push({ ...origin, quantity: left, value: valueAt(left, pool.lastCost ?? 0n) });
  }
  pool.quantity -= quantity;
  pool.value -= valueOf(taken);
  return taken;
}

/** Takes a part out of a layer; the layer keeps the rest. */
function split(layer: Layer, quantity: bigint): Layer {
  const value = shareOf(layer.value, quantity, layer.quantity);
  layer.quantity -= quantity;
  layer.value -= value;
  return { ...layer, quantity, value };
}

/** Sum of the values. */
export function valueOf(layers: readonly Layer[]): bigint {
  return layers.reduce((sum, { value }) => sum + value, 0n);
}

/**
 * Takes goods out again that a reversed entry had brought in, and answers the value that left the pool. FIFO: the entry's own
 * layer as far as it is there, then the first ones. Moving average: the entry's own value, as far as the rest keeps a value.
 */
export function takeBack(
  pool: CostPool,
  goods: Pick<Layer, "position" | "quantity" | "value">,
  origin: LayerOrigin,
): bigint {
  const [only] = pool.layers;
  if (pool.method === "fifo" || only === undefined || only.quantity <= goods.quantity) {
    const own = pool.method === "fifo" ? takeOwn(pool, goods) : [];
    const ownQuantity = own.reduce((sum, { quantity }) => sum + quantity, 0n);
    return valueOf(own) + valueOf(take(pool, goods.quantity - ownQuantity, origin));
  }
  const value = goods.value < only.value ? goods.value : only.value;
  only.quantity -= goods.quantity;
  only.value -= value;
  pool.quantity = only.quantity;
  pool.value = only.value;
  pool.lastCost = unitCostOf(pool.quantity, pool.value);
  return value;
}

function takeOwn(
  pool: CostPool,
  { quantity, position }: Pick<Layer, "position" | "quantity">,
): Layer[] {
  const taken: Layer[] = [];
  let left = quantity;
  for (const layer of pool.layers) {
    if (position < layer.position || position > layer.last || left === 0n) continue;
    const part = split(layer, layer.quantity < left ? layer.quantity : left);
    left -= part.quantity;
    taken.push(part);
  }
  const kept = pool.layers.filter((layer) => layer.quantity > 0n);
  pool.layers.splice(0, pool.layers.length, ...kept);
  pool.quantity -= quantity - left;
  pool.value -= valueOf(taken);
  return taken;
}
