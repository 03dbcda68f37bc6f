/**
 * What a cell may hold: one reader a kind of value, each answering the value in its one stored form or a fault.
 * Exact: nothing is rounded, cut or guessed. Pure.
 */
import { formatQuantity, parseQuantity, quantityExpectation } from "../../domain/quantity.ts";
import { isTimeZone } from "../../domain/timeZones.ts";
import { type NumberFault, type NumberStyle, readNumber } from "./readNumber.ts";
import { readDay, readTime, type TimeFault, type TimeStyle } from "./readTime.ts";

/** How a column writes its numbers and times. */
export interface CellStyle {
  readonly number: NumberStyle;
  readonly time: TimeStyle;
}

export interface CellFault {
  readonly code: string;
  /** What was expected, for the sentence. */
  readonly expected: string;
  readonly mend?: string;
}

/** Reads a trimmed cell that is not empty; `isNumeric`: the cell is a number by its own type (XLSX), written with a dot. */
export type CellFormat = (text: string, style: CellStyle, isNumeric: boolean) => string | CellFault;

const CODE_CHARS_MAX = 100;
const CONTROL_OR_INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const SCIENTIFIC = /^[+-]?\d([.,]\d+)?[eE]\+\d+$/;
const PLAIN_CODE = /^[A-Za-z0-9._/-]+$/;

/** A SKU or code: NFC, 1 to 100 visible characters; what a spreadsheet turned into a scientific number is refused. */
export const code: CellFormat = (text) => {
  if (SCIENTIFIC.test(text)) {
    return {
      code: "excel_mangled",
      expected: "the code itself, which a spreadsheet has turned into a rounded number",
      mend: "format the column as text and enter it again",
    };
  }
  if (text.length <= CODE_CHARS_MAX && PLAIN_CODE.test(text)) return text;
  const normal = text.normalize("NFC");
  if (normal.length <= CODE_CHARS_MAX && !CONTROL_OR_INVISIBLE.test(normal)) return normal;
  return {
    code: "code_format",
    expected: `1 to ${CODE_CHARS_MAX} visible characters; ${whatIsWrong(normal)}`,
  };
};

