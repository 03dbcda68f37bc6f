/** The movements that the load generators send: receipts of the benchmark's items, each with an id of its own. */
import { randomUUID } from "node:crypto";
import { WAREHOUSE } from "../queries.ts";

/** One movement line as a client writes it. */
export function movementLineOf(items: number): object {
  return {
    id: randomUUID(),
    type: "receipt",
    sku: `SKU-${Math.floor(Math.random() * items)}`,
    warehouse: WAREHOUSE,
    quantity: String(1 + Math.floor(Math.random() * 9)),
    unit_cost: "2.5",
    reference: { type: "order", id: `order ${Math.floor(Math.random() * 1e6)}` },
    occurred_at: "2026-01-02T03:04:05.678Z",
  };
}

/** The body of a request of one or more lines. */
export function requestBody(items: number, lines: number): string {
  if (lines === 1) return JSON.stringify(movementLineOf(items));
  return JSON.stringify({
    movements: Array.from({ length: lines }, () => movementLineOf(items)),
  });
}

/** Value below which the given share of the sorted values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
