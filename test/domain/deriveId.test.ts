/** Derived ids: fixed for ever, and valid UUIDs of version 8; those of rows of version 7, in the order of the rows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveId, deriveRowId } from "../../domain/deriveId.ts";

test("the same text gives the same id for ever", () => {
  expect(deriveId("client\nkey\n0")).toBe("172fa4b8-fa05-8107-a8eb-978dac898bb6");
  expect(deriveId("client\nkey\n1")).not.toBe(deriveId("client\nkey\n0"));
  expect(deriveId("client\nkey2\n0")).not.toBe(deriveId("client\nkey\n0"));
});

test("a derived id is a UUID of version 8", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  for (let index = 0; index < 100; index += 1) expect(deriveId(`scope\n${index}`)).toMatch(form);
});

const IMPORT = "019adf3c-1a2b-7c4d-9e5f-a1b2c3d4e5f6";
const ROWS = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test("the same row gives the same id for ever", () => {
  expect(deriveRowId(IMPORT, 2)).toBe("019adf3c-1a2b-7000-8000-09b2c3d4e5f6");
  expect(deriveRowId(IMPORT, 4_294_967_295)).toBe("019adf3c-1a2b-7fff-bfff-fdb2c3d4e5f6");
  expect(deriveRowId(`${IMPORT.slice(0, -1)}7`, 2)).toBe("019adf3c-1a2b-7000-8000-09b2c3d4e5f7");
});

test("ids of rows are UUIDs of version 7 and stand in the order of the rows", () => {
  const form = /^019adf3c-1a2b-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  fc.assert(
    fc.property(ROWS, ROWS, (one, other) => {
      expect(deriveRowId(IMPORT, one)).toMatch(form);
      const isBefore = deriveRowId(IMPORT, one) < deriveRowId(IMPORT, other);
      expect(isBefore).toBe(one < other);
    }),
  );
});

test.each([-1, 0.5, 2 ** 32, Number.NaN])("a row number %s is refused", (row) => {
  expect(() => deriveRowId(IMPORT, row)).toThrow(`row number ${row}`);
});
