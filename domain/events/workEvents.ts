/** Events of work and of its results: purchase orders, imports, reports. */
import { z } from "zod";
import { decimalOut, timeOut } from "../inputFields.ts";
import { ORDER_STATUSES } from "../orderStatuses.ts";
import { countOut, declareEvent, uuidOut } from "./declareEvent.ts";

const order = z.object({
  id: uuidOut,
  number: z.string(),
  status: z.enum(ORDER_STATUSES),
  supplier: z.string().describe("Code of the supplier."),
  warehouse: z.string(),
  currency: z.string().nullable(),
  expected_on: z.string().nullable().meta({ format: "date" }),
  line_count: countOut.describe("Lines are read by id, not carried."),
  total_cost: decimalOut.nullable().describe("null while a line has no cost."),
  version: z.int().min(1),
});
const orderEvent = (told: string) => declareEvent(told, "purchase-orders/{number}", order);

const importEnd = z.object({
  id: uuidOut,
  kind: z.string(),
  mode: z.enum(["dry_run", "commit"]),
  status: z.enum(["completed", "completed_with_errors", "failed", "cancelled"]),
  rows_total: countOut,
  rows_applied: countOut,
  rows_rejected: countOut,
  rows_skipped: countOut,
  created_by: z.string(),
});
const importEvent = (told: string) => declareEvent(told, "imports/{id}", importEnd);

export const WORK_EVENTS = {
  "purchase_order.draft": orderEvent("An order was drafted, by hand, by an import or by the job."),
  "purchase_order.approved": orderEvent("An order was approved."),
  "purchase_order.sent": orderEvent("An order was sent to its supplier."),
  "purchase_order.partially_received": orderEvent("A part of an order came."),
  "purchase_order.received": orderEvent(
    "All of an order came, within the tolerance of its quantities.",
  ),
  "purchase_order.cancelled": orderEvent("An order was cancelled; what was received stays."),
  "purchase_order.updated": orderEvent("An order changed and kept its state."),
  "import.completed": importEvent("An import came to its end, with or without rejected rows."),
  "import.failed": importEvent("An import could not come to its end."),
  "import.cancelled": importEvent("An import was cancelled; what was applied stays."),
  "import.refused": declareEvent(
    "A file in the inbox of the object storage could not become an import.",
    "inbox/{object_key}",
    z.object({ object_key: z.string(), etag: z.string(), code: z.string(), detail: z.string() }),
  ),
  "report.completed": declareEvent(
    "A report was written.",
    "reports/{id}",
    z.object({
      id: uuidOut,
      report: z.string(),
      format: z.string(),
      rows: countOut,
      bytes: countOut,
      as_of: timeOut.describe("The moment that the report tells of."),
    }),
  ),
};
