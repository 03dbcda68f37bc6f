/** Schemas of the audit trail. */
import { z } from "zod";
import { timeField, timeOut } from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";

const word = z.string().max(200);
const state = z.record(z.string(), z.unknown()).nullable();

export const auditQuery = z.strictObject({
  actor: word.optional().describe("Who: the subject of a token, or system:<process>."),
  action: word.optional().describe("created, updated, deleted, or the word of a command."),
  entity_type: word.optional().describe("item, supplier, purchase_order, user, lane, sink, …"),
  entity_id: word.optional().describe("Also finds entries that tell of many entities at once."),
  request_id: word.optional().describe("X-Request-Id of the request that made the change."),
  from: timeField.optional().describe("Entries at or after it."),
  to: timeField.optional().describe("Entries before it."),
  ...pageQuery,
});

export const auditOut = z
  .object({
    seq: z.int().describe("Place in the chain; without gaps, in the order of the commits."),
    id: z.string(),
    at: timeOut,
    actor: z.string(),
    action: z.string(),
    entity_type: z.string(),
    entity_id: z
      .string()
      .nullable()
      .describe("Null where the entry tells of many: see entity_ids."),
    entity_ids: z.array(z.string()).nullable(),
    request_id: z.string().nullable(),
    address: z.string().nullable().describe("Where the request came from."),
    via: z.string().nullable().describe("The route, import or job that made the change."),
    before: state.describe(
      'What changed, as it was; null for what was created. Personal data and secrets as "[hidden]". Of many entities: by their ids.',
    ),
    after: state.describe("The same as it is since; null for what was deleted."),
    hash: z.string().describe("SHA-256 over the previous hash and this entry, hex."),
  })
  .meta({ title: "AuditEntry" });
