/** The kind `purchase_orders`: rows are lines; the rows of one order number are one order. */
import { CODE, DAY, type KindRule, listCell, NON_NEGATIVE, POSITIVE } from "./columnRule.ts";
import { currency, quantity, sku, supplier, warehouse } from "./sharedColumns.ts";

export const PURCHASE_ORDERS: KindRule = {
  title: "orders to suppliers, a line a row",
  upsert:
    "The rows of one `order` are one order, wherever they stand in the file; it goes in whole or not at all. A new number makes an order, its lines in the order of the file. Of an order that is a draft, lines are added or changed by `sku`, and lines that the file does not name stay. An order past draft takes only rows that change nothing. One that leaves draft by the file is approved by whoever has the file applied, up to what PO_APPROVAL_LIMITS lets that person approve.",
  columns: [
    {
      field: "order",
      ...CODE,
      meaning: "number of the order: ours, or that of another system",
      example: "4500012345",
      required: true,
      aliases: [
        "order number",
        "order no",
        "order id",
        "po",
        "po number",
        "po no",
        "purchase order",
        "purchase order number",
      ],
    },
    { ...supplier, meaning: "code of the supplier; the same in all rows of the order" },
    {
      ...warehouse,
      meaning: "code of the warehouse that gets the goods; the same in all rows of the order",
      aliases: ["warehouse code", "location", "site", "ship to", "deliver to"],
    },
    { ...sku, meaning: "the item; one row for each item of an order" },
    {
      ...quantity,
      ...POSITIVE,
      meaning: "how much is ordered, in stock units",
    },
    {
      field: "unit_cost",
      ...NON_NEGATIVE,
      meaning: "cost of one stock unit",
      example: "0.11",
      standard: "the supplier's, where its currency is the order's",
      aliases: ["cost", "cost price", "price", "unit price"],
      clearable: true,
    },
    {
      ...currency,
      meaning: "currency of the order; where given, the same in all its rows",
      standard: "the supplier's",
      clearable: true,
    },
    {
      field: "expected_on",
      ...DAY,
      meaning: "day of delivery; where given, the same in all rows of the order",
      example: "2026-03-15",
      standard: "today at the warehouse plus the supplier's lead time in its working days",
      aliases: ["expected", "expected date", "delivery date", "due date", "eta"],
      clearable: true,
    },
    {
      field: "status",
      ...listCell(["draft", "approved", "sent", "partially_received", "received", "cancelled"]),
      meaning:
        "draft, approved or sent; where given, the same in all rows of the order; the others are refused, since stock of what was received comes by movements",
      example: "draft",
      standard: "draft",
      aliases: ["order status", "state"],
    },
  ],
  key: ["order", "sku"],
  references: ["supplier", "sku", "warehouse"],
  permission: "purchasing:write",
};
