/** What a reorder policy must have for its method; pure, the same rules as the table's constraints, worded for people. */
import { describeFault, type InputFault, InvalidInputError } from "../../domain/errors.ts";
import { quantityFromText } from "../../domain/quantity.ts";
import { POLICY_NEEDS, REORDER_METHODS } from "../../domain/reorder/reorderPolicy.ts";

/** Throws InvalidInputError (pointers by member) unless the policy is complete for its method and max >= min. */
export function checkReorderPolicy(policy: Readonly<Record<string, unknown>>): void {
  const method = REORDER_METHODS.find((known) => known === policy["method"]);
  const needed = method === undefined ? [] : POLICY_NEEDS[method];
  const faults: InputFault[] = needed
    .filter((member) => isMissing(policy[member]))
    .map((member) => ({
      pointer: `/${member}`,
      code: "required",
      detail: describeFault({
        thing: member,
        expected: `a ${member === "review_days" ? "number of days" : "quantity"}, since method is "${method}"`,
      }),
    }));
  const { min, max } = policy;
  if (!isMissing(min) && !isMissing(max)) {
    if (quantityFromText(String(max)) < quantityFromText(String(min))) {
      const detail = describeFault({
        thing: "max",
        found: max,
        expected: `at least min (${String(min)})`,
      });
      faults.push({ pointer: "/max", code: "below_min", detail });
    }
  }
  if (faults.length > 0) {
    throw new InvalidInputError(
      faults,
      faults.length === 1 ? (faults[0]?.code ?? "") : "validation_failed",
    );
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
