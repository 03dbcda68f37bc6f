/** Examples of purchase orders, imports, reports, jobs, events, sinks, lanes and the ledger's verification. */
import type { RouteExamples } from "./example.ts";
import { EXAMPLE_IDS } from "./exampleIds.ts";

const ids = EXAMPLE_IDS;

const orders: RouteExamples = {
  "get /v1/purchase-orders": [
    { summary: "Drafts of a supplier", query: { supplier: "ACME", status: "draft" }, status: 200 },
  ],
  "post /v1/purchase-orders": [
    {
      summary: "A draft at the supplier's own price",
      body: { supplier: "ACME", warehouse: "MAIN", lines: [{ sku: "BOLT-M8", quantity: "500" }] },
      status: 201,
    },
  ],
  "get /v1/purchase-orders/{id}": [
    { summary: "An order with its lines", path: { id: ids.draft }, status: 200 },
  ],
  "patch /v1/purchase-orders/{id}": [
    {
      summary: "Another day",
      path: { id: ids.draft },
      body: { expected_on: "2030-01-31", note: "Ring before delivery" },
      status: 200,
    },
  ],
  "post /v1/purchase-orders/{id}/approve": [
    { summary: "Approve a draft", path: { id: ids.approvable }, status: 200 },
  ],
  "post /v1/purchase-orders/{id}/send": [
    { summary: "Mark it as sent", path: { id: ids.approved }, status: 200 },
  ],
  "post /v1/purchase-orders/{id}/receive": [
    {
      summary: "A part of it came",
      path: { id: ids.sent },
      body: { lines: [{ sku: "BOLT-M8", quantity: "40" }], reference: "DN-778" },
      status: 200,
    },
  ],
  "post /v1/purchase-orders/{id}/document": [
    { summary: "To print or send", path: { id: ids.draft }, status: 200 },
  ],
  "get /v1/purchase-history": [
    { summary: "Of an item", query: { sku: "BOLT-M8", limit: "2" }, status: 200 },
  ],
  "post /v1/purchase-orders/{id}/cancel": [
    { summary: "Cancel it", path: { id: ids.unwanted }, status: 200 },
  ],
};

const file = { name: "items.csv", content: "sku,name\nBOLT-M16,Bolt M16\n" };

const imports: RouteExamples = {
  "get /v1/imports": [{ summary: "Of items", query: { kind: "items", limit: "2" }, status: 200 }],
  "post /v1/imports": [
    { summary: "A file of items", body: { kind: "items", file }, status: 202 },
    {
      summary: "No such kind",
      body: { kind: "stones", file },
      status: 422,
      code: "not_allowed",
    },
  ],
  "get /v1/imports/{id}": [{ summary: "Where it stands", path: { id: ids.import }, status: 200 }],
  "get /v1/imports/{id}/errors": [
    {
      summary: "Rows that did not go in, to be mended",
      path: { id: ids.import },
      status: 200,
    },
    {
      summary: "The same as JSON",
      path: { id: ids.import },
      query: { format: "json" },
      status: 200,
    },
  ],
  "get /v1/imports/{id}/events": [{ summary: "Follow it", path: { id: ids.import }, status: 200 }],
  "post /v1/imports/{id}/commit": [
    { summary: "Do what the dry run foresaw", path: { id: ids.dryRun }, status: 202 },
  ],
  "post /v1/imports/{id}/cancel": [
    { summary: "Stop it", path: { id: ids.waitingImport }, status: 202 },
  ],
  "get /v1/imports/templates/{kind}": [
    { summary: "A file to fill in", path: { kind: "movements" }, status: 200 },
  ],
  "post /v1/imports/uploads": [
    {
      summary: "Begin with a large file",
      body: { file_name: "items.csv", bytes: 28, kind: "items" },
      status: 201,
    },
  ],
  "get /v1/imports/uploads/{id}/parts": [
    { summary: "Fresh links", path: { id: ids.upload }, status: 200 },
  ],
  "post /v1/imports/uploads/{id}/complete": [
    {
      summary: "All parts are there",
      path: { id: ids.finishedUpload },
      body: { kind: "items", parts: [{ number: 1, etag: ids.partTag }] },
      status: 202,
    },
  ],
  "delete /v1/imports/uploads/{id}": [
    { summary: "Give it up", path: { id: ids.unwantedUpload }, status: 204 },
  ],
};

