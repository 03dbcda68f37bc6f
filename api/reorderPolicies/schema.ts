/** Reorder policies: when an item is to be ordered again at a warehouse, and how much. */
import { z } from "zod";
import { methodField } from "../../domain/catalogueEntries.ts";
import {
  codeField,
  decimalOut,
  nonNegativeQuantityField,
  positiveQuantityField,
  quantityField,
  timeOut,
} from "../http/fields.ts";

const serviceLevelField = quantityField.refine((text) => Number(text) > 0 && Number(text) < 1, {
  message: "a share between 0 and 1, such as 0.95",
  params: { code: "out_of_range" },
});

const DAYS_MAX = 3_650;

const figures = {
  reorder_point: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe("reorder_point: order when the position is at or below it."),
  reorder_quantity: positiveQuantityField
    .nullable()
    .optional()
    .describe("reorder_point: order in multiples of it."),
  min: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe(
      "min_max: order when the position is at or below it. days_of_cover: the same in days of demand. auto, periodic_review: least level at which the item is low.",
    ),
  max: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe(
      "min_max: order up to it. days_of_cover: the same in days of demand. periodic_review: order up to it instead of what demand calls for. auto: never plan past it.",
    ),
  safety_stock: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe("Takes the place of the worked out safety stock; days_of_cover adds it."),
  service_level: serviceLevelField
    .nullable()
    .optional()
    .describe(
      "auto, periodic_review: probability that a replenishment cycle sees no stock-out; 0.95 where none is given.",
    ),
  review_days: z
    .int()
    .min(1)
    .max(DAYS_MAX)
    .nullable()
    .optional()
    .describe("periodic_review: days between two reviews. auto: days between two runs, 1."),
};

const fields = {
  ...figures,
  recovery_margin: nonNegativeQuantityField
    .nullable()
    .optional()
    .describe(
      "stock.recovered is told when the position is above reorder_at by more than this; 0.",
    ),
};

/** A policy's method and figures without what it is for; simulations take one. */
export const policyFigures = z.strictObject({ method: methodField, ...figures });

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

export const planOut = z
  .object({
    planned_at: timeOut,
    reviewed_on: z.string().nullable().meta({ format: "date" }),
    reorder_at: quantityOut,
    order_up_to: quantityOut,
    working: z
      .record(z.string(), z.unknown())
      .describe("Every figure on the way: forecast method, demand, lead time, safety stock …"),
  })
  .meta({ title: "ReorderPlan" });

export { policyEntry } from "../../domain/catalogueEntries.ts";
