/** Examples of items, warehouses, suppliers, what they sell, and reorder policies. */
import type { RouteExamples } from "./example.ts";
import { EXAMPLE_IDS } from "./exampleIds.ts";

const { item, warehouse, supplier, supplierItem, reorderPolicy, archivable, unknown } = EXAMPLE_IDS;

const items: RouteExamples = {
  "get /v1/items": [
    { summary: "The first items by SKU", query: { limit: "2" }, status: 200 },
    {
      summary: "A cursor that is none",
      query: { cursor: "abc" },
      status: 422,
      code: "cursor_invalid",
    },
  ],
  "post /v1/items": [
    {
      summary: "An item with a pack",
      headers: { "idempotency-key": "new-bolt-m10" },
      body: {
        sku: "BOLT-M10",
        name: "Bolt M10 x 40",
        unit: "each",
        cost: "0.21",
        currency: "EUR",
        units: { box: "100" },
      },
      status: 201,
    },
    { summary: "A name is missing", body: { sku: "BOLT-M12" }, status: 422, code: "required" },
    {
      summary: "The SKU is taken",
      body: { sku: "BOLT-M8", name: "Bolt M8" },
      status: 409,
      code: "already_exists",
    },
  ],
  "get /v1/items/{id}": [
    { summary: "By SKU", path: { id: "sku:BOLT-M8" }, status: 200 },
    { summary: "By id", path: { id: item }, status: 200 },
    { summary: "One that is not there", path: { id: unknown }, status: 404, code: "not_found" },
  ],
  "patch /v1/items/{id}": [
    {
      summary: "Only if nobody changed it since",
      path: { id: "sku:BOLT-M8" },
      headers: { "if-match": '"99"' },
      body: { name: "Bolt M8 x 30, zinc" },
      status: 412,
      code: "stale_version",
    },
    {
      summary: "Another name",
      path: { id: "sku:BOLT-M8" },
      body: { name: "Bolt M8 x 30, zinc" },
      status: 200,
    },
  ],
};

const warehouses: RouteExamples = {
  "get /v1/warehouses": [
    { summary: "All", status: 200 },
    {
      summary: "Those that can fulfil, the nearest first",
      query: { near: "52.52,13.40", sku: "BOLT-M8", quantity: "10" },
      status: 200,
    },
  ],
  "post /v1/warehouses": [
    {
      summary: "A warehouse with its place",
      body: {
        code: "SOUTH",
        name: "South",
        latitude: 48.14,
        longitude: 11.58,
        time_zone: "Europe/Berlin",
      },
      status: 201,
    },
  ],
  "get /v1/warehouses/{id}": [
    { summary: "By code", path: { id: "code:MAIN" }, status: 200 },
    { summary: "By id", path: { id: warehouse }, status: 200 },
  ],
  "patch /v1/warehouses/{id}": [
    { summary: "Another name", path: { id: "code:MAIN" }, body: { name: "Main" }, status: 200 },
  ],
};

