/** However many faults there are, few are worded, and the error that names them is small. */
import { expect, test } from "vitest";
import { InvalidInputError } from "../../domain/errors.ts";
import { FaultList } from "../../domain/faultList.ts";

test("a hundred faults are worded and named, the others counted", () => {
  const faults = new FaultList();
  let worded = 0;
  for (let nth = 0; nth < 10_000; nth += 1) {
    faults.add(() => {
      worded += 1;
      return { pointer: `/movements/${nth}/sku`, code: "unknown_sku", detail: `fault ${nth}` };
    });
  }
  const error = faults.toError();
  expect(worded).toBe(100);
  expect(error.faults).toHaveLength(100);
  expect(error.faultsLeftOut).toBe(9_900);
  expect(error.code).toBe("validation_failed");
  expect(error.message).toMatch(/^fault 0; fault 1; .*; fault 9; and 9990 more$/);
});

test("one fault gives the error its code and words", () => {
  const faults = new FaultList();
  faults.add(() => ({ pointer: "/sku", code: "unknown_sku", detail: "no such SKU" }));
  expect(faults.toError()).toMatchObject({
    code: "unknown_sku",
    message: "no such SKU",
    faultsLeftOut: 0,
  });
});

test("the error is small for whoever throws it, and however long its words are", () => {
  const faults = Array.from({ length: 10_000 }, (_, nth) => ({
    pointer: `/${"p".repeat(5_000)}${nth}`,
    code: "invalid",
    detail: "d".repeat(5_000),
  }));
  const error = new InvalidInputError(faults);
  expect(error.faultsLeftOut).toBe(9_900);
  expect(error.message.length).toBeLessThan(3_000);
  expect(JSON.stringify(error.faults).length).toBeLessThan(150_000);
});
