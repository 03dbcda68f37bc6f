/** Schemas of a verification of the ledger, as the verify-ledger jobs leave it in their outcomes. */
import { z } from "zod";
import { jobRunOut } from "../jobs/schema.ts";

/** May be left out. */
export const verifyIn = z.strictObject({
  mode: z.enum(["full", "incremental"]).default("full").meta({
    description:
      "`full` reads everything. `incremental` reads what was recorded since the last sound verification, and compares the state of every level; before the first anchor it is a full one.",
  }),
});

const count = z.int();

/** What the outcome of a completed run holds. Runs of earlier versions lack the counts and members with a default. */
export const verificationOutcome = z.object({
  mode: z.enum(["full", "incremental"]).default("full"),
  checked: z
    .object({
      entries: count.meta({ description: "Ledger entries: version, balances, link and hash." }),
      levels: count,
      outcomes: count,
      inbox: count.meta({ description: "Accepted movements still in the inbox." }),
      undone: count.meta({ description: "Accepted movements that are not decided yet." }),
      set_aside: count.default(0),
      events: count,
      lots: count.default(0).meta({ description: "Balances of lots at warehouses." }),
      reservations: count.default(0),
      transits: count.default(0).meta({ description: "Lines of transfers in transit." }),
      reversals: count.default(0),
      audit: count.default(0).meta({ description: "Entries of the audit trail." }),
    })
    .meta({ description: "How many of each were checked." }),
  difference_count: count,
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
  anchor: z
    .object({
      compared: count.nullable().meta({ description: "Number of the anchor compared with." }),
      outside: z.enum(["same", "differs", "unreachable", "none"]).meta({
        description: "What the bucket said of it; `none` before the first anchor.",
      }),
      made: count.nullable().meta({
        description:
          "Number of the anchor made by this verification; null where nothing had moved, something differs, or the bucket is away.",
      }),
    })
    .nullable()
    .default(null)
    .meta({ description: "The digest of all levels' last hashes that lies outside the database." }),
});

export const verificationOut = verificationOutcome.extend({
  run: jobRunOut.meta({ description: "The run that found this." }),
});
