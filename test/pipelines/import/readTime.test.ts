/** Times as files carry them: with a zone, in the import's zone, by a given format or by the order of their column. */
import { describe, expect, test } from "vitest";
import { isDateFormat } from "../../../pipelines/import/dateFormat.ts";
import { ordersOf, readDay, readTime, type TimeStyle } from "../../../pipelines/import/readTime.ts";

const utc: TimeStyle = {
  format: undefined,
  order: undefined,
  given: false,
  timeZone: "UTC",
  locale: undefined,
};
const amsterdam = { ...utc, timeZone: "Europe/Amsterdam" };

describe("readTime", () => {
  test.each([
    ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"],
    ["2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01 12:00", "2026-03-01T12:00:00.000Z"],
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.500Z"],
  ])("reads %s", (text, time) => {
    expect(readTime(text, utc)).toBe(time);
  });

  test.each([
    "2025-02-30",
    "2025-02-29T10:00:00Z",
    "2025-13-01",
    "2025-01-01T24:00:00Z",
    "45000",
    "soon",
    "2025-01-01T10:00:00+25:00",
  ])("refuses %s", (text) => {
    expect(readTime(text, utc)).toEqual({ fault: "date_format" });
  });

  test.each([
    ["01/02/2026", ["2026-02-01", "2026-01-02"]],
    ["1.2.2026", ["2026-02-01", "2026-01-02"]],
    ["01-02-26", ["2026-02-01", "2026-01-02", "2001-02-26"]],
    ["31/12/99", ["1999-12-31"]],
  ])("refuses %s as ambiguous, with the days that it may be", (text, may) => {
    expect(readTime(text, utc)).toEqual({ fault: "date_ambiguous", may });
  });

  test.each([
    ["02/02/2026", "2026-02-02T00:00:00.000Z"],
    ["14/02/2026", "2026-02-14T00:00:00.000Z"],
    ["2/14/2026 9:05 PM", "2026-02-14T21:05:00.000Z"],
    ["14.2.2026, 09:05:07", "2026-02-14T09:05:07.000Z"],
    ["14. 2. 2026", "2026-02-14T00:00:00.000Z"],
    ["2026/1/2", "2026-01-02T00:00:00.000Z"],
    ["2026.01.02 10:00", "2026-01-02T10:00:00.000Z"],
    ["14/02/2026 10:00+02:00", "2026-02-14T08:00:00.000Z"],
    ["1 Feb 2026", "2026-02-01T00:00:00.000Z"],
    ["01-FEB-2026", "2026-02-01T00:00:00.000Z"],
    ["Feb 1, 2026", "2026-02-01T00:00:00.000Z"],
    ["September 30, 2026 12:15 am", "2026-09-30T00:15:00.000Z"],
  ])("reads %s, which can be read in one way only", (text, time) => {
    expect(readTime(text, utc)).toBe(time);
  });

  test.each([
    "31/02/2026",
    "29/02/2025",
    "0/1/2026",
    "2/30/2026",
    "30 Feb 2026",
    "1 Foo 2026",
    "13/13/2026",
    "1/2/026",
  ])("refuses %s, which is no day in any order", (text) => {
    expect(readTime(text, utc)).toEqual({ fault: "date_format" });
  });

  test.each([
    ["DMY", "01/02/2026", "2026-02-01T00:00:00.000Z"],
    ["MDY", "01/02/2026", "2026-01-02T00:00:00.000Z"],
    ["DMY", "01-02-26", "2026-02-01T00:00:00.000Z"],
    ["YMD", "01-02-26", "2001-02-26T00:00:00.000Z"],
    ["DMY", "31.12.69", "2069-12-31T00:00:00.000Z"],
    ["DMY", "31.12.70", "1970-12-31T00:00:00.000Z"],
  ] as const)("reads %s dates: %s", (order, text, time) => {
    expect(readTime(text, { ...utc, order })).toBe(time);
    expect(readTime(text, { ...utc, order, given: true })).toBe(time);
    expect(readTime(text, { ...utc, format: order })).toBe(time);
  });

  test("a date that fits another order than the given one is refused", () => {
    expect(readTime("02/14/2026", { ...utc, order: "DMY", given: true })).toEqual({
      fault: "date_format",
    });
    expect(readTime("02/14/2026", { ...utc, order: "DMY" })).toBe("2026-02-14T00:00:00.000Z");
  });

  test("a time without zone is in the import's zone, summer and winter", () => {
    expect(readTime("2026-07-01T12:00", amsterdam)).toBe("2026-07-01T10:00:00.000Z");
    expect(readTime("2026-01-01T12:00", amsterdam)).toBe("2026-01-01T11:00:00.000Z");
  });

  test("an hour that comes twice is the first, one that is skipped moves on", () => {
    expect(readTime("2026-10-25T02:30", amsterdam)).toBe("2026-10-25T00:30:00.000Z");
    expect(readTime("2026-03-29T02:30", amsterdam)).toBe("2026-03-29T01:30:00.000Z");
  });

  test.each([
    ["DD/MM/YYYY", "01/02/2026", "2026-02-01T00:00:00.000Z"],
    ["M/D/YY H:mm", "2/1/26 9:05", "2026-02-01T09:05:00.000Z"],
    ["DD.MM.YYYY HH:mm:ss", "24.12.2025 18:30:15", "2025-12-24T18:30:15.000Z"],
    ["YYYYMMDD", "20260201", "2026-02-01T00:00:00.000Z"],
    ["YYYYMMDDHHmmss", "20260201093015", "2026-02-01T09:30:15.000Z"],
    ["D MMM YYYY", "1 Feb 2026", "2026-02-01T00:00:00.000Z"],
    ["DD-MMM-YY", "01-FEB-26", "2026-02-01T00:00:00.000Z"],
    ["MMMM D, YYYY", "September 1, 2026", "2026-09-01T00:00:00.000Z"],
    ["M/D/YYYY h:mm A", "2/1/2026 12:05 AM", "2026-02-01T00:05:00.000Z"],
    ["M/D/YYYY h:mm:ss A", "2/1/2026 1:05:09 p.m.", "2026-02-01T13:05:09.000Z"],
    ["DD/MM/YYYY HH:mm:ss.SSSZ", "01/02/2026 10:00:00.25+0100", "2026-02-01T09:00:00.250Z"],
    ["[on] DD.MM.YYYY", "on 01.02.2026", "2026-02-01T00:00:00.000Z"],
    ["DDMMMYYYY", "01FEB2026", "2026-02-01T00:00:00.000Z"],
    ["D/M/YYYY hA", "1/2/2026 3PM", "2026-02-01T15:00:00.000Z"],
  ])("reads %s by its format", (format, text, time) => {
    expect(readTime(text, { ...utc, format })).toBe(time);
  });

  test("a given format still takes ISO times, and refuses days that do not exist", () => {
    const style = { ...utc, format: "DD/MM/YYYY" };
    expect(readTime("2026-02-01", style)).toBe("2026-02-01T00:00:00.000Z");
    expect(readTime("31/04/2026", style)).toEqual({ fault: "date_format" });
  });
});

