/** What a webhook is made of, and how it looks. */
import { z } from "zod";
import { codeField, timeOut } from "../http/fields.ts";

const nameField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "1 to 60 of a-z, 0-9 and -, such as erp-orders");
const typesField = z
  .array(
    z
      .string()
      .regex(
        /^stockline\.[a-z_.]*\*?$/,
        "an event type such as stockline.stock.low, or the beginning of some with * at its end",
      )
      .max(100),
  )
  .max(50)
  .describe("Event types, exact or with * at the end; all where empty.");
const namesField = z.array(codeField).max(100);
const urlField = z
  .string()
  .max(2_000)
  .describe(
    "https; hosts inside of private networks are refused unless the configuration allows them.",
  );

/** POST /v1/webhooks. */
export const webhookBody = z.strictObject({
  name: nameField.describe("Also the name of its sink."),
  url: urlField,
  types: typesField.default([]),
  warehouses: namesField
    .default([])
    .describe("Only events that name one of these; all where empty."),
  skus: namesField.default([]).describe("Only events of these items; all where empty."),
  from: z
    .enum(["now", "beginning"])
    .default("now")
    .describe("Whether the log so far is delivered too."),
});

/** PATCH /v1/webhooks/{name}. */
export const webhookChange = z.strictObject({
  url: urlField.optional(),
  types: typesField.optional(),
  warehouses: namesField.optional(),
  skus: namesField.optional(),
  status: z.enum(["active", "disabled"]).optional(),
});

export const webhookParams = z.object({ name: z.string().max(100) });

export const webhookOut = z.object({
  name: z.string(),
  url: z.string(),
  types: z.array(z.string()),
  warehouses: z.array(z.string()),
  skus: z.array(z.string()),
  status: z.enum(["active", "disabled"]),
  disabled_reason: z.string().nullable(),
  version: z.int(),
  created_by: z.string(),
  created_at: timeOut,
  updated_at: timeOut,
});

const secretOut = z
  .string()
  .nullable()
  .describe(
    "Signs every request; shown this once: null in the replayed answer of an Idempotency-Key.",
  );
export const webhookMade = webhookOut.extend({ secret: secretOut });
export const webhooksOut = z.object({ data: z.array(webhookOut), next_cursor: z.null() });
export const rotatedOut = z.object({ name: z.string(), secret: secretOut });
