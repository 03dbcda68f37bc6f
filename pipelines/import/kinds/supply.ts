/** The kinds `supplier_items` and `reorder_policies`. */
import { REORDER_METHODS } from "../../../domain/reorder/reorderPolicy.ts";
import * as cell from "../cellFormats.ts";
import { priceBreaks } from "../listFormats.ts";
import {
  type CellRule,
  type KindRule,
  listCell,
  NON_NEGATIVE,
  POSITIVE,
  TRUTH,
  textCell,
  wholeCell,
} from "./columnRule.ts";
import { currency, DAYS_MAX, leadTime, sku, supplier, warehouse } from "./sharedColumns.ts";

export const SUPPLIER_ITEMS: KindRule = {
  title: "what a supplier sells, at which cost and in which packs",
  upsert:
    "A row is the entry of its `supplier` and `sku`, which must both exist: made where it is new, changed where a given value differs, else left as it is. One that is archived is refused.",
  columns: [
    supplier,
    sku,
    {
      field: "supplier_sku",
      ...textCell(100),
      meaning: "the supplier's own number of the item",
      example: "AC-8040",
      aliases: ["vendor sku", "supplier item code"],
      clearable: true,
    },
    {
      field: "unit_cost",
      ...NON_NEGATIVE,
      meaning: "cost of one stock unit",
      example: "0.11",
      aliases: ["cost", "cost price"],
      clearable: true,
    },
    { ...currency, meaning: "currency of the cost", clearable: true },
    {
      field: "moq",
      ...POSITIVE,
      meaning: "least quantity of an order",
      example: "100",
      standard: "1",
      aliases: ["minimum order quantity", "min order", "minimum order"],
    },
    {
      field: "pack_size",
      ...POSITIVE,
      meaning: "orders are multiples of it",
      example: "50",
      standard: "1",
      aliases: ["pack", "case size"],
    },
    {
      field: "order_multiple",
      ...POSITIVE,
      meaning: "what is ordered for all warehouses together is a multiple of it",
      example: "100",
      aliases: ["multiple"],
      clearable: true,
    },
    {
      field: "order_maximum",
      ...POSITIVE,
      meaning: "most of the item that one run orders",
      example: "5000",
      aliases: ["maximum order quantity", "max order"],
      clearable: true,
    },
    {
      field: "price_breaks",
      format: priceBreaks,
      type: "text",
      holds: "quantity:cost, up to 20 by ascending quantity, with semicolons between",
      meaning: "cost of each unit of an order from a quantity on, in the row's currency",
      example: "500:0.10; 1000:0.09",
      aliases: ["quantity prices", "volume prices", "discounts"],
      clearable: true,
    },
    { ...leadTime, standard: "the supplier's" },
    {
      field: "preferred",
      ...TRUTH,
      meaning: "whether to buy the item here by default",
      example: "true",
      standard: "false",
      aliases: ["is preferred"],
    },
  ],
  key: ["supplier", "sku"],
  references: ["supplier", "sku"],
  permission: "imports:catalogue",
};

const SHARE: CellRule = {
  format: cell.between({ min: 0, max: 1, decimalsMax: 5, open: true }),
  type: "number",
  holds: "number between 0 and 1, both excluded, up to 5 decimals",
};

export const REORDER_POLICIES: KindRule = {
  title: "when an item is to be ordered again at a warehouse, and how much",
  upsert:
    "A row is the policy of its `sku` and `warehouse`, which must both exist: made where it is new, changed where a given value differs, else left as it is. With what is stored it must be whole: `min_max` and `days_of_cover` need min and max, `reorder_point` needs reorder_point and reorder_quantity, `periodic_review` needs review_days, `auto` needs nothing. One that is archived is refused.",
  columns: [
    sku,
    warehouse,
    {
      field: "method",
      ...listCell(REORDER_METHODS),
      meaning: "how need and quantity follow",
      example: "min_max",
      required: true,
    },
    {
      field: "reorder_point",
      ...NON_NEGATIVE,
      meaning: "order when the position is at or below it; for reorder_point",
      example: "40",
      aliases: ["rop", "reorder level"],
      clearable: true,
    },
    {
      field: "reorder_quantity",
      ...POSITIVE,
      meaning: "how much to order; for reorder_point",
      example: "200",
      aliases: ["reorder qty", "order quantity"],
      clearable: true,
    },
    {
      field: "min",
      ...NON_NEGATIVE,
      storedAs: "min_quantity",
      meaning:
        "order when the position is at or below it; for min_max. In days of demand for days_of_cover",
      example: "40",
      aliases: ["minimum", "min quantity", "min stock"],
      clearable: true,
    },
    {
      field: "max",
      ...NON_NEGATIVE,
      storedAs: "max_quantity",
      meaning:
        "order up to it, at least min; for min_max. In days of demand for days_of_cover; a bound for the others",
      example: "240",
      aliases: ["maximum", "max quantity", "max stock"],
      clearable: true,
    },
    {
      field: "safety_stock",
      ...NON_NEGATIVE,
      meaning: "stock kept against surprises, instead of what is worked out",
      example: "10",
      aliases: ["safety"],
      clearable: true,
    },
    {
      field: "service_level",
      ...SHARE,
      meaning:
        "probability that a replenishment cycle sees no stock-out; for auto and periodic_review",
      example: "0.95",
      clearable: true,
    },
    {
      field: "review_days",
      ...wholeCell(1, DAYS_MAX),
      meaning: "days between two reviews; for periodic_review",
      example: "7",
      aliases: ["review period"],
      clearable: true,
    },
    {
      field: "recovery_margin",
      ...NON_NEGATIVE,
      meaning: "how far above its level a position must come to count as recovered",
      example: "5",
      aliases: ["hysteresis"],
      clearable: true,
    },
  ],
  key: ["sku", "warehouse"],
  references: ["sku", "warehouse"],
  permission: "imports:catalogue",
};
