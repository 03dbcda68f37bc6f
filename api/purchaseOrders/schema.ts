/** Schemas of purchase orders, and how their rows are shown. */
import { z } from "zod";
import { ORDER_STATUSES } from "../../domain/orderStatuses.ts";
import {
  type LineRow,
  ORDER_LINES_MAX,
  type OrderRow,
  type PurchaseRow,
} from "../../pipelines/purchasing/index.ts";
import {
  codeField,
  currencyField,
  dayField,
  decimalOut,
  idField,
  moneyField,
  positiveQuantityField,
  textField,
  timeOut,
} from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";

const NOTE_CHARS_MAX = 2_000;

const lineBody = z.strictObject({
  sku: codeField,
  quantity: positiveQuantityField,
  unit_cost: moneyField
    .optional()
    .meta({ description: "Of one stock unit. The supplier's own price where none is given." }),
});
const linesBody = z.array(lineBody).min(1).max(ORDER_LINES_MAX);

export const orderBody = z.strictObject({
  supplier: codeField.meta({ description: "Code or id." }),
  warehouse: codeField.meta({ description: "Code or id." }),
  lines: linesBody,
  currency: currencyField.optional().meta({ description: "The supplier's where none is given." }),
  expected_on: dayField.optional().meta({
    description:
      "Today (UTC) plus the supplier's lead time, in its working days, where none is given.",
  }),
  note: textField(NOTE_CHARS_MAX).optional(),
});

export const orderPatch = z.strictObject({
  lines: linesBody.optional().meta({ description: "Takes the place of all lines." }),
  currency: currencyField.nullable().optional(),
  expected_on: dayField.nullable().optional(),
  note: textField(NOTE_CHARS_MAX).nullable().optional(),
});

const receivedLine = z
  .strictObject({
    line: z
      .union([z.int().min(1), idField])
      .optional()
      .meta({ description: "Number or id of the order's line." }),
    sku: codeField.optional(),
    quantity: positiveQuantityField,
    unit_cost: moneyField
      .optional()
      .meta({ description: "Where it differs from the order's; in the order's currency." }),
    lot: codeField
      .optional()
      .meta({ description: "Lot or serial number; for tracked items. A line a serial number." }),
    expires_on: dayField.optional().meta({ description: "The lot's last day." }),
  })
  .refine((line) => (line.line === undefined) !== (line.sku === undefined), {
    message: "either line or sku, to name the order's line",
    params: { code: "line_or_sku" },
  });

export const receiptBody = z.strictObject({
  lines: z.array(receivedLine).min(1).max(ORDER_LINES_MAX),
  reference: textField(200)
    .optional()
    .meta({ description: "Delivery note or the like; kept as the movements' reason." }),
});

export const orderQuery = z.strictObject({
  status: z.enum(ORDER_STATUSES).optional(),
  supplier: codeField.optional().meta({ description: "Code or id." }),
  warehouse: codeField.optional().meta({ description: "Code or id." }),
  late: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional()
    .meta({ description: "Sent, past its expected day (UTC), and not received in full." }),
  ...pageQuery,
});

export const orderSummaryOut = z.object({
  id: z.string(),
  number: z.string(),
  status: z.enum(ORDER_STATUSES),
  supplier: z.string(),
  warehouse: z.string(),
  currency: z.string().nullable(),
  expected_on: z.string().nullable().meta({ format: "date" }),
  late: z
    .boolean()
    .meta({ description: "Sent, past its expected day (UTC), and not received in full." }),
  days_late: z.int(),
  note: z.string().nullable(),
  line_count: z.int(),
  total_cost: decimalOut.nullable().meta({ description: "Null while a line has no cost." }),
  created_by: z.string(),
  generated_by_run: z
    .string()
    .nullable()
    .meta({ description: "The run of generate-purchase-orders that drafted it." }),
  approved_by: z.string().nullable(),
  approved_at: timeOut.nullable(),
  sent_at: timeOut.nullable(),
  received_at: timeOut.nullable(),
  cancelled_at: timeOut.nullable(),
  version: z.int(),
  created_at: timeOut,
  updated_at: timeOut,
});

