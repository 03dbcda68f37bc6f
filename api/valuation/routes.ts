/** Valuations of stock: what a level or an item is worth by moving average or FIFO. Reads only what the job value-stock published. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import { amountFromText } from "../../domain/valuation/rounding.ts";
import type { CatalogueLookup, ItemEntry } from "../../pipelines/catalogue/index.ts";
import { type ValuedLevelRow, valuedLevelsRead } from "../../pipelines/valuation/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { codeField } from "../http/fields.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseOtherWarehouse } from "../http/warehouseLimit.ts";
import {
  itemValuation,
  levelValuation,
  showLayers,
  showValuation,
  valuationQuery,
} from "./schema.ts";

export interface ValuationDeps {
  readonly db: Db;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
}

const TAG = "Stock";
/** FIFO layers that an answer lists. */
const LAYERS_MAX = 1_000;
const AGE =
  "Brought up to date each minute by the job value-stock, right by business time: an entry dated back changes the figures as if it had come in time. `valued_version` beside `version` tells whether the figures are behind. Rules: docs/valuation.md.";

/** The routes; to be mounted before those of /v1/stock/{sku}/{warehouse}. */
export function valuationRoutes(deps: ValuationDeps): Route[] {
  return [readItemValuation(deps), readLevelValuation(deps)];
}

function readItemValuation({ db, catalogue }: ValuationDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}/valuation",
    tag: TAG,
    summary: "Read what an item's stock is worth",
    description: AGE,
    permission: "read",
    params: z.object({ sku: codeField }),
    query: valuationQuery,
    answers: { 200: { description: "By warehouse, with totals.", schema: itemValuation } },
    handler: async ({ params: { sku }, query: { method }, caller }) => {
      const item = await itemOf(catalogue, sku);
      const rows = await valuedLevelsRead(db, {
        itemId: item.id,
        isFifo: method === "fifo",
        warehouseId: undefined,
        codes: caller.warehouses,
        layersMax: 0,
      });
      const body = {
        sku: item.sku,
        method,
        currency: item.currency,
        warehouses: rows.map(showValuation),
        totals: totalsOf(rows),
        current: rows.every((row) => row.valued_version === row.version),
      };
      return { status: 200, body };
    },
  });
}

function readLevelValuation({ db, catalogue }: ValuationDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}/{warehouse}/valuation",
    tag: TAG,
    summary: "Read what a stock level is worth",
    description: `${AGE} By FIFO the first ${LAYERS_MAX} layers are listed.`,
    permission: "read",
    params: z.object({ sku: codeField, warehouse: codeField }),
    query: valuationQuery,
    answers: {
      200: { description: "The figures; zeros where it never moved.", schema: levelValuation },
    },
    handler: async ({ params, query: { method }, caller }) => {
      refuseOtherWarehouse(caller, params.warehouse);
      const [item, warehouse] = await Promise.all([
        itemOf(catalogue, params.sku),
        catalogue.warehouseByCode(params.warehouse),
      ]);
      if (warehouse === undefined) throw new NotFoundError("warehouse", params.warehouse);
      const isFifo = method === "fifo";
      const [row] = await valuedLevelsRead(db, {
        itemId: item.id,
        isFifo,
        warehouseId: warehouse.id,
        codes: undefined,
        layersMax: isFifo ? LAYERS_MAX : 0,
      });
      const head = { sku: item.sku, method, currency: item.currency };
      const figures = showValuation(row ?? { ...NEVER_MOVED, warehouse: warehouse.code });
      const layers = isFifo ? showLayers(row?.layers ?? [], row?.layer_count ?? 0) : {};
      return { status: 200, body: { ...head, ...figures, ...layers } };
    },
  });
}

const NEVER_MOVED = {
  version: 0,
  valued_version: 0,
  as_of: null,
  quantity: "0",
  unit_cost: null,
  value: "0",
  in_transit: "0",
  in_transit_value: "0",
  layers: null,
  layer_count: null,
} as const;

async function itemOf(catalogue: ValuationDeps["catalogue"], sku: string): Promise<ItemEntry> {
  const item = await catalogue.itemBySku(sku);
  if (item === undefined) throw new NotFoundError("item", sku);
  return item;
}

/** Sums over the levels that the caller may see, exact. */
function totalsOf(rows: readonly ValuedLevelRow[]) {
  const sum = (of: (row: ValuedLevelRow) => string): string =>
    formatQuantity(rows.reduce((total, row) => total + amountFromText(of(row)), 0n));
  return {
    quantity: sum((row) => row.quantity),
    value: sum((row) => row.value),
    in_transit: {
      quantity: sum((row) => row.in_transit),
      value: sum((row) => row.in_transit_value),
    },
  };
}
