/** Names for what the API answers, as the command line and the demo show it. Quantities and money are decimal strings, times RFC 3339. */
import type { Answer, Row } from "./operations.ts";

export type StockLevel = Row<"GET /v1/stock">;
export type PurchaseOrder = Answer<"GET /v1/purchase-orders/{id}">;
export type ListedOrder = Row<"GET /v1/purchase-orders">;
export type OrderLine = PurchaseOrder["lines"][number];
export type JobRun = Answer<"GET /v1/jobs/{name}/runs/{id}">;
export type Job = Row<"GET /v1/jobs">;
export type Report = Answer<"GET /v1/reports/{id}">;
