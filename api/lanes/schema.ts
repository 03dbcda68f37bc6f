/** What lanes look like. */
import { z } from "zod";
import { timeOut } from "../http/fields.ts";

/** Undone movements of a lane that are counted. */
export const DEPTH_MAX = 10_000;

export const laneOut = z.object({
  id: z.int(),
  depth: z.int().describe(`Accepted movements that are not decided, counted up to ${DEPTH_MAX}.`),
  depth_is_bounded: z.boolean().describe("The depth is the bound; there may be more."),
  oldest_accepted_at: timeOut.nullable().describe("When the first of them was accepted."),
  set_aside: z.int().describe("Movements of the lane that are set aside."),
  events: z.int().describe("Events that the lane has written; two reads tell its rate."),
  last_decided_at: timeOut.nullable(),
  halted_at: timeOut.nullable(),
  halted_reason: z.string().nullable(),
});

export const lanesQuery = z.strictObject({
  halted: z
    .enum(["true", "false"])
    .optional()
    .describe("Only lanes that stand still, or only the others."),
});

export const laneParams = z.object({
  id: z.coerce.number().int().min(0).max(255),
});

export const resumedOut = z.object({ id: z.int(), status: z.literal("resumed") });
