/** Events of the platform itself: its webhooks and its database. */
import { z } from "zod";
import { timeOut } from "../inputFields.ts";
import { declareEvent } from "./declareEvent.ts";

const webhook = z.object({
  name: z.string(),
  host: z.string().describe("Host of its URL; path and query may hold secrets of the receiver."),
  types: z.array(z.string()),
  status: z.enum(["active", "disabled"]),
  reason: z.string().nullable().describe("Why it is disabled."),
  changed_by: z.string().describe("Who did it."),
});
const webhookEvent = (told: string) => declareEvent(told, "webhooks/{name}", webhook);

export const SYSTEM_EVENTS = {
  "webhook.created": webhookEvent("A webhook was made."),
  "webhook.updated": webhookEvent("A webhook was changed, disabled or made active by somebody."),
  "webhook.disabled": webhookEvent("A webhook was given up: nothing was delivered for a day."),
  "webhook.deleted": webhookEvent("A webhook was removed."),
  "database.restored": declareEvent(
    "The database began a new incarnation: a restore, or a standby that took over.",
    "database",
    z.object({ incarnation: z.int().min(1), began_at: timeOut }),
  ),
};
