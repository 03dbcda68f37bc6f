/**
 * Numbers as people write them in files, read exactly or refused. A number that could be read with a decimal dot and with a
 * decimal comma, and would not be the same ("1,234"), is read only by a style that is given or that its whole column shows,
 * never guessed. Text arithmetic only. Pure.
 */
import { asciiNumber } from "./asciiNumber.ts";

export type DecimalSign = "." | ",";

/** How numbers of a column are written. */
export interface NumberStyle {
  /** Undefined: not known. */
  readonly decimal: DecimalSign | undefined;
  /** True where the sender says so: a number that fits only the other sign is refused. */
  readonly given: boolean;
}

export type NumberFault =
  | { readonly fault: "not_a_number" | "percent" }
  /** The two numbers that it may be; one where only the sign that was not given reads it. */
  | { readonly fault: "number_ambiguous"; readonly may: readonly string[] };

/** A number as plain decimal text ("-1234.5") under each decimal sign that reads it. */
export interface NumberReadings {
  readonly dot: string | undefined;
  readonly comma: string | undefined;
}

const PLAIN = /^-?\d+$/;
const PERCENT = /[%\u066a\u2030]/;

/** The number as plain decimal text ("-1234.5"), or why it can't be read. */
export function readNumber(text: string, style: NumberStyle): string | NumberFault {
  if (PLAIN.test(text)) return text;
  const { dot, comma } = numberReadings(text);
  if (dot === undefined && comma === undefined) {
    return { fault: PERCENT.test(text) ? "percent" : "not_a_number" };
  }
  return style.given
    ? readAsGiven(dot, comma, style.decimal)
    : readAsFound(dot, comma, style.decimal);
}

type Reading = string | undefined;

function readAsGiven(
  dot: Reading,
  comma: Reading,
  sign: DecimalSign | undefined,
): string | NumberFault {
  const [wanted, other] = sign === "," ? [comma, dot] : [dot, comma];
  return wanted ?? { fault: "number_ambiguous", may: other === undefined ? [] : [other] };
}

function readAsFound(
  dot: Reading,
  comma: Reading,
  sign: DecimalSign | undefined,
): string | NumberFault {
  if (dot === undefined || comma === undefined || dot === comma) return dot ?? comma ?? "";
  if (sign === undefined) return { fault: "number_ambiguous", may: [dot, comma] };
  return sign === "." ? dot : comma;
}

const NONE: NumberReadings = { dot: undefined, comma: undefined };
const EXPONENT = /^(\d+|\d*[.,]\d+)[eE]([+-]?\d{1,3})$/;
/** Spaces or apostrophes that group digits, the same one throughout; what follows can only be decimals. */
const SPACE_GROUPED = /^[1-9]\d{0,2}([ '’])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/;

/** As most machines write decimals; other digits after the dot than three group nothing. */
const DOT_DECIMAL = /^-?\d+\.(?:\d{1,2}|\d{4,})$/;

/** What the text is as a number under either decimal sign. */
export function numberReadings(text: string): NumberReadings {
  if (DOT_DECIMAL.test(text)) return { dot: text, comma: undefined };
  const ascii = asciiNumber(text);
  if (ascii === undefined) return NONE;
  const { negative, digits, isDotted } = ascii;
  const exponent = EXPONENT.exec(digits);
  const read =
    exponent === null
      ? readingsOf(digits)
      : shifted(readingsOf(exponent[1] ?? ""), Number(exponent[2]));
  const comma = isDotted ? undefined : read.comma;
  return negative ? { dot: negated(read.dot), comma: negated(comma) } : { dot: read.dot, comma };
}

function negated(number: string | undefined): string | undefined {
  return number === undefined ? undefined : `-${number}`;
}

function readingsOf(digits: string): NumberReadings {
  const bare = SPACE_GROUPED.test(digits) ? digits.replaceAll(/[ '’]/g, "") : digits;
  if (/^\d+$/.test(bare)) return { dot: bare, comma: bare };
  const isGroupedAlready = bare !== digits;
  return {
    dot: dotReading(bare, isGroupedAlready),
    comma: commaReading(bare, isGroupedAlready),
  };
}

/** A group sign never follows a lone zero: "0,123" can only have a decimal comma. */
const COMMA_GROUPED = /^(?!0,)\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
/** Lakh and crore: 12,34,567.89. */
const INDIAN_GROUPED = /^[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?$/;
const DOT_GROUPED = /^(?!0\.)\d{1,3}(?:\.\d{3})+(?:,\d+)?$/;

function dotReading(digits: string, isGroupedAlready: boolean): string | undefined {
  if (/^\d*\.\d+$/.test(digits)) return withWhole(digits);
  if (isGroupedAlready) return undefined;
  const isGrouped = COMMA_GROUPED.test(digits) || INDIAN_GROUPED.test(digits);
  return isGrouped ? digits.replaceAll(",", "") : undefined;
}

function commaReading(digits: string, isGroupedAlready: boolean): string | undefined {
  if (/^\d*,\d+$/.test(digits)) return withWhole(digits.replace(",", "."));
  if (isGroupedAlready || !DOT_GROUPED.test(digits)) return undefined;
  return digits.replaceAll(".", "").replace(",", ".");
}

function withWhole(decimal: string): string {
  return decimal.startsWith(".") ? `0${decimal}` : decimal;
}

function shifted({ dot, comma }: NumberReadings, places: number): NumberReadings {
  const shift = (number: string | undefined) =>
    number === undefined ? undefined : shiftPoint(number, places);
  return { dot: shift(dot), comma: shift(comma) };
}

/** The number times a power of ten, exactly. */
function shiftPoint(number: string, places: number): string {
  const [whole = "", fraction = ""] = number.split(".");
  const digits = whole + fraction;
  const point = whole.length + places;
  if (point >= digits.length) return digits + "0".repeat(point - digits.length);
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Decimal signs as bits. */
export const DOT = 1;
export const COMMA = 2;

/** The decimal signs under which the text is a number (bits), and whether the two readings differ. */
export function signsOf(text: string): { readonly signs: number; readonly differ: boolean } {
  if (PLAIN.test(text)) return EITHER;
  const { dot, comma } = numberReadings(text);
  const signs = (dot === undefined ? 0 : DOT) | (comma === undefined ? 0 : COMMA);
  return { signs, differ: signs === (DOT | COMMA) && dot !== comma };
}

const EITHER = { signs: DOT | COMMA, differ: false } as const;
