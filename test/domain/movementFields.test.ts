/** Which types carry which fields: every pair is decided, and told in words. */
import { expect, test } from "vitest";
import { MOVEMENT_TYPES } from "../../domain/movement.ts";
import { fieldRefusal, signRefusal, TYPED_FIELDS } from "../../domain/movementFields.ts";

test("each field is carried by these types only", () => {
  const carriers = Object.fromEntries(
    TYPED_FIELDS.map((field) => [
      field,
      MOVEMENT_TYPES.filter((type) => fieldRefusal(type, field) === undefined).join(" "),
    ]),
  );
  expect(carriers).toEqual({
    to_warehouse: "transfer",
    unit_cost: "receipt",
    currency: "receipt",
    lot: MOVEMENT_TYPES.filter((type) => type !== "release").join(" "),
    expires_on: "receipt adjustment count return",
    in_transit: "transfer",
    counted_version: "count",
    reservation: "issue release",
    expires_at: "reserve",
    customer: "issue return",
  });
});

test("a refusal says what is expected of that type", () => {
  for (const field of TYPED_FIELDS) {
    for (const type of MOVEMENT_TYPES) {
      const refusal = fieldRefusal(type, field);
      if (refusal !== undefined) expect(refusal).toMatch(new RegExp(`^nothing: .*${type}`));
    }
  }
});

test("adjustments are signed and not zero, counts may be zero, all else is greater than zero", () => {
  const refused = (quantity: string) =>
    MOVEMENT_TYPES.filter((type) => signRefusal(type, quantity) !== undefined);
  expect(refused("1")).toEqual([]);
  expect(refused("-1")).toEqual(MOVEMENT_TYPES.filter((type) => type !== "adjustment"));
  expect(refused("0")).toEqual(MOVEMENT_TYPES.filter((type) => type !== "count"));
});
