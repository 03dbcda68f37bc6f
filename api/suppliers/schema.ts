/** Suppliers: whom stock is bought from, by code. */
import { z } from "zod";
import { WEEKDAYS } from "../../domain/reorder/calendar.ts";
import { daysField, nameField, optionalText, searchField } from "../entities/fields.ts";
import { codeField, currencyField, dayField } from "../http/fields.ts";

const WEEK_DAYS = 7;
const HOLIDAYS_MAX = 500;

const fields = {
  contact_name: optionalText(200),
  email: z.email().max(320).nullable().optional(),
  phone: optionalText(100),
  address: optionalText(1_000),
  city: optionalText(200),
  country: optionalText(100),
  currency: currencyField.nullable().optional(),
  lead_time_days: daysField.nullable().optional(),
  working_days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .max(WEEK_DAYS)
    .nullable()
    .optional()
    .describe("Weekdays on which the supplier works; lead times count these. null: every day."),
  holidays: z
    .array(dayField)
    .max(HOLIDAYS_MAX)
    .optional()
    .describe("Days on which nobody works there."),
};

export const supplierCreate = z.strictObject({ code: codeField, name: nameField, ...fields });

export const supplierPatch = z.strictObject({
  code: codeField.optional(),
  name: nameField.optional(),
  ...fields,
  status: z.enum(["active"]).optional(),
});

export const supplierFilters = {
  code: codeField.optional(),
  q: searchField.describe("Part of the code or name, in any case."),
  email: z.email().max(320).optional().describe("Exactly this address, in any case."),
  phone: z.string().max(100).optional().describe("Exactly these digits, however they are grouped."),
};

export { supplierEntry } from "../../domain/catalogueEntries.ts";
