/** The kind `items`. */
import { CODE, type KindRule, listCell, NON_NEGATIVE, textCell } from "./columnRule.ts";
import { currency, entityName, sku } from "./sharedColumns.ts";

export const ITEMS: KindRule = {
  title: "what is stocked",
  upsert:
    "A row is the item of its `sku`: made where it is new, changed where a given value differs, else left as it is. New SKUs that differ from another only by case, width, spaces or look-alike letters (Cyrillic, Greek) are refused.",
  columns: [
    { ...sku, aliases: [...(sku.aliases ?? []), "code"] },
    {
      ...entityName,
      meaning: "name",
      example: "Hex bolt M8",
      aliases: ["item name", "product name", "title"],
    },
    {
      field: "description",
      ...textCell(5_000),
      meaning: "longer text",
      example: "Galvanised, 40 mm",
      aliases: ["details"],
      clearable: true,
    },
    {
      field: "unit",
      ...CODE,
      meaning: "stock unit; stays while the item has stock",
      example: "each",
      standard: "each",
      aliases: ["uom", "unit of measure"],
    },
    {
      field: "category",
      ...textCell(200),
      meaning: "group of items",
      example: "Fasteners",
      aliases: ["group", "product group"],
      clearable: true,
    },
    {
      field: "barcode",
      ...CODE,
      meaning: "EAN, GTIN or UPC",
      example: "04006381333931",
      aliases: ["ean", "gtin", "upc"],
      clearable: true,
    },
    {
      field: "cost",
      ...NON_NEGATIVE,
      meaning: "standard cost of one stock unit",
      example: "0.125",
      aliases: ["unit cost", "cost price"],
      clearable: true,
    },
    {
      field: "price",
      ...NON_NEGATIVE,
      meaning: "sales price of one stock unit",
      example: "0.2",
      aliases: ["unit price", "sales price", "list price"],
      clearable: true,
    },
    {
      ...currency,
      meaning: "currency of cost and price; stays once the item has costs",
      clearable: true,
    },
    {
      field: "tracking",
      ...listCell(["none", "lot", "serial"]),
      meaning: "how stock is told apart; stays while the item has stock",
      example: "none",
      standard: "none",
    },
    {
      field: "status",
      ...listCell(["active", "discontinued", "archived"]),
      meaning:
        "archived only without stock and open orders; a row for an archived item must give another status",
      example: "active",
      standard: "active",
    },
  ],
  key: ["sku"],
  references: [],
  permission: "imports:catalogue",
};
