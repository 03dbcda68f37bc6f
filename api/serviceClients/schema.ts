/** Schemas of machine clients. */
import { z } from "zod";
import { PERMISSIONS } from "../../domain/roles.ts";
import { idField, textField, timeOut } from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";
import { warehousesField } from "../users/schema.ts";

const scopesField = z
  .array(z.enum(PERMISSIONS))
  .max(PERMISSIONS.length)
  .transform((scopes) => [...new Set(scopes)])
  .describe("What it may do: the permissions of the role matrix.");

export const clientCreate = z.strictObject({
  name: textField(200).min(1),
  scopes: scopesField.refine((scopes) => scopes.length > 0, "at least one scope"),
  warehouses: warehousesField.optional(),
});

export const clientPatch = z.strictObject({
  name: textField(200).min(1).optional(),
  scopes: scopesField.optional(),
  warehouses: warehousesField.optional(),
  status: z.enum(["active", "disabled"]).optional(),
});

export const clientParams = z.object({ id: idField });
export const clientsQuery = z.strictObject(pageQuery);

export const clientOut = z.object({
  id: z.string().describe("Also the client_id."),
  name: z.string(),
  scopes: z.array(z.string()),
  warehouses: z.array(z.string()).nullable(),
  status: z.string(),
  version: z.int().describe("Also the ETag."),
  secret_changed_at: timeOut,
  last_used_at: timeOut.nullable(),
  created_at: timeOut,
  updated_at: timeOut,
});

export const clientSecretOut = clientOut.extend({
  client_secret: z
    .string()
    .nullable()
    .describe("Shown this once; null where an Idempotency-Key replays the answer."),
});