function whatIsWrong(code: string): string {
  const hidden = CONTROL_OR_INVISIBLE.exec(code)?.[0]?.codePointAt(0);
  if (hidden === undefined) return `it has ${code.length}`;
  return `it holds the invisible character U+${hidden.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Free text up to a length. */
export function text(charsMax: number): CellFormat {
  return (value) =>
    value.length <= charsMax
      ? value
      : { code: "too_long", expected: `at most ${charsMax} characters` };
}

const NUMBER_CODES = {
  not_a_decimal: "out_of_range", // what was read is a decimal: only its length is wrong
  too_many_decimals: "too_many_decimals",
  out_of_range: "out_of_range",
} as const;

const CANONICAL: NumberStyle = { decimal: ".", given: true };

/** The words of a number that can't be read; `expected` where the format wants more than a number. */
function numberFault(
  fault: NumberFault,
  expected = 'a number such as "12", "-0.5" or "1,234.56"',
): CellFault {
  switch (fault.fault) {
    case "number_ambiguous":
      return ambiguousNumber(fault.may);
    case "percent":
      return { code: "not_a_number", expected: "a number without a percent sign: 15 % is 0.15" };
    case "not_a_number":
      return { code: "not_a_number", expected };
  }
}

function ambiguousNumber(may: readonly string[]): CellFault {
  const code = "number_ambiguous";
  if (may.length > 1) {
    return {
      code,
      expected: `a number whose decimal sign is certain: it may be ${may.join(" or ")}`,
      mend: 'set mapping.options.decimal to "." or ","',
    };
  }
  return {
    code,
    expected: `a number with the decimal sign that the mapping gives; with the other one it is ${may.join()}`,
    mend: "write it so, or mend mapping.options",
  };
}

const SHORT_WHOLE = /^-?[1-9]\d{0,13}$/;

/** A decimal number of up to 4 decimals, with its sign. */
export const quantity: CellFormat = (value, style, isNumeric) => {
  if (SHORT_WHOLE.test(value)) return value;
  const plain = readNumber(value, isNumeric ? CANONICAL : style.number);
  if (typeof plain !== "string") return numberFault(plain);
  const parsed = parseQuantity(plain);
  if (typeof parsed === "bigint") return formatQuantity(parsed);
  const fault = parsed === "not_a_decimal" ? "out_of_range" : parsed;
  return { code: NUMBER_CODES[parsed], expected: quantityExpectation(fault) };
};

/** A number of zero or more: a quantity limit, a price, a cost. */
export const nonNegative: CellFormat = (value, style, isNumeric) => {
  const read = quantity(value, style, isNumeric);
  if (typeof read !== "string" || !read.startsWith("-")) return read;
  return { code: "negative", expected: "a number of 0 or more" };
};

/** A number greater than zero. */
export const positive: CellFormat = (value, style, isNumeric) => {
  const read = quantity(value, style, isNumeric);
  if (typeof read !== "string" || !(read.startsWith("-") || read === "0")) return read;
  return { code: "not_positive", expected: "a number greater than 0" };
};

/** A whole number within bounds. */
export function whole(min: number, max: number): CellFormat {
  const expected = `a whole number from ${min} to ${max}`;
  return (value, style, isNumeric) => {
    const plain = readNumber(value, isNumeric ? CANONICAL : style.number);
    if (typeof plain !== "string") return numberFault(plain, expected);
    if (!/^-?\d+(?:\.0+)?$/.test(plain)) return { code: "not_a_number", expected };
    const number = Number(plain);
    const isInside = number >= min && number <= max;
    return isInside ? String(number === 0 ? 0 : number) : { code: "out_of_range", expected };
  };
}

/** A decimal number strictly or loosely between two bounds, with a bounded number of decimals. */
export function between(options: {
  readonly min: number;
  readonly max: number;
  readonly decimalsMax: number;
  /** True: the bounds themselves are refused. */
  readonly open: boolean;
}): CellFormat {
  const { min, max, decimalsMax, open } = options;
  const expected = `a number from ${min} to ${max}${open ? ", both excluded," : ""} with at most ${decimalsMax} decimals`;
  return (value, style, isNumeric) => {
    const plain = readNumber(value, isNumeric ? CANONICAL : style.number);
    if (typeof plain !== "string") return numberFault(plain, expected);
    const decimals = plain.split(".")[1]?.replace(/0+$/, "").length ?? 0;
    if (decimals > decimalsMax) return { code: "too_many_decimals", expected };
    const number = Number(plain);
    const inside = open ? number > min && number < max : number >= min && number <= max;
    return inside ? plain : { code: "out_of_range", expected };
  };
}

/** One of a closed list, in any case. */
export function oneOf(values: readonly string[]): CellFormat {
  const known = new Set(values);
  const expected = `one of ${values.join(", ")}`;
  return (value) => {
    const lower = value.toLowerCase();
    return known.has(lower) ? lower : { code: "not_allowed", expected };
  };
}

const TRUE = new Set(["true", "yes", "y", "t", "1", "x"]);
const FALSE = new Set(["false", "no", "n", "f", "0"]);

/** Yes or no. */
export const truth: CellFormat = (value) => {
  const lower = value.toLowerCase();
  if (TRUE.has(lower)) return "true";
  if (FALSE.has(lower)) return "false";
  return { code: "not_allowed", expected: "true or false (also yes, no, 1, 0)" };
};

/** An ISO 4217 code, in any case. */
export const currency: CellFormat = (value) => {
  const upper = value.toUpperCase();
  if (/^[A-Z]{3}$/.test(upper)) return upper;
  return { code: "currency_format", expected: "an ISO 4217 code such as EUR" };
};

/** A time; stored in UTC. */
export const time: CellFormat = (value, style) => {
  const read = readTime(value, style.time);
  if (typeof read === "string") return read;
  const iso = "2026-03-01T12:00:00Z or 2026-03-01";
  return timeFault(read, { value, style, expected: `a time that exists, such as ${iso}` });
};

/** A calendar day, YYYY-MM-DD; a time of day other than midnight is refused. */
export const day: CellFormat = (value, style) => {
  const read = readDay(value, style.time);
  if (typeof read === "string") return read;
  return timeFault(read, { value, style, expected: "a calendar day such as 2026-03-01" });
};

function timeFault(
  fault: TimeFault,
  cell: { readonly value: string; readonly style: CellStyle; readonly expected: string },
): CellFault {
  if (fault.fault === "date_ambiguous") {
    return {
      code: "date_ambiguous",
      expected: `a date whose order of day and month is certain: it may be ${fault.may.join(" or ")}`,
      mend: 'set mapping.options.date_format, for example to "DD/MM/YYYY" or "DMY", or write the date as 2026-02-01',
    };
  }
  const { format, order, given } = cell.style.time;
  const shown = format ?? (given ? order : undefined);
  const expected = cell.expected + (shown === undefined ? "" : ` or ${shown}`);
  const mend = bareNumberHint(cell.value);
  return { code: "date_format", expected, ...(mend === undefined ? {} : { mend }) };
}

/** What a bare number in a column of dates most likely is. */
function bareNumberHint(value: string): string | undefined {
  if (/^(19|20)\d{6}$/.test(value)) {
    return 'where all dates are written so, set mapping.options.date_format to "YYYYMMDD"';
  }
  return /^\d{1,6}([.,]\d+)?$/.test(value)
    ? "it may be the number that a spreadsheet keeps for a day: format the column as a date and save it again"
    : undefined;
}

/** An IANA time zone. */
export const timeZone: CellFormat = (value) =>
  isTimeZone(value)
    ? value
    : { code: "not_allowed", expected: "an IANA time zone such as Europe/Amsterdam" };

/** A UUID, lower case. */
export const uuid: CellFormat = (value) =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? value.toLowerCase()
    : { code: "id_format", expected: "a UUID" };
