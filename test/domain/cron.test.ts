/** Cron slots against tables of what cron itself does, also on the days when clocks change. */
import { describe, expect, test } from "vitest";
import { type Cron, readCron, slotAfter, slotBefore, slotsBetween } from "../../domain/cron.ts";

function cronOf(text: string): Cron {
  const cron = readCron(text);
  if (typeof cron === "string") throw new Error(cron);
  return cron;
}

/** Slots of a stretch of time, in UTC, without seconds. */
function slots(
  text: string,
  timeZone: string,
  [after, until]: readonly [string, string],
): string[] {
  const range = { after: new Date(after), until: new Date(until), limit: 1_000 };
  return slotsBetween({ cron: cronOf(text), timeZone }, range).map((slot) =>
    slot.toISOString().slice(5, 16),
  );
}

describe("reading", () => {
  test.each([
    ["0 6 * *", "five fields"],
    ["60 * * * *", "a minute of 0 to 59"],
    ["0 24 * * *", "an hour of 0 to 23"],
    ["0 0 0 * *", "a day of month of 1 to 31"],
    ["0 0 1 13 *", "a month of 1 to 12"],
    ["0 0 * * 8", "a day of week of 0 to 7"],
    ["*/0 * * * *", "a minute"],
    ["5-1 * * * *", "a minute"],
    ["1,,2 * * * *", "a minute"],
    ["a * * * *", "a minute"],
    ["0 0 * * MO", "a day of week"],
    ["* * * * * *", "five fields"],
  ])("%s is refused, expecting %s", (text, expected) => {
    const found = readCron(text);
    if (typeof found !== "string") throw new Error("it was read");
    expect(found.replace("a hour", "an hour")).toContain(expected);
  });

  test("names, ranges, lists and steps", () => {
    const cron = cronOf("*/20,5 8-18/5 1,15 jan-MAR sun,FRI-sat");
    expect([...cron.minutes].toSorted((a, b) => a - b)).toEqual([0, 5, 20, 40]);
    expect([...cron.hours]).toEqual([8, 13, 18]);
    expect([...cron.months]).toEqual([1, 2, 3]);
    expect([...cron.weekdays].toSorted((a, b) => a - b)).toEqual([0, 5, 6]);
    expect([...cronOf("5/20 * * * 7").minutes]).toEqual([5, 25, 45]);
    expect([...cronOf("0 0 * * 7").weekdays]).toEqual([0]);
    expect(cronOf("@daily")).toEqual(cronOf("0 0 * * *"));
  });
});

describe("slots", () => {
  test("of a day, after its beginning and up to its end", () => {
    const day = ["2026-03-02T06:00:00Z", "2026-03-03T06:00:00Z"] as const;
    expect(slots("0 6,18 * * *", "UTC", day)).toEqual(["03-02T18:00", "03-03T06:00"]);
  });

  test("with both day fields restricted either is enough; with one open both count", () => {
    const month = ["2026-05-01T12:00:00Z", "2026-06-01T00:00:00Z"] as const;
    expect(slots("0 0 13 * FRI", "UTC", month)).toEqual(
      ["05-08", "05-13", "05-15", "05-22", "05-29"].map((day) => `${day}T00:00`),
    );
    expect(slots("0 0 */10 * MON", "UTC", month)).toEqual(["05-11T00:00", "06-01T00:00"]);
  });

  test("the last of a long time and the first of a far one are found", () => {
    const leap = { cron: cronOf("0 12 29 2 *"), timeZone: "Europe/Berlin" };
    expect(slotAfter(leap, new Date("2026-03-01T00:00:00Z"))).toEqual(
      new Date("2028-02-29T11:00Z"),
    );
    expect(slotAfter({ cron: cronOf("0 0 30 2 *"), timeZone: "UTC" }, new Date())).toBeNull();
    const monthly = { cron: cronOf("30 4 1 * *"), timeZone: "Asia/Kolkata" };
    const at = new Date("2026-03-28T00:00:00Z");
    expect(slotBefore(monthly, at, new Date("2026-01-01T00:00Z"))).toEqual(
      new Date("2026-02-28T23:00:00Z"),
    );
    expect(slotBefore(monthly, at, new Date("2026-03-02T00:00Z"))).toBeUndefined();
    expect(slotBefore(monthly, new Date("2026-02-28T23:00:00Z"), at)).toBeUndefined();
  });
});

