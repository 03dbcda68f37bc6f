/** Days after a moment, counted in UTC. */
import { expect, test } from "vitest";
import { daysAfter } from "../../domain/days.ts";

test("days are counted in UTC, over the ends of months and leap days", () => {
  expect(daysAfter(new Date("2028-02-28T23:59:59Z"), 1)).toBe("2028-02-29");
  expect(daysAfter(new Date("2026-12-31T00:00:00Z"), 1)).toBe("2027-01-01");
  expect(daysAfter(new Date("2026-03-01T12:00:00Z"), 0)).toBe("2026-03-01");
});

test("an unknown number of days is an unknown day", () => {
  expect(daysAfter(new Date("2026-03-01T12:00:00Z"), null)).toBeNull();
});
