/** A policy as the database tells it, in the terms of the domain. */
import { quantityFromText } from "../../domain/quantity.ts";
import type { PolicyTerms } from "../../domain/reorder/reorderPolicy.ts";
import type { PolicyColumns } from "./queries/needs.ts";

/** Reads a policy's columns. */
export function policyTerms(row: PolicyColumns): PolicyTerms {
  return {
    method: row.method,
    reorderPoint: orNull(row.reorder_point),
    reorderQuantity: orNull(row.reorder_quantity),
    min: orNull(row.min_quantity),
    max: orNull(row.max_quantity),
    safetyStock: orNull(row.safety_stock),
    serviceLevel: row.service_level,
    reviewDays: row.review_days,
  };
}

function orNull(text: string | null): bigint | null {
  return text === null ? null : quantityFromText(text);
}
