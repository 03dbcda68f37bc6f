/** Numbers as people write them: read exactly where their meaning is certain, by the column's style where it is not, or refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberReadings, readNumber, signsOf } from "../../../pipelines/import/readNumber.ts";

const unknown = { decimal: undefined, given: false } as const;
const dot = { decimal: ".", given: false } as const;
const comma = { decimal: ",", given: false } as const;
const givenDot = { decimal: ".", given: true } as const;
const givenComma = { decimal: ",", given: true } as const;

describe("a number that can be read in one way only", () => {
  test.each([
    ["12", "12"],
    ["+12", "12"],
    ["-0.5", "-0.5"],
    [".5", "0.5"],
    [",5", "0.5"],
    ["00123", "00123"],
    ["1,5", "1.5"],
    ["0,250", "0.250"],
    ["12,50", "12.50"],
    ["1234.567", "1234.567"],
    ["1,234.56", "1234.56"],
    ["1.234,56", "1234.56"],
    ["1,234,567", "1234567"],
    ["1.234.567", "1234567"],
    ["12,34,567.89", "1234567.89"],
    ["1,23,456", "123456"],
    ["1 234,56", "1234.56"],
    ["1\u00a0234.5", "1234.5"],
    ["1\u202f234\u202f567,8", "1234567.8"],
    ["1\u2009234,567", "1234.567"],
    ["1'234'567.25", "1234567.25"],
    ["1\u2019234", "1234"],
    ["1e3", "1000"],
    ["1E+3", "1000"],
    ["1.5e-3", "0.0015"],
    ["1,5e3", "1500"],
    ["25e-1", "2.5"],
  ])("reads %s as %s", (text, number) => {
    expect(readNumber(text, unknown)).toBe(number);
    expect(readNumber(text, dot)).toBe(number);
    expect(readNumber(text, comma)).toBe(number);
  });

  test.each([
    ["\u22125", "-5"],
    ["\uff0d5", "-5"],
    ["- 5", "-5"],
    ["5-", "-5"],
    ["(5)", "-5"],
    ["(1,234.50)", "-1234.50"],
    ["1.234,50-", "-1234.50"],
    ["1e2-", "-100"],
  ])("reads %s as the negative number %s", (text, number) => {
    expect(readNumber(text, unknown)).toBe(number);
  });

  test.each([
    ["\u20ac5", "5"],
    ["5 \u20ac", "5"],
    ["\u20ac 1.234,50", "1234.50"],
    ["$1,234.50", "1234.50"],
    ["-$5", "-5"],
    ["$-5", "-5"],
    ["($5.25)", "-5.25"],
    ["$(5.25)", "-5.25"],
    ["US$ 5", "5"],
    ["R$ 5,00", "5.00"],
    ["\u00a312", "12"],
    ["\uffe5 12", "12"],
    ["\u20b9 12,34,567", "1234567"],
    ["12 kr", "12"],
    ["12 kr.", "12"],
    ["12,50 z\u0142", "12.50"],
    ["CHF 1'000.50", "1000.50"],
    ["5 EUR", "5"],
    ["eur5", "5"],
  ])("takes the currency off %s", (text, number) => {
    expect(readNumber(text, unknown)).toBe(number);
  });

  test.each([
    ["\u0661\u0662\u0663", "123"],
    ["\u0661\u066c\u0662\u0663\u0664\u066b\u0665", "1234.5"],
    ["\u06f1\u06f2\u06f3", "123"],
    ["\u0967\u0968", "12"],
    ["\uff11\uff12\uff13\uff0e\uff15", "123.5"],
    ["\u200e12", "12"],
    ["\u{1d7cf}\u{1d7d0}", "12"],
  ])("reads the digits of other scripts in %s", (text, number) => {
    expect(readNumber(text, unknown)).toBe(number);
  });
});

describe("a number that could be read in two ways", () => {
  test.each([
    ["1,234", "1234", "1.234"],
    ["1.234", "1.234", "1234"],
    ["-12,345", "-12345", "-12.345"],
    ["\u20ac 1,234", "1234", "1.234"],
    ["012,345", "012345", "012.345"],
    ["1.234e2", "123.4", "123400"],
  ])("%s is %s with decimal dots and %s with decimal commas", (text, dotted, commaed) => {
    expect(readNumber(text, unknown)).toEqual({
      fault: "number_ambiguous",
      may: [dotted, commaed],
    });
    for (const style of [dot, givenDot]) expect(readNumber(text, style)).toBe(dotted);
    for (const style of [comma, givenComma]) expect(readNumber(text, style)).toBe(commaed);
    expect(signsOf(text)).toMatchObject({ differ: true });
  });

  test("one that fits only the sign that was not given is refused", () => {
    expect(readNumber("12.5", givenComma)).toEqual({ fault: "number_ambiguous", may: ["12.5"] });
    expect(readNumber("1,5", givenDot)).toEqual({ fault: "number_ambiguous", may: ["1.5"] });
  });
});

test.each([
  "abc",
  "",
  "-",
  "\u20ac",
  "NaN",
  "Infinity",
  "\u221e",
  "0x10",
  "0b1",
  "1.2.3",
  "1,2,3",
  "12.34.567",
  "--1",
  "-(5)",
  "(-5)",
  "-5-",
  "$5$",
  "5 pcs",
  "5kg",
  "5.",
  "1 23 4",
  "1 234'567",
  "0 123",
  "1_000",
  "1e",
  "e5",
  "1e1000",
  "1,234e3.5",
  "5\u00b2",
  "\u00bd",
  "\u2460",
  "1\u0662",
  "1/2",
  "=1+1",
])("%s is no number", (text) => {
  for (const style of [unknown, givenDot, givenComma]) {
    expect(readNumber(text, style)).toEqual({ fault: "not_a_number" });
  }
});

test.each(["15 %", "15%", "%15", "1,5 %", "\u066115\u066a", "5\u2030"])(
  "the percent sign of %s is named",
  (text) => {
    expect(readNumber(text, unknown)).toEqual({ fault: "percent" });
  },
);

describe("signsOf", () => {
  test.each([
    ["1.5", 1],
    ["0,25", 2],
    ["1.234,5", 2],
    ["1,234.5", 1],
    ["1.234", 3],
    ["1,234", 3],
    ["12", 3],
    ["abc", 0],
  ])("%s allows the signs %i", (text, signs) => {
    expect(signsOf(text).signs).toBe(signs);
  });
});

test("a number that Intl writes for a locale is read back exactly", () => {
  const locales = ["en-US", "de-DE", "fr-FR", "de-CH", "en-IN", "pl-PL", "ar-EG", "fa-IR", "hi-IN"];
  const scaled = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });
  fc.assert(
    fc.property(fc.constantFrom(...locales), scaled, (locale, value) => {
      const exact = `${value < 0n ? "-" : ""}${magnitudeOf(value)}`;
      const written = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(
        exact as `${number}`,
      );
      const { dot: dotted, comma: commaed } = numberReadings(written);
      expect([dotted, commaed].map(plain)).toContain(plain(exact));
    }),
    { numRuns: 2_000 },
  );
});

function magnitudeOf(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(5, "0");
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** Without needless zeros, so that texts of equal numbers are equal. */
function plain(number: string | undefined): string | undefined {
  const bare = number?.includes(".") === true ? number.replace(/\.?0+$/, "") : number;
  return bare === "-0" ? "0" : bare;
}
