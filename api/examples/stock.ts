/** Examples of movements, stock, lots, reservations, transfers in transit, valuation and periods. */
import type { RouteExamples } from "./example.ts";
import { EXAMPLE_IDS } from "./exampleIds.ts";

const { receipt, shipment, mistake, reservation, request, fresh, unknown } = EXAMPLE_IDS;
const level = { sku: "BOLT-M8", warehouse: "MAIN" };
const wait = { prefer: "wait=10" };

const movements: RouteExamples = {
  "post /v1/movements": [
    {
      summary: "Receive ten boxes",
      body: { type: "receipt", ...level, quantity: "10", unit: "box", unit_cost: "0.10" },
      status: 202,
    },
    {
      summary: "Issue and wait for the outcome",
      headers: wait,
      body: {
        type: "issue",
        ...level,
        quantity: "4",
        reference: { type: "sales_order", id: "SO-1" },
      },
      status: 200,
    },
    {
      summary: "Several lines, all or none",
      headers: { ...wait, "idempotency-key": "kitting-7" },
      body: {
        atomic: true,
        movements: [
          { id: fresh, type: "issue", ...level, quantity: "2" },
          { type: "issue", sku: "NUT-M8", warehouse: "MAIN", quantity: "2" },
        ],
      },
      status: 200,
    },
    {
      summary: "A quantity that is none",
      body: { type: "issue", ...level, quantity: "many" },
      status: 422,
      code: "quantity_format",
    },
  ],
  "get /v1/movements": [
    { summary: "The movements of a request", query: { request }, status: 200 },
    { summary: "Issues and returns of a customer", query: { customer: "C-1" }, status: 200 },
    { summary: "Neither is named", status: 422, code: "request_or_customer" },
  ],
  "get /v1/movements/{id}": [
    { summary: "Where a movement stands", path: { id: receipt }, status: 200 },
    { summary: "One that nobody sent", path: { id: unknown }, status: 404, code: "not_found" },
  ],
  "post /v1/movements/{id}/arrive": [
    {
      summary: "Nine arrived, one was lost",
      path: { id: shipment },
      headers: wait,
      body: { quantity: "9", losses: [{ quantity: "1", reason: "damaged on the way" }] },
      status: 200,
    },
  ],
  "post /v1/movements/{id}/reverse": [
    {
      summary: "Take a mistake back",
      path: { id: mistake },
      headers: wait,
      body: { reason: "counted twice" },
      status: 200,
    },
  ],
};

const stock: RouteExamples = {
  "get /v1/stock": [
    { summary: "Of a warehouse", query: { warehouse: "MAIN" }, status: 200 },
    { summary: "What is low", query: { low: "true" }, status: 200 },
  ],
  "get /v1/stock/{sku}": [{ summary: "At all warehouses", path: { sku: "BOLT-M8" }, status: 200 }],
  "get /v1/stock/{sku}/{warehouse}": [
    { summary: "A level", path: level, status: 200 },
    {
      summary: "A version that is not there yet",
      path: level,
      query: { min_version: "1000000" },
      status: 409,
      code: "not_yet",
    },
  ],
  "get /v1/stock/{sku}/{warehouse}/movements": [
    { summary: "Its ledger", path: level, query: { limit: "2" }, status: 200 },
  ],
  "get /v1/stock/{sku}/{warehouse}/lots": [
    { summary: "Its lots", path: { sku: "PAINT-RED", warehouse: "MAIN" }, status: 200 },
  ],
  "get /v1/lots": [{ summary: "Lots of an item", query: { sku: "PAINT-RED" }, status: 200 }],
  "get /v1/stock/{sku}/valuation": [
    { summary: "What it is worth", path: { sku: "BOLT-M8" }, status: 200 },
  ],
  "get /v1/stock/{sku}/{warehouse}/valuation": [
    { summary: "What it is worth here", path: level, status: 200 },
  ],
  "get /v1/reservations/{id}": [
    { summary: "A reservation", path: { id: reservation }, status: 200 },
  ],
};

const periods: RouteExamples = {
  "post /v1/periods/{month}/close": [
    { summary: "Close a month that is over", path: { month: "2020-01" }, status: 200 },
    { summary: "No month", path: { month: "2020-13" }, status: 422, code: "month_format" },
  ],
};

export const stockExamples: RouteExamples = { ...movements, ...stock, ...periods };
