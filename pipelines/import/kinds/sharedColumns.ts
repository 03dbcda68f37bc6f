/** Columns that several kinds have, with the headings that people use for them. */
import { CODE, type ColumnRule, CURRENCY, QUANTITY, textCell, wholeCell } from "./columnRule.ts";

/** Ten years: the longest lead time and review period. */
export const DAYS_MAX = 3_650;

export const sku: ColumnRule = {
  field: "sku",
  ...CODE,
  meaning: "the item, compared exactly (NFC, trimmed); leading zeros count",
  example: "00123",
  required: true,
  aliases: [
    "item",
    "item code",
    "item no",
    "item number",
    "article",
    "article number",
    "product code",
    "part number",
    "stock code",
  ],
};

export const warehouse: ColumnRule = {
  field: "warehouse",
  ...CODE,
  meaning: "code of the warehouse",
  example: "MAIN",
  required: true,
  aliases: ["warehouse code", "location", "site", "from warehouse", "depot"],
};

export const supplier: ColumnRule = {
  field: "supplier",
  ...CODE,
  meaning: "code of the supplier",
  example: "ACME",
  required: true,
  aliases: ["supplier code", "vendor", "vendor code"],
};

export const entityCode: Omit<ColumnRule, "meaning" | "example"> = {
  field: "code",
  ...CODE,
  required: true,
};

export const entityName: Omit<ColumnRule, "meaning" | "example"> = {
  field: "name",
  ...textCell(300),
  required: true,
};

export const currency: ColumnRule = {
  field: "currency",
  ...CURRENCY,
  meaning: "currency of the row's amounts",
  example: "EUR",
  aliases: ["currency code", "curr"],
};

export const address: ColumnRule = {
  field: "address",
  ...textCell(1_000),
  meaning: "street and number",
  example: "1 Dock Road",
  aliases: ["street"],
  clearable: true,
};

export const leadTime: ColumnRule = {
  field: "lead_time_days",
  ...wholeCell(0, DAYS_MAX),
  meaning: "days from order to delivery",
  example: "7",
  aliases: ["lead time", "delivery days"],
  clearable: true,
};

export const quantity: ColumnRule = {
  field: "quantity",
  ...QUANTITY,
  meaning: "how much",
  example: "12",
  required: true,
  aliases: ["qty", "amount", "units"],
};

export const lot: ColumnRule = {
  field: "lot",
  ...CODE,
  meaning: "lot or serial number, of items that are tracked so",
  example: "L-2026-01",
  aliases: ["batch", "lot number", "serial", "serial number"],
};
