/** Partners: events of the stream on their way to the Payments, Locations and Analytics services. Makes nothing durable; the stream is. */
export { type ProcessDeps, processRecords, type StreamRecord } from "./processRecords.ts";
export { PARTNER_ROUTES } from "./routeTable.ts";
