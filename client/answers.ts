/**
 * What the API answers, as far as this client shows it; further members are kept as they come.
 * Quantities and money are decimal strings, times RFC 3339.
 */
import { z } from "zod";

const text = z.string().nullish();
const decimal = z.string().nullish();

export const stockLevel = z.looseObject({
  sku: z.string(),
  warehouse: z.string(),
  on_hand: z.string(),
  reserved: z.string(),
  unavailable: decimal,
  available: z.string(),
  incoming: decimal,
  in_transit: decimal,
  average_cost: decimal,
  version: z.number(),
  position: decimal,
  reorder_at: decimal,
  shortfall: decimal,
});
export type StockLevel = z.output<typeof stockLevel>;

export const itemStock = z.looseObject({
  sku: z.string(),
  warehouses: z.array(stockLevel.omit({ sku: true })),
  totals: z.looseObject({ on_hand: z.string(), available: z.string() }),
  as_of: text,
});

export const movementState = z.looseObject({
  id: z.string(),
  status: z.string(),
  sku: text,
  warehouse: text,
  balance_after: decimal,
  version: z.number().nullish(),
  applied_at: text,
  code: text,
  detail: text,
  set_aside: z.looseObject({ error: z.string() }).nullish(),
});
export type MovementState = z.output<typeof movementState>;

export const acceptedMovements = z.looseObject({ data: z.array(movementState) });

const orderLine = z.looseObject({
  sku: z.string(),
  quantity: z.string(),
  received_quantity: decimal,
  unit_cost: decimal,
  explanation: z.record(z.string(), z.unknown()).nullish(),
});
export type OrderLine = z.output<typeof orderLine>;

export const purchaseOrder = z.looseObject({
  id: z.string(),
  number: z.string(),
  status: z.string(),
  supplier: z.string(),
  warehouse: z.string(),
  currency: text,
  expected_on: text,
  line_count: z.number().nullish(),
  total_cost: decimal,
  lines: z.array(orderLine).nullish(),
});
export type PurchaseOrder = z.output<typeof purchaseOrder>;

export const jobRun = z.looseObject({
  id: z.string(),
  status: z.string(),
  trigger: text,
  rows: z.number().nullish(),
  outcome: z.record(z.string(), z.unknown()).nullish(),
  error: text,
  created_at: text,
  started_at: text,
  finished_at: text,
});
export type JobRun = z.output<typeof jobRun>;

export const job = z.looseObject({
  name: z.string(),
  description: text,
  cron: text,
  next_run_at: text,
  last_run: jobRun.nullish(),
});

export const report = z.looseObject({
  id: z.string(),
  report: z.string(),
  format: z.string(),
  status: z.string(),
  rows: z.number().nullish(),
  bytes: z.number().nullish(),
  objects: z.array(z.looseObject({ key: z.string(), bytes: z.number(), sha256: z.string() })),
  manifest_key: text,
  download_url: text,
  as_of: text,
  error: z.looseObject({ code: z.string(), detail: text }).nullish(),
});
export type Report = z.output<typeof report>;
