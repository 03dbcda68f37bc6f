/** Items: what is stocked, by SKU. */
import { z } from "zod";
import { nameField, optionalText, searchField } from "../entities/fields.ts";
import { codeField, currencyField, moneyField, positiveQuantityField } from "../http/fields.ts";

/** Packs of one item. */
const PACKS_MAX = 100;

/** Pack names by what they hold; names are compared like codes. */
const unitsField = z
  .record(z.string(), positiveQuantityField)
  .transform((units, check) => {
    const packs = new Map<string, string>();
    for (const [name, factor] of Object.entries(units)) {
      const read = codeField.safeParse(name);
      if (read.success && !packs.has(read.data)) packs.set(read.data, factor);
      else {
        check.issues.push({
          code: "custom",
          path: [name],
          message: read.success
            ? "one entry a name"
            : "a name of 1 to 100 visible characters for each pack",
          params: { code: read.success ? "duplicate_unit" : "code_format" },
          input: name,
        });
      }
    }
    if (packs.size > PACKS_MAX) {
      check.issues.push({
        code: "custom",
        message: `at most ${PACKS_MAX} packs`,
        params: { code: "too_big" },
        input: units,
      });
    }
    return Object.fromEntries(packs);
  })
  .meta({
    description:
      'Packs: stock units in each, by the pack\'s name, e.g. {"box": "12"}. Movements may name them as `unit`. A patch replaces them all.',
    examples: [{ box: "12", pallet: "480" }],
  });

const fields = {
  description: optionalText(5_000),
  unit: codeField
    .optional()
    .describe("Stock unit; default each. Changes only while there is no stock (409 unit_in_use)."),
  category: optionalText(200),
  barcode: optionalText(100),
  cost: moneyField.nullable().optional(),
  price: moneyField.nullable().optional(),
  currency: currencyField
    .nullable()
    .optional()
    .describe(
      "Of cost, price and average cost. Stays once the item has costs (409 currency_in_use).",
    ),
  tracking: z
    .enum(["none", "lot", "serial"])
    .optional()
    .describe("How stock is told apart. Changes only while there is none (409 tracking_in_use)."),
  units: unitsField.optional(),
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

export { itemEntry } from "../../domain/catalogueEntries.ts";
