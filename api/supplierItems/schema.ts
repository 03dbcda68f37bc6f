/** Supplier items: what a supplier sells, at which cost, in which packs. */
import { z } from "zod";
import { quantityFromText } from "../../domain/quantity.ts";
import { daysField, optionalText } from "../entities/fields.ts";
import { codeField, currencyField, moneyField, positiveQuantityField } from "../http/fields.ts";

const PRICE_BREAKS_MAX = 20;

const priceBreaksField = z
  .array(z.strictObject({ quantity: positiveQuantityField, unit_cost: moneyField }))
  .max(PRICE_BREAKS_MAX)
  .refine(
    (breaks) =>
      breaks.every(
        (one, at) =>
          at === 0 ||
          quantityFromText(one.quantity) > quantityFromText(breaks[at - 1]?.quantity ?? "0"),
      ),
    { message: "price breaks by ascending quantity", params: { code: "not_ascending" } },
  )
  .describe("Prices of all units of an order from a quantity on, ascending by quantity.");

const fields = {
  supplier_sku: optionalText(100).describe("The supplier's own number of the item."),
  unit_cost: moneyField.nullable().optional(),
  currency: currencyField.nullable().optional(),
  moq: positiveQuantityField.optional().describe("Least quantity of an order; default 1."),
  pack_size: positiveQuantityField.optional().describe("Orders are multiples of it; default 1."),
  order_multiple: positiveQuantityField
    .nullable()
    .optional()
    .describe("What is ordered for all warehouses together is a multiple of it."),
  order_maximum: positiveQuantityField
    .nullable()
    .optional()
    .describe("Most of the item that one run orders."),
  price_breaks: priceBreaksField.optional(),
  lead_time_days: daysField.nullable().optional().describe("Default: the supplier's."),
  preferred: z.boolean().optional().describe("Whether to buy the item here by default."),
};

export const supplierItemCreate = z.strictObject({ sku: codeField, ...fields });

export const supplierItemPatch = z.strictObject({
  ...fields,
  status: z.enum(["active"]).optional(),
});

export const supplierItemFilters = { sku: codeField.optional() };

export { supplierItemEntry } from "../../domain/catalogueEntries.ts";
