/** Schemas of users. */
import { z } from "zod";
import { ROLES } from "../../domain/roles.ts";
import { codeField, idField, textField, timeOut } from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";

const EMAIL = /^[^\s@<>"(),:;\\]{1,64}@[^\s@<>"(),:;\\]{1,190}$/u;

/** An e-mail address, in lower case: two that differ in case only are one user. */
export const emailField = z
  .string()
  .max(254)
  .transform((text) => text.normalize("NFC").trim().toLowerCase())
  .refine((text) => EMAIL.test(text), {
    message: "an e-mail address",
    params: { code: "email_format" },
  })
  .meta({ format: "email" });

/** A password as it is typed; what it must be like is checked where it is set. */
export const passwordField = z.string().min(1).max(256).meta({ format: "password" });

const rolesField = z
  .array(z.enum(ROLES).exclude(["service"]))
  .min(1)
  .max(ROLES.length)
  .transform((roles) => [...new Set(roles)]);

/** Codes of the warehouses that somebody is limited to; null: all. */
export const warehousesField = z
  .array(codeField)
  .max(500)
  .nullable()
  .describe("Codes of the warehouses that every read and write is limited to; null: all.");

export const userCreate = z.strictObject({
  email: emailField,
  name: textField(200).min(1),
  roles: rolesField,
  warehouses: warehousesField.optional(),
  password: passwordField
    .optional()
    .describe("At least 10 characters. Without one the user can't sign in until it is set."),
});

export const userPatch = z.strictObject({
  email: emailField.optional(),
  name: textField(200).min(1).optional(),
  roles: rolesField.optional(),
  warehouses: warehousesField.optional(),
  status: z.enum(["active", "disabled"]).optional(),
});

export const passwordBody = z.strictObject({ password: passwordField });

export const userParams = z.object({ id: idField });

export const usersQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(["active", "disabled"]).optional(),
  email: emailField.optional().describe("The one user with this address."),
});

export const userOut = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  warehouses: z.array(z.string()).nullable(),
  status: z.string(),
  version: z.int().describe("Also the ETag."),
  last_signed_in_at: timeOut.nullable(),
  created_at: timeOut,
  updated_at: timeOut,
});

export const endedOut = z.object({ ended: z.int().describe("Sessions that were open.") });
