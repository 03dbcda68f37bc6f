/** What movements that were set aside look like, and what discarding one takes. */
import { z } from "zod";
import { decimalOut, textField, timeOut } from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";

export const setAsideOut = z.object({
  id: z.string(),
  type: z.string(),
  sku: z.string(),
  warehouse: z.string(),
  to_warehouse: z.string().nullable(),
  quantity: decimalOut,
  lane: z.int(),
  group: z.string().nullable().describe("Of an atomic group: its lines share this id."),
  error: z.string().describe("Why no batch could be written with it."),
  set_aside_at: timeOut,
  movement: z
    .record(z.string(), z.unknown())
    .describe("Everything that was accepted, as it is stored."),
  status_url: z.string(),
});

export const setAsideQuery = z.strictObject({
  ...pageQuery,
  lane: z.coerce.number().int().min(0).max(255).optional(),
});

export const discardBody = z.strictObject({ reason: textField(500).min(1) });

export const steeredOut = z.object({
  movements: z
    .array(z.object({ id: z.string(), status: z.enum(["accepted", "rejected"]) }))
    .describe("The movement, with all lines of its atomic group."),
});
