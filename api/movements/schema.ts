/** Schemas of movements as clients write and read them. */
import { z } from "zod";
import { CONSEQUENT_TYPES, MOVEMENT_TYPES } from "../../domain/movement.ts";
import { movementLine, reasonField } from "../../domain/movementSchema.ts";
import {
  codeField,
  decimalOut,
  idField,
  positiveQuantityField,
  timeField,
  timeOut,
} from "../http/fields.ts";

export { movementLine };

/** Lines of one request. */
const LINES_MAX = 10_000;
/** Losses of one arrival. */
const LOSSES_MAX = 100;

export const movementBatch = z.strictObject({
  movements: z.array(movementLine).min(1).max(LINES_MAX),
  atomic: z.boolean().optional().meta({
    description:
      "True: all lines are applied or none, also across items and warehouses. Where one is rejected, the others are with code atomic_group_rejected.",
  }),
});

export const movementBody = z.union([movementLine, movementBatch]);

/** What arrived of a transfer in transit, and what will not. */
export const arrivalBody = z
  .strictObject({
    quantity: positiveQuantityField.optional().meta({
      description: "What arrived, in the item's stock unit; may be a part of what is on its way.",
    }),
    losses: z
      .array(z.strictObject({ quantity: positiveQuantityField, reason: reasonField.min(1) }))
      .min(1)
      .max(LOSSES_MAX)
      .optional()
      .meta({ description: "What will not arrive, each with its reason." }),
    lot: codeField.optional().meta({
      description:
        "Of which lot; where none is named, the transfer's open lots are taken in the order in which they left.",
    }),
    id: idField.optional().meta({ description: "Client UUID of this arrival." }),
    reason: reasonField.optional().meta({ description: "Of the arrival." }),
    occurred_at: timeField.optional(),
  })
  .check((check) => {
    const { quantity, losses } = check.value;
    if (quantity !== undefined || losses !== undefined) return;
    check.issues.push({
      code: "custom",
      path: ["quantity"],
      message: "quantity is missing; expected what arrived, or losses, or both",
      params: { code: "required", worded: true },
      input: check.value,
    });
  });

/** What takes a movement back. */
export const reversalBody = z.strictObject({
  id: idField.optional().meta({ description: "Client UUID of the reversal." }),
  reason: reasonField.optional(),
  occurred_at: timeField.optional(),
});

export const movementOut = z.object({
  id: z.string(),
  status: z.enum(["accepted", "applied", "rejected"]),
  sku: z.string().optional(),
  warehouse: z.string().optional(),
  balance_after: decimalOut.optional(),
  version: z.int().optional(),
  applied_at: timeOut.optional(),
  rejected_at: timeOut.optional(),
  code: z.string().optional().meta({ description: "Why it was rejected; final." }),
  detail: z.string().optional(),
  set_aside: z
    .object({ error: z.string(), at: timeOut })
    .optional()
    .meta({ description: "No batch could apply it; it waits for an operator, still accepted." }),
});

/** One movement by its id: where it stands, and what it is as far as that is kept. */
export const movementPage = movementOut.extend({
  type: z
    .enum([...MOVEMENT_TYPES, ...CONSEQUENT_TYPES])
    .optional()
    .meta({ description: "Not kept of rejected movements." }),
  to_warehouse: z.string().optional().meta({
    description: "The other end, where there is one and the caller may see it.",
  }),
  quantity: decimalOut.optional().meta({
    description:
      "As accepted, in the stock unit; of an applied movement the signed change that it made in its warehouse.",
  }),
  lots: z.array(z.object({ lot: z.string(), quantity: decimalOut })).optional(),
  customer: z
    .object({
      reference: z.string(),
      status: z.enum(["verified", "unverified", "unknown", "closed"]),
      canonical: z.string().nullable(),
      segment: z.string().nullable(),
    })
    .optional()
    .meta({
      description:
        "The customer that it named, as the Customer Base Service knows it: under which reference today, and of which segment. Unverified: it was accepted while that service was down.",
    }),
  reversed_by: z.string().optional().meta({ description: "Id of the movement that took it back." }),
});

export const acceptedOut = z.object({
  data: z.array(movementOut),
  status_url: z.string().meta({
    description:
      "Where the movements are found that this request brought; repeats of an earlier request's are found by that one's, or each by its id.",
  }),
});
