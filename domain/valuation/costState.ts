/** The cost states of an item as one JSON value, for checkpoints: exact, and read back to the same. Pools that say nothing are left out. */
import { z } from "zod";
import { COST_METHODS, type CostMethod, type CostPool, type Layer } from "./costPool.ts";
import { type CostState, emptyCostState } from "./foldCosts.ts";

/** An item's stock by both methods. */
export type CostStates = Readonly<Record<CostMethod, CostState>>;

const integer = z.string().regex(/^-?\d+$/);
const pool = z.object({
  /** "position last since quantity value" a layer, joined by ";": a fifth of the memory of an array a layer. */
  layers: z.string(),
  quantity: integer,
  value: integer,
  last_cost: integer.nullable(),
});
const methodState = z.object({
  warehouses: z.record(z.string(), pool),
  transits: z.record(z.string(), pool.extend({ to: z.string() })),
});
const states = z.object({ moving_average: methodState, fifo: methodState }).partial();

type PoolJson = z.output<typeof pool>;

/** An item that never moved. */
export function emptyCostStates(): CostStates {
  return { moving_average: emptyCostState("moving_average"), fifo: emptyCostState("fifo") };
}

/** JSON text of the states. */
export function encodeCostStates(given: CostStates): string {
  return JSON.stringify(
    Object.fromEntries(COST_METHODS.map((method) => [method, encodeState(given[method])])),
  );
}

function encodeState(state: CostState) {
  return {
    warehouses: Object.fromEntries(
      [...state.warehouses].filter(([, one]) => isTold(one)).map(([id, one]) => [id, encode(one)]),
    ),
    transits: Object.fromEntries(
      [...state.transits].map(([id, { toWarehouseId, pool: one }]) => [
        id,
        { to: toWarehouseId, ...encode(one) },
      ]),
    ),
  };
}

function isTold(one: CostPool): boolean {
  return one.quantity !== 0n || one.lastCost !== null;
}

function encode(one: CostPool): PoolJson {
  return {
    layers: one.layers
      .map((layer) =>
        [layer.position, layer.last, layer.since, layer.quantity, layer.value].join(" "),
      )
      .join(";"),
    quantity: one.quantity.toString(),
    value: one.value.toString(),
    last_cost: one.lastCost?.toString() ?? null,
  };
}

/** Reads what encodeCostStates wrote; `{}` is the empty state. Throws ZodError for anything else. */
export function decodeCostStates(json: unknown): CostStates {
  const read = states.parse(json);
  return {
    moving_average: decodeState("moving_average", read.moving_average),
    fifo: decodeState("fifo", read.fifo),
  };
}

function decodeState(
  method: CostMethod,
  json: z.output<typeof methodState> | undefined,
): CostState {
  const state = emptyCostState(method);
  for (const [id, one] of Object.entries(json?.warehouses ?? {})) {
    state.warehouses.set(id, decode(method, one));
  }
  for (const [id, { to, ...one }] of Object.entries(json?.transits ?? {})) {
    state.transits.set(id, { toWarehouseId: to, pool: decode(method, one) });
  }
  return state;
}

function decode(method: CostMethod, json: PoolJson): CostPool {
  return {
    method,
    layers: json.layers === "" ? [] : json.layers.split(";").map(decodeLayer),
    quantity: BigInt(json.quantity),
    value: BigInt(json.value),
    lastCost: json.last_cost === null ? null : BigInt(json.last_cost),
  };
}

function decodeLayer(text: string): Layer {
  const [position, last, since = "", quantity = "", value = ""] = text.split(" ");
  return {
    position: Number(position),
    last: Number(last),
    since,
    quantity: BigInt(quantity),
    value: BigInt(value),
  };
}