const suppliers: RouteExamples = {
  "post /v1/suppliers": [
    {
      summary: "A supplier with a person to ask",
      body: {
        code: "GLOBEX",
        name: "Globex GmbH",
        contact_name: "Ada Example",
        email: "ada@globex.example",
        phone: "+49 30 1234567",
        country: "DE",
        currency: "EUR",
        lead_time_days: 7,
        working_days: ["mon", "tue", "wed", "thu", "fri"],
        holidays: ["2026-12-25"],
      },
      status: 201,
    },
    {
      summary: "An address that is none",
      body: { code: "INITECH", name: "Initech", email: "nobody" },
      status: 422,
      code: "wrong_format",
    },
  ],
  "get /v1/suppliers/{id}": [
    { summary: "By code", path: { id: "code:ACME" }, status: 200 },
    { summary: "By id", path: { id: supplier }, status: 200 },
  ],
  "patch /v1/suppliers/{id}": [
    {
      summary: "Another person to ask",
      path: { id: "code:ACME" },
      body: { contact_name: "Max Example", phone: null },
      status: 200,
    },
  ],
  "get /v1/suppliers/{id}/items": [
    { summary: "What a supplier sells", path: { id: "code:ACME" }, status: 200 },
  ],
  "post /v1/suppliers/{id}/items": [
    {
      summary: "Sold in packs of 50",
      path: { id: "code:ACME" },
      body: { sku: "NUT-M8", unit_cost: "0.03", currency: "EUR", moq: "200", pack_size: "50" },
      status: 201,
    },
    {
      summary: "Cheaper from 1,000 on, at most 5,000 a run",
      path: { id: "code:ACME" },
      body: {
        sku: "PAINT-RED",
        unit_cost: "4.10",
        order_multiple: "6",
        order_maximum: "5000",
        price_breaks: [{ quantity: "1000", unit_cost: "3.80" }],
      },
      status: 201,
    },
  ],
  "get /v1/suppliers/{id}/items/{item}": [
    { summary: "One of them", path: { id: "code:ACME", item: supplierItem }, status: 200 },
  ],
  "patch /v1/suppliers/{id}/items/{item}": [
    {
      summary: "Another price",
      path: { id: "code:ACME", item: supplierItem },
      body: { unit_cost: "0.09" },
      status: 200,
    },
  ],
};

const policies: RouteExamples = {
  "get /v1/reorder-policies": [{ summary: "Of one item", query: { sku: "BOLT-M8" }, status: 200 }],
  "post /v1/reorder-policies": [
    {
      summary: "Order up to 500 at 100",
      body: { sku: "NUT-M8", warehouse: "MAIN", method: "min_max", min: "100", max: "500" },
      status: 201,
    },
    {
      summary: "As demand and lead time call for, without a stock-out in 98 of 100 cycles",
      body: { sku: "NUT-M8", warehouse: "NORTH", method: "auto", service_level: "0.98" },
      status: 201,
    },
    {
      summary: "Periodic review without its period",
      body: { sku: "PAINT-RED", warehouse: "NORTH", method: "periodic_review" },
      status: 422,
      code: "required",
    },
  ],
  "get /v1/reorder-policies/{id}": [
    { summary: "One policy", path: { id: reorderPolicy }, status: 200 },
  ],
  "get /v1/reorder-policies/{id}/plan": [
    { summary: "The figures of one policy", path: { id: reorderPolicy }, status: 200 },
  ],
  "post /v1/reorder-simulations": [
    {
      summary: "A week of demand under a policy",
      body: {
        sku: "BOLT-M8",
        warehouse: "MAIN",
        policy: { method: "min_max", min: "10", max: "40" },
        demand: [
          { day: "2026-03-02", quantity: "12" },
          { day: "2026-03-04", quantity: "20" },
          { day: "2026-03-08", quantity: "9" },
        ],
        warm_up_days: 0,
      },
      status: 200,
    },
    {
      summary: "An item that does not exist",
      body: { sku: "NO-SUCH", warehouse: "MAIN" },
      status: 422,
      code: "unknown_sku",
    },
  ],
  "patch /v1/reorder-policies/{id}": [
    {
      summary: "Order earlier",
      path: { id: reorderPolicy },
      body: { reorder_point: "60" },
      status: 200,
    },
  ],
};

/** Archiving works alike for all of them. */
function archiving(path: string, ids: Readonly<Record<string, string>>): RouteExamples {
  const example = { summary: "Archive it", path: ids };
  return {
    [`delete ${path}`]: [{ ...example, status: 200 }],
    [`post ${path}/archive`]: [{ ...example, status: 200 }],
  };
}

export const catalogueExamples: RouteExamples = {
  ...items,
  ...warehouses,
  ...suppliers,
  ...policies,
  ...archiving("/v1/items/{id}", { id: archivable }),
  ...archiving("/v1/warehouses/{id}", { id: "code:CLOSED" }),
  ...archiving("/v1/suppliers/{id}", { id: "code:GONE" }),
  ...archiving("/v1/suppliers/{id}/items/{item}", { id: "code:ACME", item: supplierItem }),
  ...archiving("/v1/reorder-policies/{id}", { id: reorderPolicy }),
};
