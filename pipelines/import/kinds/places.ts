/** The kinds `suppliers` and `warehouses`. */
import { z } from "zod";
import * as cell from "../cellFormats.ts";
import { days, weekdays } from "../listFormats.ts";
import { type CellRule, type KindRule, TIME_ZONE, TRUTH, textCell } from "./columnRule.ts";
import { address, currency, entityCode, entityName, leadTime } from "./sharedColumns.ts";

const emailSchema = z.email().max(320);

/** An address of mail, by the rule of the API. */
const EMAIL: CellRule = {
  format: (text) =>
    emailSchema.safeParse(text).success
      ? text
      : { code: "email_format", expected: "an address such as name@example.com" },
  type: "text",
  holds: "mail address",
};

/** Degrees of a coordinate. */
function degreesCell(max: number): CellRule {
  return {
    format: cell.between({ min: -max, max, decimalsMax: 15, open: false }),
    type: "number",
    holds: `number from -${max} to ${max}`,
  };
}

export const SUPPLIERS: KindRule = {
  title: "whom stock is bought from",
  upsert:
    "A row is the supplier of its `code`: made where it is new, changed where a given value differs, else left as it is. One that is archived is refused.",
  columns: [
    {
      ...entityCode,
      meaning: "code of the supplier, compared exactly",
      example: "ACME",
      aliases: ["supplier", "supplier code", "vendor", "vendor code"],
    },
    {
      ...entityName,
      meaning: "name",
      example: "Acme Ltd",
      aliases: ["supplier name", "company", "company name", "vendor name"],
    },
    {
      field: "contact_name",
      ...textCell(200),
      meaning: "whom to ask for",
      example: "Jo Smith",
      aliases: ["contact", "contact person"],
      clearable: true,
    },
    {
      field: "email",
      ...EMAIL,
      meaning: "mail address",
      example: "orders@acme.example",
      aliases: ["e-mail", "mail"],
      clearable: true,
    },
    {
      field: "phone",
      ...textCell(100),
      meaning: "telephone",
      example: "+44 20 7946 0000",
      aliases: ["telephone", "tel"],
      clearable: true,
    },
    address,
    {
      field: "city",
      ...textCell(200),
      meaning: "town",
      example: "London",
      aliases: ["town"],
      clearable: true,
    },
    {
      field: "country",
      ...textCell(100),
      meaning: "country",
      example: "GB",
      aliases: ["country code"],
      clearable: true,
    },
    { ...currency, meaning: "currency of its prices and orders", clearable: true },
    leadTime,
    {
      field: "working_days",
      format: weekdays,
      type: "text",
      holds: 'weekdays, such as "mon tue wed" or "mon-fri"',
      meaning: "weekdays on which the supplier works; lead times count these",
      example: "mon-fri",
      standard: "every day",
      aliases: ["work days", "business days"],
      clearable: true,
    },
    {
      field: "holidays",
      format: days,
      type: "text",
      holds: "days as YYYY-MM-DD, up to 500, with spaces, commas or semicolons between",
      meaning: "days on which nobody works there",
      example: "2026-12-25; 2026-12-28",
      aliases: ["closed days", "closed on"],
      clearable: true,
    },
  ],
  key: ["code"],
  references: [],
  permission: "imports:catalogue",
};

export const WAREHOUSES: KindRule = {
  title: "where stock is",
  upsert:
    "A row is the warehouse of its `code`: made where it is new, changed where a given value differs, else left as it is. One that is archived is refused.",
  columns: [
    {
      ...entityCode,
      meaning: "code of the warehouse, compared exactly",
      example: "MAIN",
      aliases: ["warehouse", "warehouse code", "site", "location"],
    },
    {
      ...entityName,
      meaning: "name",
      example: "Main warehouse",
      aliases: ["warehouse name", "title"],
    },
    address,
    {
      field: "latitude",
      ...degreesCell(90),
      meaning: "degrees, WGS 84; with longitude, or neither",
      example: "51.5074",
      aliases: ["lat"],
      clearable: true,
    },
    {
      field: "longitude",
      ...degreesCell(180),
      meaning: "degrees, WGS 84; with latitude, or neither",
      example: "-0.1278",
      aliases: ["lon", "lng", "long"],
      clearable: true,
    },
    {
      field: "time_zone",
      ...TIME_ZONE,
      meaning: "its time zone",
      example: "Europe/London",
      standard: "UTC",
      aliases: ["tz"],
    },
    {
      field: "allow_negative",
      ...TRUTH,
      meaning: "whether stock may go below zero here",
      example: "false",
      standard: "false",
      aliases: ["negative allowed"],
    },
  ],
  key: ["code"],
  references: [],
  permission: "imports:catalogue",
};
