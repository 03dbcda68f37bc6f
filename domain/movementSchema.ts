/**
 * The form of a movement as its sender writes it: the one schema for every way in that takes JSON (HTTP, streams). What a line
 * says is checked further, by its type and against the catalogue, in pipelines/intake.
 */
import { z } from "zod";
import {
  codeField,
  currencyField,
  dayField,
  idField,
  moneyField,
  quantityField,
  textField,
  timeField,
} from "./inputFields.ts";
import { MOVEMENT_TYPES } from "./movement.ts";

const typeField = z.enum(MOVEMENT_TYPES);
const versionField = z.int().min(0);

/** Why something was done, in the sender's words. */
export const reasonField = textField(500);

/** One movement. */
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
  customer: codeField.optional().meta({
    description:
      "Reference of the customer that an issue goes to or a return comes from; held against the Customer Base Service.",
  }),
  reason: reasonField.optional(),
  reference: z.strictObject({ type: textField(60), id: textField(200) }).optional(),
  occurred_at: timeField.optional().meta({
    description: "Business time, default now; may be in the past, not in a closed month.",
  }),
});
