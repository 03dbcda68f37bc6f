/** Numbers as people write them: read exactly where their meaning is certain, refused where it is not. */
import { describe, expect, test } from "vitest";
import { evidenceOf, readNumber } from "../../../pipelines/import/readNumber.ts";

const assumed = { decimal: ".", evident: false } as const;
const dot = { decimal: ".", evident: true } as const;
const comma = { decimal: ",", evident: true } as const;

describe("readNumber", () => {
  test.each([
    ["12", "12"],
    ["-0.5", "-0.5"],
    ["\u22125", "-5"],
    ["00123", "00123"],
    ["1 234", "1234"],
    ["1\u00a0234.5", "1234.5"],
    ["1'234'567.25", "1234567.25"],
    ["1,234.56", "1234.56"],
  ])("reads %s without knowing the file", (text, number) => {
    expect(readNumber(text, assumed)).toBe(number);
  });

  test.each(["1,234", "1,5", "1.234,56", "12,50"])("refuses %s as ambiguous", (text) => {
    expect(readNumber(text, assumed)).toEqual({ fault: "number_ambiguous" });
  });

  test.each(["abc", "1e5", "(5)", "١٢٣", "1.2.3", "", "12-", "0x10", "1,23,456", "--1"])(
    "refuses %s as no number",
    (text) => {
      expect(readNumber(text, dot)).toEqual({ fault: "not_a_number" });
    },
  );

  test.each([
    ["1,5", "1.5"],
    ["1.234,56", "1234.56"],
    ["1.234", "1234"],
    ["1 234,5", "1234.5"],
  ])("reads %s in a file with decimal commas", (text, number) => {
    expect(readNumber(text, comma)).toBe(number);
  });

  test("a decimal dot in a file with decimal commas is ambiguous", () => {
    expect(readNumber("12.5", comma)).toEqual({ fault: "number_ambiguous" });
  });

  test("a comma groups digits only where the file shows that it does", () => {
    expect(readNumber("1,234", dot)).toBe("1234");
  });
});

describe("evidenceOf", () => {
  test.each([
    ["1.5", "."],
    ["0,25", ","],
    ["1.234,5", ","],
    ["1,234.5", "."],
    ["1.234", undefined],
    ["1,234", undefined],
    ["12", undefined],
  ])("%s shows %s", (text, sign) => {
    expect(evidenceOf(text)).toBe(sign);
  });
});