const lineOut = z.object({
  id: z.string(),
  line: z.int(),
  sku: z.string(),
  name: z.string(),
  quantity: decimalOut,
  received_quantity: decimalOut,
  open_quantity: decimalOut,
  unit_cost: decimalOut.nullable(),
  explanation: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: "How a generated quantity was reached, figure by figure." }),
});

export const orderOut = orderSummaryOut.extend({ lines: z.array(lineOut) });

export const receiptOut = orderOut.extend({
  movements: z.array(
    z.object({ id: z.string(), line: z.int(), sku: z.string(), quantity: decimalOut }),
  ),
});

export const documentOut = z.object({
  key: z.string(),
  bytes: z.int(),
  version: z.int().meta({ description: "The order's version that it shows." }),
  download_url: z.string().meta({ description: "Made for this answer; dies after five minutes." }),
});

export const purchaseQuery = z.strictObject({
  sku: codeField.optional(),
  supplier: codeField.optional().meta({ description: "Code." }),
  ...pageQuery,
});

export const purchaseOut = z.object({
  line_id: z.string(),
  purchase_order_id: z.string(),
  number: z.string(),
  status: z.string(),
  supplier: z.string(),
  warehouse: z.string(),
  sku: z.string(),
  quantity: decimalOut,
  received_quantity: decimalOut,
  unit_cost: decimalOut.nullable(),
  currency: z.string().nullable(),
  unit_cost_change: decimalOut.nullable().meta({
    description:
      "Against the purchase of the item before, at the same supplier in the same currency; null where there is none.",
  }),
  sent_at: timeOut,
  expected_on: z.string().nullable().meta({ format: "date" }),
  first_received_at: timeOut.nullable().meta({ description: "By the ledger." }),
  last_received_at: timeOut.nullable().meta({ description: "By the ledger." }),
  received_cost: decimalOut
    .nullable()
    .meta({ description: "Received quantities at the costs that their receipts named." }),
});

/** Shows a purchase. */
export function showPurchase(row: PurchaseRow): z.input<typeof purchaseOut> {
  const { sent_key: _key, ...purchase } = row;
  return {
    ...purchase,
    sent_at: row.sent_at.toISOString(),
    first_received_at: row.first_received_at?.toISOString() ?? null,
    last_received_at: row.last_received_at?.toISOString() ?? null,
  };
}

/** Shows an order without its lines. */
export function showOrder(order: OrderRow): z.input<typeof orderSummaryOut> {
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    supplier: order.supplier,
    warehouse: order.warehouse,
    currency: order.currency,
    expected_on: order.expected_on,
    late: order.days_late > 0,
    days_late: order.days_late,
    note: order.note,
    line_count: order.line_count,
    total_cost: order.total_cost,
    created_by: order.created_by,
    generated_by_run: order.generated_by_run,
    approved_by: order.approved_by,
    approved_at: order.approved_at?.toISOString() ?? null,
    sent_at: order.sent_at?.toISOString() ?? null,
    received_at: order.received_at?.toISOString() ?? null,
    cancelled_at: order.cancelled_at?.toISOString() ?? null,
    version: order.version,
    created_at: order.created_at.toISOString(),
    updated_at: order.updated_at.toISOString(),
  };
}

/** Shows a line of an order. */
export function showLine(line: LineRow): z.input<typeof lineOut> {
  return {
    id: line.id,
    line: line.line,
    sku: line.sku,
    name: line.name,
    quantity: line.quantity,
    received_quantity: line.received_quantity,
    open_quantity: line.open_quantity,
    unit_cost: line.unit_cost,
    explanation: line.explanation,
  };
}
