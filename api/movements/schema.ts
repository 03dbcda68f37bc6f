/** Schemas of movements as clients write and read them. */
import { z } from "zod";
import { describeFault } from "../../domain/errors.ts";
import { MOVEMENT_TYPES, MOVEMENT_TYPES_TO_COME } from "../../domain/movement.ts";
import {
  codeField,
  currencyField,
  decimalOut,
  idField,
  moneyField,
  quantityField,
  textField,
  timeField,
  timeOut,
} from "../http/fields.ts";

/** Lines of one request. */
const LINES_MAX = 10_000;

const typeField = z
  .string()
  .transform((text, check) => {
    const type = MOVEMENT_TYPES.find((known) => known === text);
    if (type !== undefined) return type;
    const later = MOVEMENT_TYPES_TO_COME.some((known) => known === text);
    check.addIssue({
      code: "custom",
      message: describeFault({
        thing: "type",
        found: text,
        expected: `one of ${MOVEMENT_TYPES.join(", ")}`,
        ...(later ? { mend: `${text} is not applied in this version` } : {}),
      }),
      params: { code: later ? "not_supported" : "not_allowed", worded: true },
    });
    return z.NEVER;
  })
  .meta({ enum: [...MOVEMENT_TYPES] });

/** A field of the contract that this version refuses by name rather than ignoring it. */
const toCome = (what: string) =>
  z
    .unknown()
    .refine((value) => value === undefined, {
      message: `nothing: ${what} are not applied in this version`,
      params: { code: "not_supported" },
    })
    .optional()
    .meta({ not: {}, description: `Refused: ${what} are not applied in this version.` });

export const movementLine = z.strictObject({
  id: idField.optional().meta({ description: "Client UUID: the same id is applied once, ever." }),
  type: typeField,
  sku: codeField,
  warehouse: codeField,
  to_warehouse: codeField.optional().meta({ description: "Where a transfer goes." }),
  quantity: quantityField.meta({
    description:
      "Greater than 0; signed and not 0 for an adjustment; the counted quantity (0 or more) for a count. A decimal string is exact.",
  }),
  unit: z.string().max(40).optional(),
  unit_cost: moneyField.optional(),
  currency: currencyField.optional(),
  reason: textField(500).optional(),
  reference: z.strictObject({ type: textField(60), id: textField(200) }).optional(),
  occurred_at: timeField.optional(),
  expected_version: z.int().min(0).optional(),
  lot: toCome("lots"),
  expires_on: toCome("lots"),
  in_transit: toCome("transfers in transit"),
  counted_version: toCome("counts against an earlier version"),
  reservation: toCome("reservations"),
  expires_at: toCome("reservations"),
});

export const movementBatch = z.strictObject({
  movements: z.array(movementLine).min(1).max(LINES_MAX),
  atomic: z
    .boolean()
    .refine((atomic) => !atomic, {
      message: "false: atomic groups are not applied in this version",
      params: { code: "not_supported" },
    })
    .optional(),
});

export const movementBody = z.union([movementLine, movementBatch]);

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
});

export const acceptedOut = z.object({ data: z.array(movementOut), status_url: z.string() });
