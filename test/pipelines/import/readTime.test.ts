/** Times as files carry them: with a zone, in the import's zone, or by a given format; days that do not exist are refused. */
import { describe, expect, test } from "vitest";
import { isDateFormat, readDay, readTime } from "../../../pipelines/import/readTime.ts";

const utc = { format: undefined, timeZone: "UTC" };
const amsterdam = { format: undefined, timeZone: "Europe/Amsterdam" };

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

  test.each(["01/02/2026", "1.2.2026", "01-02-26"])("refuses %s as ambiguous", (text) => {
    expect(readTime(text, utc)).toEqual({ fault: "date_ambiguous" });
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
  ])("reads %s by its format", (format, text, time) => {
    expect(readTime(text, { format, timeZone: "UTC" })).toBe(time);
  });

  test("a given format still takes ISO times, and refuses days that do not exist", () => {
    const style = { format: "DD/MM/YYYY", timeZone: "UTC" };
    expect(readTime("2026-02-01", style)).toBe("2026-02-01T00:00:00.000Z");
    expect(readTime("31/04/2026", style)).toEqual({ fault: "date_format" });
  });
});

describe("readDay", () => {
  const amsterdamDays = { format: "DD.MM.YYYY", timeZone: "Europe/Amsterdam" };

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
    expect(readDay("01/02/2026", utc)).toEqual({ fault: "date_ambiguous" });
  });
});

test("a format needs a year, a month and a day, each once", () => {
  expect(isDateFormat("DD/MM/YYYY")).toBe(true);
  expect(isDateFormat("MM/YYYY")).toBe(false);
  expect(isDateFormat("DD/DD/MM/YYYY")).toBe(false);
});