test("month names of the locale are read besides the English ones", () => {
  const german = { ...utc, format: "D. MMMM YYYY", locale: "de-DE" };
  expect(readTime("1. März 2026", german)).toBe("2026-03-01T00:00:00.000Z");
  expect(readTime("1. March 2026", german)).toBe("2026-03-01T00:00:00.000Z");
  expect(readTime("1. März 2026", { ...german, locale: undefined })).toEqual({
    fault: "date_format",
  });
});

test.each(["13:05 PM", "0:05 AM", "25:00"])("refuses the time of day %s", (clock) => {
  const [time = "", half] = clock.split(" ");
  const format = half === undefined ? "DD/MM/YYYY H:mm" : "DD/MM/YYYY h:mm A";
  const text = half === undefined ? `01/02/2026 ${time}` : `01/02/2026 ${time} ${half}`;
  expect(readTime(text, { ...utc, format })).toEqual({ fault: "date_format" });
});

describe("ordersOf", () => {
  test.each([
    ["14/02/2026", { orders: 0b001, depends: false }],
    ["02/14/2026", { orders: 0b010, depends: false }],
    ["01/02/2026", { orders: 0b011, depends: true }],
    ["02/02/2026", { orders: 0b011, depends: false }],
    ["99/12/31", { orders: 0b100, depends: true }],
    ["12/31/25", { orders: 0b010, depends: true }],
    ["2026/01/02", undefined],
    ["2026-01-02", undefined],
    ["31/02/2026", undefined],
    ["soon", undefined],
  ])("%s", (text, shown) => {
    expect(ordersOf(text)).toEqual(shown);
  });
});

describe("readDay", () => {
  const amsterdamDays = { ...amsterdam, format: "DD.MM.YYYY" };

  test.each([
    ["2026-03-01", "2026-03-01"],
    ["2026-03-01T00:00:00.000Z", "2026-03-01"],
    ["01.03.2026", "2026-03-01"],
  ])("reads %s as the day that is written, whatever the zone", (text, day) => {
    expect(readDay(text, amsterdamDays)).toBe(day);
  });

  test.each(["2026-02-30", "2026-03-01T10:00:00Z", "30.02.2026", "soon", "infinity"])(
    "refuses %s",
    (text) => {
      expect(readDay(text, amsterdamDays)).toEqual({ fault: "date_format" });
    },
  );

  test("refuses days whose order nobody knows", () => {
    expect(readDay("01/02/2026", utc)).toEqual({
      fault: "date_ambiguous",
      may: ["2026-02-01", "2026-01-02"],
    });
  });
});

test.each(["DD/MM/YYYY", "D.M.YY H:mm", "YYYYMMDD", "MMM D, YYYY", "DMY", "MDY", "YMD"])(
  "%s is a date format",
  (format) => {
    expect(isDateFormat(format)).toBe(true);
  },
);

test.each(["MM/YYYY", "DD/DD/MM/YYYY", "YYYYMD", "dd/mm/yyyy", "YDM", ""])(
  "%s is none: a year, a month and a day each once, told apart",
  (format) => {
    expect(isDateFormat(format)).toBe(false);
  },
);
