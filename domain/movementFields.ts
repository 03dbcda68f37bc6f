/**
 * Which types of movements may carry which optional field. The one table for every way in (HTTP, files), so that a field that
 * would change nothing is refused everywhere with the same words.
 */
import type { PostedType } from "./movement.ts";

interface FieldRule {
  readonly types: readonly PostedType[];
  /** What is expected where another type carries the field. */
  readonly otherwise: (type: PostedType) => string;
}

const RULES = {
  to_warehouse: {
    types: ["transfer"],
    otherwise: (type) => `nothing: ${type} stays in its warehouse`,
  },
  unit_cost: {
    types: ["receipt"],
    otherwise: (type) => `nothing: only a receipt carries a cost, not ${type}`,
  },
  currency: {
    types: ["receipt"],
    otherwise: (type) => `nothing: only a receipt carries a cost and its currency, not ${type}`,
  },
  lot: {
    types: [
      "receipt",
      "issue",
      "transfer",
      "adjustment",
      "count",
      "return",
      "supplier_return",
      "scrap",
      "hold",
      "unhold",
      "reserve",
    ],
    otherwise: (type) => `nothing: ${type} concerns the lot that its reservation names, if any`,
  },
  expires_on: {
    types: ["receipt", "return", "adjustment", "count"],
    otherwise: (type) =>
      `nothing: ${type} concerns a lot that is known; when it expires is told by a receipt, return, adjustment or count`,
  },
  in_transit: {
    types: ["transfer"],
    otherwise: (type) => `nothing: only a transfer is on its way for a time, not ${type}`,
  },
  counted_version: {
    types: ["count"],
    otherwise: (type) => `nothing: only a count names the version that was counted, not ${type}`,
  },
  reservation: {
    types: ["issue", "release"],
    otherwise: (type) => `nothing: only an issue or a release names a reservation, not ${type}`,
  },
  customer: {
    types: ["issue", "return"],
    otherwise: (type) => `nothing: only an issue or a return has a customer, not ${type}`,
  },
  expires_at: {
    types: ["reserve"],
    otherwise: (type) => `nothing: only a reserve lapses, not ${type}`,
  },
} as const satisfies Readonly<Record<string, FieldRule>>;

/** Fields that only some types carry. */
export type TypedField = keyof typeof RULES;

/** Their names. */
export const TYPED_FIELDS: readonly TypedField[] = [
  "to_warehouse",
  "unit_cost",
  "currency",
  "lot",
  "expires_on",
  "in_transit",
  "counted_version",
  "reservation",
  "customer",
  "expires_at",
];

/** What is expected of the field where the type may not carry it; undefined where it may. */
export function fieldRefusal(type: PostedType, field: TypedField): string | undefined {
  const rule: FieldRule = RULES[field];
  return rule.types.includes(type) ? undefined : rule.otherwise(type);
}

/** What is expected of the quantity's sign where it breaks the type's rule; undefined where it keeps it. Decimal string. */
export function signRefusal(type: PostedType, quantity: string): string | undefined {
  const isZero = quantity === "0";
  const isNegative = quantity.startsWith("-");
  switch (type) {
    case "adjustment":
      return isZero ? "a signed quantity other than 0 for adjustment" : undefined;
    case "count":
      return isNegative ? "a counted quantity of 0 or more" : undefined;
    default:
      return isZero || isNegative ? `a quantity greater than 0 for ${type}` : undefined;
  }
}
