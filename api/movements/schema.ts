/** Schemas of movements as clients write and read them. */
import { z } from "zod";
import { CONSEQUENT_TYPES, MOVEMENT_TYPES } from "../../domain/movement.ts";
import {
  codeField,
  currencyField,
  dayField,
  decimalOut,
  idField,
  moneyField,
  positiveQuantityField,
  quantityField,
  textField,
  timeField,
  timeOut,
} from "../http/fields.ts";

/** Lines of one request. */
const LINES_MAX = 10_000;
/** Losses of one arrival. */
const LOSSES_MAX = 100;

const typeField = z.enum(MOVEMENT_TYPES);
const reasonField = textField(500);
const versionField = z.int().min(0);

export const movementLine = z.strictObject({
  id: idField.optional().meta({ description: "Client UUID: the same id is applied once, ever." }),
  type: typeField,
  sku: codeField,
  warehouse: codeField,
  to_warehouse: codeField.optional().meta({ description: "Where a transfer goes." }),
  quantity: quantityField.meta({
    description:
      "Greater than 0; signed and not 0 for an adjustment; the counted quantity (0 or more) for a count. A decimal string is exact. In `unit`, else in the item's stock unit.",
  }),
  unit: codeField.optional().meta({
    description:
      "The item's stock unit or one of its packs (`units` of the item). A quantity of packs is converted exactly; one that 4 decimals of the stock unit do not hold is refused.",
  }),
  lot: codeField.optional().meta({
    description:
      "For items tracked by lot: required for what comes in, for adjustments, counts, holds and unholds; for what goes out it may be left out, and the lots that expire first go first. For items tracked by serial number: the serial number.",
  }),
  serial: codeField.optional().meta({
    description: "The same as `lot`, for items tracked by serial number; one of the two.",
  }),
  expires_on: dayField.optional().meta({
    description: "Last day of the lot; with a receipt, return, adjustment or count that names it.",
  }),
  unit_cost: moneyField.optional().meta({
    description: "Cost of one stock unit, also where `unit` is a pack; receipts only.",
  }),
  currency: currencyField.optional().meta({ description: "Of unit_cost, and only beside it." }),
  in_transit: z.boolean().optional().meta({
    description:
      "Of a transfer: it leaves now and arrives later, by POST /v1/movements/{id}/arrive.",
  }),
  expected_version: versionField.optional().meta({
    description: "Rejected (version_conflict) unless the level is at this version.",
  }),
  counted_version: versionField.optional().meta({
    description:
      "Of a count: the level's version that the counter saw. The variance is taken against the balance at that version, so what has moved since stays.",
  }),
  reservation: idField.optional().meta({
    description:
      "Id of the reserve movement: which an issue consumes (optional), which a release frees (required).",
  }),
  expires_at: timeField.optional().meta({
    description:
      "Of a reserve: from this time on it binds nothing any more. Without it, it holds until it is issued or released.",
  }),
  reason: reasonField.optional(),
  reference: z.strictObject({ type: textField(60), id: textField(200) }).optional(),
  occurred_at: timeField.optional().meta({
    description: "Business time, default now; may be in the past, not in a closed month.",
  }),
});

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
  reversed_by: z.string().optional().meta({ description: "Id of the movement that took it back." }),
});

export const acceptedOut = z.object({ data: z.array(movementOut), status_url: z.string() });