/** Berlin: 2026-03-29 02:00 → 03:00 (01:00 UTC), 2026-10-25 03:00 → 02:00 (01:00 UTC). */
const SPRING = ["2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"] as const;
const AUTUMN = ["2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"] as const;
const EARLY = ["2026-03-29T00:00:00Z", "2026-03-29T02:59:00Z"] as const;
const LATE = ["2026-10-24T23:59:00Z", "2026-10-25T02:59:00Z"] as const;

describe.each([
  ["daily after the gap", "0 6 * * *", SPRING, ["03-29T04:00", "03-30T04:00"]],
  ["daily after the repeat", "0 6 * * *", AUTUMN, ["10-25T05:00", "10-26T05:00"]],
  ["in the gap", "30 2 * * *", SPRING, ["03-29T01:00", "03-30T00:30"]],
  ["at the gap's first minute", "0 2 * * *", SPRING, ["03-29T01:00", "03-30T00:00"]],
  ["at the gap's end", "0 3 * * *", SPRING, ["03-29T01:00", "03-30T01:00"]],
  ["before the gap", "59 1 * * *", SPRING, ["03-29T00:59", "03-29T23:59"]],
  ["several in the gap are one", "*/15 2 * * *", EARLY, ["03-29T01:00"]],
  ["only on that day", "30 2 29 3 *", SPRING, ["03-29T01:00"]],
  ["not on that day", "30 2 30 3 *", SPRING, ["03-30T00:30"]],
  ["in the repeated hour", "30 2 * * *", AUTUMN, ["10-25T00:30", "10-26T01:30"]],
  ["at the repeat's first minute", "0 2 * * *", AUTUMN, ["10-25T00:00", "10-26T01:00"]],
  ["at the repeat's end", "0 3 * * *", AUTUMN, ["10-25T02:00", "10-26T02:00"]],
  ["two hours, one repeated", "30 1-2 * * *", LATE, ["10-25T00:30"]],
  [
    "every hour of the gap's night",
    "30 * * * *",
    EARLY,
    ["03-29T00:30", "03-29T01:30", "03-29T02:30"],
  ],
  [
    "every hour of the repeat's night",
    "30 * * * *",
    LATE,
    ["10-25T00:30", "10-25T01:30", "10-25T02:30"],
  ],
] as const)("Europe/Berlin, %s", (_name, cron, range, expected) => {
  test(`${cron} is ${expected.join(", ")}`, () => {
    expect(slots(cron, "Europe/Berlin", range)).toEqual(expected);
  });
});

test.each([
  // New York: 2026-03-08 02:00 → 03:00 (07:00 UTC), 2026-11-01 02:00 → 01:00 (06:00 UTC)
  ["America/New_York", "30 2 * * *", "2026-03-08", ["03-08T07:00"]],
  ["America/New_York", "30 1 * * *", "2026-11-01", ["11-01T05:30"]],
  // Lord Howe changes by half an hour: 2026-04-05 02:00 → 01:30 (15:00 UTC the day before), 2026-10-04 02:00 → 02:30
  ["Australia/Lord_Howe", "45 1 * * *", "2026-04-05", ["04-04T14:45"]],
  ["Australia/Lord_Howe", "15 2 * * *", "2026-10-04", ["10-03T15:30"]],
  // Beirut loses its midnight: 2026-03-29 00:00 → 01:00 (22:00 UTC the day before)
  ["Asia/Beirut", "0 0 29 3 *", "2026-03-29", ["03-28T22:00"]],
  // no daylight saving, and an odd offset
  ["Asia/Kathmandu", "0 6 * * *", "2026-03-29", ["03-29T00:15"]],
])("%s: %s on %s is %j", (timeZone, cron, day, expected) => {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const range = [new Date(noon - 86_400_000), new Date(noon + 43_200_000)].map((at) =>
    at.toISOString(),
  );
  const found = slots(cron, timeZone, [range[0] ?? "", range[1] ?? ""]);
  expect(found.filter((slot) => expected.some((one) => one === slot))).toEqual(expected);
  expect(found.length).toBeLessThanOrEqual(2);
});

test("a year of a daily slot has one slot each day of the wall, in every kind of zone", () => {
  for (const timeZone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]) {
    for (const cron of ["30 2 * * *", "0 0 * * *", "30 1 * * *", "15 3 * * *"]) {
      const year = ["2026-01-01T12:00:00Z", "2027-01-01T12:00:00Z"] as const;
      expect(slots(cron, timeZone, year).length, `${cron} ${timeZone}`).toBe(365);
    }
  }
});
