/** Suppliers: whom stock is bought from, by code. */
import { z } from "zod";
import {
  daysField,
  entityTail,
  nameField,
  optionalText,
  searchField,
  textOut,
} from "../entities/fields.ts";
import { codeField, currencyField } from "../http/fields.ts";

const fields = {
  contact_name: optionalText(200),
  email: z.email().max(320).nullable().optional(),
  phone: optionalText(100),
  address: optionalText(1_000),
  city: optionalText(200),
  country: optionalText(100),
  currency: currencyField.nullable().optional(),
  lead_time_days: daysField.nullable().optional(),
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
};

export const supplierEntry = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    contact_name: textOut,
    email: textOut,
    phone: textOut,
    address: textOut,
    city: textOut,
    country: textOut,
    currency: textOut,
    lead_time_days: z.int().nullable(),
    ...entityTail,
  })
  .meta({ title: "Supplier" });