const work: RouteExamples = {
  "post /v1/reports": [
    {
      summary: "Stock of a warehouse as Parquet",
      body: {
        report: "current_inventory",
        format: "parquet",
        parameters: { warehouse: "MAIN" },
      },
      status: 202,
    },
  ],
  "get /v1/reports/{id}": [{ summary: "Where it stands", path: { id: ids.report }, status: 200 }],
  "get /v1/report-schedules": [{ summary: "Yours", status: 200 }],
  "post /v1/report-schedules": [
    {
      summary: "Last week's turnover, each Monday morning in Berlin",
      body: {
        name: "Weekly turnover",
        report: "inventory_turnover",
        format: "xlsx",
        cron: "0 6 * * MON",
        time_zone: "Europe/Berlin",
        period: "previous_week",
      },
      status: 201,
    },
    {
      summary: "The ledger, a file for each closed day",
      body: {
        report: "movement_history",
        format: "parquet",
        cron: "30 0 * * *",
        incremental: "day",
        first_day: "2030-01-01",
        delivery: { prefix: "exports/ledger/" },
      },
      status: 201,
    },
    {
      summary: "Four fields are no cron expression",
      body: { report: "low_stock", cron: "0 6 * *" },
      status: 422,
      code: "cron_format",
    },
  ],
  "get /v1/report-schedules/{id}": [
    { summary: "One of them", path: { id: ids.reportSchedule }, status: 200 },
  ],
  "patch /v1/report-schedules/{id}": [
    {
      summary: "Pause it",
      path: { id: ids.reportSchedule },
      body: { status: "paused" },
      status: 200,
    },
  ],
  "post /v1/report-schedules/{id}/archive": [
    { summary: "No longer", path: { id: ids.unwantedSchedule }, status: 200 },
  ],
  "delete /v1/report-schedules/{id}": [
    { summary: "No longer", path: { id: ids.oldSchedule }, status: 200 },
  ],
  "post /v1/jobs/{name}/run": [
    { summary: "Look for low stock", path: { name: "detect-low-stock" }, status: 202 },
    { summary: "No such job", path: { name: "tidy-up" }, status: 404, code: "not_found" },
  ],
  "get /v1/jobs/{name}/runs": [
    { summary: "Its latest runs", path: { name: "detect-low-stock" }, status: 200 },
  ],
  "get /v1/jobs/{name}/runs/{id}": [
    { summary: "One run", path: { name: "detect-low-stock", id: ids.jobRun }, status: 200 },
  ],
  "get /v1/events": [{ summary: "From the beginning", query: { limit: "2" }, status: 200 }],
  "post /v1/ledger/verify": [
    { summary: "What came since the last time", body: { mode: "incremental" }, status: 202 },
  ],
  "get /v1/sinks/{name}": [{ summary: "How far it is", path: { name: "sqs" }, status: 200 }],
  "post /v1/sinks/{name}/pause": [
    { summary: "Send it nothing more", path: { name: "sqs" }, status: 200 },
  ],
  "post /v1/sinks/{name}/resume": [{ summary: "Go on", path: { name: "sqs" }, status: 200 }],
  "get /v1/sinks/{name}/dead-letters": [
    {
      summary: "What it refused and nobody decided about",
      path: { name: "sqs" },
      query: { status: "parked" },
      status: 200,
    },
  ],
  "post /v1/sinks/{name}/dead-letters/replay": [
    { summary: "All of them again", path: { name: "sqs" }, status: 202 },
  ],
  "post /v1/sinks/{name}/dead-letters/{id}/replay": [
    { summary: "This one again", path: { name: "kafka", id: ids.sinkLetter }, status: 202 },
  ],
  "post /v1/sinks/{name}/dead-letters/{id}/discard": [
    {
      summary: "Give it up",
      path: { name: "kafka", id: ids.sinkLetterWrong },
      body: { reason: "larger than the topic takes" },
      status: 204,
    },
  ],
  "post /v1/webhooks": [
    {
      summary: "Tell the shop what runs low in one warehouse",
      body: {
        name: "shop",
        url: "https://shop.example.com/hooks/stock",
        types: ["stockline.stock.*"],
        warehouses: ["MAIN"],
      },
      status: 201,
    },
    {
      summary: "A host of the own network",
      body: { name: "inside", url: "https://10.0.0.7/hook" },
      status: 422,
      code: "validation_failed",
    },
  ],
  "get /v1/webhooks/{name}": [{ summary: "Read it", path: { name: "erp" }, status: 200 }],
  "patch /v1/webhooks/{name}": [
    {
      summary: "Only orders",
      path: { name: "erp" },
      body: { types: ["stockline.purchase_order.*"] },
      status: 200,
    },
  ],
  "delete /v1/webhooks/{name}": [{ summary: "Remove it", path: { name: "old" }, status: 204 }],
  "post /v1/webhooks/{name}/rotate-secret": [
    { summary: "A new secret", path: { name: "erp" }, status: 200 },
  ],
  "post /v1/sinks/{name}/replay": [
    {
      summary: "Send everything again",
      path: { name: "sqs" },
      body: { from: "beginning" },
      status: 202,
    },
  ],
  "post /v1/lanes/{id}/resume": [{ summary: "Let it go on", path: { id: "17" }, status: 200 }],
  "post /v1/set-aside-movements/{id}/retry": [
    { summary: "Try it again", path: { id: ids.setAside }, status: 202 },
  ],
  "post /v1/set-aside-movements/{id}/discard": [
    {
      summary: "Reject it for good",
      path: { id: ids.setAsideWrong },
      body: { reason: "sent by a broken scanner" },
      status: 200,
    },
  ],
  "get /console/{file}": [
    { summary: "The console's style", path: { file: "console.css" }, status: 200 },
  ],
  "get /docs/{file}": [
    { summary: "The page's style", path: { file: "swagger-ui.css" }, status: 200 },
  ],
};

export const workExamples: RouteExamples = { ...orders, ...imports, ...work };
