/** What a locale ("de-DE") says of numbers and dates, asked of Intl. Pure. */
import type { DateOrder } from "./dateParts.ts";
import type { DecimalSign } from "./readNumber.ts";

export interface LocaleStyle {
  /** Undefined where the locale writes neither a dot nor a comma. */
  readonly decimal: DecimalSign | undefined;
  /** Undefined where the locale writes another order than DMY, MDY and YMD. */
  readonly order: DateOrder | undefined;
}

/** True for a BCP 47 tag whose language Intl has data for. */
export function isLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length === 1;
  } catch {
    return false; // RangeError: no well-formed tag
  }
}

const known = new Map<string, LocaleStyle>();
const KNOWN_MAX = 1_000;

/** The style of a locale that isLocale has accepted, for Latin digits and the Gregorian calendar. */
export function localeStyle(tag: string): LocaleStyle {
  const found = known.get(tag);
  if (found !== undefined) return found;
  const made = { decimal: decimalOf(tag), order: orderOf(tag) };
  if (known.size < KNOWN_MAX) known.set(tag, made);
  return made;
}

function decimalOf(tag: string): DecimalSign | undefined {
  const parts = new Intl.NumberFormat(tag, { numberingSystem: "latn" }).formatToParts(1.5);
  const sign = parts.find((part) => part.type === "decimal")?.value;
  return sign === "." || sign === "," ? sign : undefined;
}

const LETTERS: Readonly<Record<string, string>> = { day: "D", month: "M", year: "Y" };

function orderOf(tag: string): DateOrder | undefined {
  const format = new Intl.DateTimeFormat(tag, {
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "numeric",
    day: "numeric",
  });
  const letters = format.formatToParts(0).map((part) => LETTERS[part.type] ?? "");
  const order = letters.join("");
  return order === "DMY" || order === "MDY" || order === "YMD" ? order : undefined;
}
