/** Derived ids: fixed for ever, and valid UUIDs of version 8. */
import { expect, test } from "vitest";
import { deriveId } from "../../domain/deriveId.ts";

test("the same text gives the same id for ever", () => {
  expect(deriveId("client\nkey\n0")).toBe("172fa4b8-fa05-8107-a8eb-978dac898bb6");
  expect(deriveId("client\nkey\n1")).not.toBe(deriveId("client\nkey\n0"));
  expect(deriveId("client\nkey2\n0")).not.toBe(deriveId("client\nkey\n0"));
});

test("a derived id is a UUID of version 8", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  for (let index = 0; index < 100; index += 1) expect(deriveId(`scope\n${index}`)).toMatch(form);
});
