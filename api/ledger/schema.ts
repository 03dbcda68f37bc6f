/** Schema of a verification of the ledger, as the job verify-ledger leaves it in its outcome. */
import { z } from "zod";
import { jobRunOut } from "../jobs/schema.ts";

/** What the outcome of a completed verify-ledger run holds. */
export const verificationOutcome = z.object({
  checked: z
    .object({
      entries: z.int().meta({ description: "Ledger entries: version, balance, link and hash." }),
      levels: z.int(),
      outcomes: z.int(),
      inbox: z.int().meta({ description: "Accepted movements still in the inbox." }),
      undone: z.int().meta({ description: "Accepted movements that are not decided yet." }),
      events: z.int(),
    })
    .meta({ description: "How many of each were checked." }),
  difference_count: z.int(),
  differences: z.array(
    z.object({
      check: z.string(),
      sku: z.string().nullable(),
      warehouse: z.string().nullable(),
      movement_id: z.string().nullable(),
      lane: z.int().nullable(),
      expected: z.string(),
      found: z.string(),
    }),
  ),
});

export const verificationOut = verificationOutcome.extend({
  run: jobRunOut.meta({ description: "The run that found this." }),
});
