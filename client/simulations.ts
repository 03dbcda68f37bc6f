/** Replays of demand under reorder policies through the public API. */
import { z } from "zod";
import type { StocklineClient } from "./stocklineClient.ts";

const simulation = z.looseObject({
  sku: z.string(),
  warehouse: z.string(),
  method: z.string(),
  from: z.string(),
  to: z.string(),
  supplier: z.string().nullish(),
  unit_cost: z.string().nullish(),
  currency: z.string().nullish(),
  lead_time_days: z.number(),
  reorder_at: z.string().nullish(),
  report: z.looseObject({
    days: z.number(),
    demand: z.string(),
    fill_rate: z.string().nullable(),
    stock_out_days: z.number(),
    average_stock: z.string(),
    orders: z.number(),
    ordered: z.string(),
    holding_cost: z.string(),
    ordering_cost: z.string(),
    shortage_cost: z.string(),
    total_cost: z.string(),
  }),
  days: z.array(z.record(z.string(), z.string())).optional(),
});

/** A replay, as the API answers it. */
export type Simulation = z.output<typeof simulation>;

/** Replays the demand of an item at a warehouse; members of `body` as in the API. */
export function simulateReorder(
  client: StocklineClient,
  body: Readonly<Record<string, unknown>>,
): Promise<Simulation> {
  return client.post(simulation, "/v1/reorder-simulations", { body });
}
