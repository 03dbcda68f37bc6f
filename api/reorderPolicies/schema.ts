/** Reorder policies: when an item is to be ordered again at a warehouse, and how much. */
import { z } from "zod";
import { entityTail } from "../entities/fields.ts";
import {
  codeField,
  decimalOut,
  nonNegativeQuantityField,
  positiveQuantityField,
  quantityField,
} from "../http/fields.ts";

const serviceLevelField = quantityField.refine((text) => Number(text) > 0 && Number(text) < 1, {
  message: "a share between 0 and 1, such as 0.95",
  params: { code: "out_of_range" },
});

const fields = {
  reorder_point: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe("reorder_point: order when the position is at or below it."),
  reorder_quantity: positiveQuantityField.nullable().optional(),
  min: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe("min_max: order when the position is at or below it."),
  max: nonNegativeQuantityField.nullable().optional().describe("min_max: order up to it."),
  safety_stock: nonNegativeQuantityField.nullable().optional(),
  service_level: serviceLevelField.nullable().optional(),
  review_days: z.int().min(1).max(3_650).nullable().optional(),
};

const methodField = z.enum(["min_max", "reorder_point"]);

export const policyCreate = z.strictObject({
  sku: codeField,
  warehouse: codeField,
  method: methodField,
  ...fields,
});

export const policyPatch = z.strictObject({
  method: methodField.optional(),
  ...fields,
  status: z.enum(["active"]).optional(),
});

export const policyFilters = {
  sku: codeField.optional(),
  warehouse: codeField.optional(),
  method: methodField.optional(),
};

const quantityOut = decimalOut.nullable();

export const policyEntry = z
  .object({
    id: z.string(),
    sku: z.string(),
    warehouse: z.string(),
    method: methodField,
    reorder_point: quantityOut,
    reorder_quantity: quantityOut,
    min: quantityOut,
    max: quantityOut,
    safety_stock: quantityOut,
    service_level: quantityOut,
    review_days: z.int().nullable(),
    ...entityTail,
  })
  .meta({ title: "ReorderPolicy" });
