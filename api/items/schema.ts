/** Items: what is stocked, by SKU. */
import { z } from "zod";
import { entityTail, nameField, optionalText, searchField, textOut } from "../entities/fields.ts";
import { codeField, currencyField, decimalOut, moneyField } from "../http/fields.ts";

const fields = {
  description: optionalText(5_000),
  unit: codeField.optional().describe("Stock unit; default each."),
  category: optionalText(200),
  barcode: optionalText(100),
  cost: moneyField.nullable().optional(),
  price: moneyField.nullable().optional(),
  currency: currencyField.nullable().optional(),
  tracking: z.enum(["none", "lot", "serial"]).optional(),
  status: z.enum(["active", "discontinued"]).optional(),
};

export const itemCreate = z.strictObject({ sku: codeField, name: nameField, ...fields });

export const itemPatch = z.strictObject({
  sku: codeField.optional(),
  name: nameField.optional(),
  ...fields,
});

export const itemFilters = {
  sku: codeField.optional(),
  category: z.string().max(200).optional(),
  barcode: z.string().max(100).optional(),
  q: searchField.describe("Part of the SKU, name or barcode, in any case."),
};

export const itemEntry = z
  .object({
    id: z.string(),
    sku: z.string(),
    name: z.string(),
    description: textOut,
    unit: z.string(),
    category: textOut,
    barcode: textOut,
    cost: decimalOut.nullable(),
    price: decimalOut.nullable(),
    currency: textOut,
    tracking: z.enum(["none", "lot", "serial"]),
    ...entityTail,
  })
  .meta({ title: "Item" });
