/** Valuations as they are answered: decimal strings, and the version that they are true for beside the level's. */
import { z } from "zod";
import { formatAverageCost } from "../../domain/averageCost.ts";
import { COST_METHODS } from "../../domain/valuation/costPool.ts";
import { amountFromText, unitCostOf } from "../../domain/valuation/rounding.ts";
import type { ValuedLevelRow } from "../../pipelines/valuation/index.ts";
import { textOut } from "../entities/fields.ts";
import { decimalOut, timeOut } from "../http/fields.ts";

export const valuationQuery = z.object({
  method: z.enum(COST_METHODS).default("moving_average"),
});

const amounts = {
  quantity: decimalOut,
  value: decimalOut.describe("In the currency, exact to 4 decimals."),
  in_transit: z
    .object({ quantity: decimalOut, value: decimalOut })
    .describe("On its way to here, with the cost that it left with."),
};

const valuation = z.object({
  warehouse: z.string(),
  ...amounts,
  unit_cost: decimalOut
    .nullable()
    .describe(
      "value / quantity, half up at 6 decimals; the last known cost where the quantity is 0; null where no cost was ever known.",
    ),
  as_of: timeOut
    .nullable()
    .describe("Everything recorded until then is in; null before the first valuation."),
  valued_version: z.int().describe("The level's version that these figures are true for."),
  version: z.int().describe("The level's version now."),
  current: z.boolean().describe("Whether the two versions are the same."),
});

const layer = z.object({
  quantity: decimalOut,
  unit_cost: decimalOut,
  value: decimalOut,
  since: timeOut.describe(
    "When the goods were received first; a transfer does not change it. Goods that a reversal gave back are one layer, with the time at which they had gone out: they were received then or before.",
  ),
});

const head = {
  sku: z.string(),
  method: z.enum(COST_METHODS),
  currency: textOut.describe("The item's; ISO 4217."),
};

export const levelValuation = valuation
  .extend({
    ...head,
    layers: z.array(layer).optional().describe("FIFO only: the layers that go out first."),
    layer_count: z.int().optional().describe("FIFO only: layers in all."),
  })
  .meta({ title: "LevelValuation" });

export const itemValuation = z
  .object({
    ...head,
    warehouses: z.array(valuation),
    totals: z.object(amounts),
    current: z.boolean().describe("Whether every level's figures are those of its version now."),
  })
  .meta({ title: "ItemValuation" });

/** A level's figures as they are answered. */
export function showValuation(row: ValuedLevelRow): z.input<typeof valuation> {
  return {
    warehouse: row.warehouse,
    quantity: row.quantity,
    unit_cost: row.unit_cost,
    value: row.value,
    in_transit: { quantity: row.in_transit, value: row.in_transit_value },
    as_of: row.as_of?.toISOString() ?? null,
    valued_version: row.valued_version,
    version: row.version,
    current: row.valued_version === row.version,
  };
}

/** FIFO layers as they are answered. */
export function showLayers(layers: NonNullable<ValuedLevelRow["layers"]>, count: number) {
  return {
    layers: layers.map(([since, quantity, value]): z.input<typeof layer> => {
      const cost = unitCostOf(amountFromText(quantity), amountFromText(value));
      return { quantity, unit_cost: trimZeros(formatAverageCost(cost)), value, since };
    }),
    layer_count: count,
  };
}

function trimZeros(decimal: string): string {
  return decimal.replace(/\.?0+$/, "");
}
