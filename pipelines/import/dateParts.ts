/**
 * A date written with numbers, taken apart without deciding which number is the day: that is the order of its column
 * (DMY, MDY or YMD). Days that do not exist are none. Pure.
 */

/** Which number comes first. */
export type DateOrder = "DMY" | "MDY" | "YMD";
export const DATE_ORDERS = ["DMY", "MDY", "YMD"] as const;

/** True for one of the three orders. */
export function isDateOrder(text: string): text is DateOrder {
  return (DATE_ORDERS as readonly string[]).includes(text);
}

/** A time in pieces of text; what is missing is zero. */
export interface DateParts {
  readonly year?: string | undefined;
  readonly month?: string | undefined;
  readonly day?: string | undefined;
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  /** AM or PM; the hour is then 1 to 12. */
  readonly half?: string | undefined;
  /** Z or +02:00; without it the time is in the import's zone. */
  readonly offset?: string | undefined;
}

/** A time on the wall, with its distance from UTC where it was written. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  readonly offset: string | undefined;
}

/** Years of two digits from here on are of the last century. */
const PIVOT_YEAR = 70;

/** The time that the parts make; undefined for a day, hour or offset that does not exist. */
export function wallTime(parts: DateParts): WallTime | undefined {
  const hour = hourOf(parts);
  const wall = {
    year: yearOf(parts.year ?? ""),
    month: Number(parts.month),
    day: Number(parts.day),
    hour: hour ?? 24,
    minute: Number(parts.minute ?? "0"),
    second: Number(parts.second ?? "0"),
    ms: Number((parts.fraction ?? "").padEnd(3, "0").slice(0, 3)),
    offset: parts.offset,
  };
  const isReal = isRealDay(wall.year, wall.month, wall.day);
  return isReal && wall.hour < 24 && wall.minute < 60 && wall.second < 60 ? wall : undefined;
}

function yearOf(text: string): number {
  const year = Number(text);
  if (text.length !== 2) return year;
  return year + (year < PIVOT_YEAR ? 2_000 : 1_900);
}

function hourOf({ hour = "0", half }: DateParts): number | undefined {
  if (half === undefined) return Number(hour);
  const twelve = Number(hour);
  if (twelve < 1 || twelve > 12) return undefined;
  return (twelve % 12) + (half.toLowerCase().startsWith("p") ? 12 : 0);
}

const LONG_MONTHS = [1, 3, 5, 7, 8, 10, 12];

/** True for a day of the Gregorian calendar from the year 100 on (before it Date.UTC means another century). */
function isRealDay(year: number, month: number, day: number): boolean {
  if (year < 100 || month < 1 || month > 12 || day < 1) return false;
  if (month !== 2) return day <= (LONG_MONTHS.includes(month) ? 31 : 30);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (isLeap ? 29 : 28);
}

/** A date of three numbers: what it is under each order that makes a real day of it. */
export interface DateReadings {
  readonly byOrder: Readonly<Record<DateOrder, WallTime | undefined>>;
  /** The orders that make a real day of it, as bits by their place in DATE_ORDERS. */
  readonly orders: number;
  /** True where the year stands first in four digits: it says nothing of the order of day and month elsewhere. */
  readonly isYearFirst: boolean;
  /** The time that the text means whatever its order; a year of two digits is certain in no text by itself. */
  readonly certain: WallTime | undefined;
}

const TIME =
  "(?:,?[ T]\\s*(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?(?:\\s*([AaPp]\\.?[Mm]\\.?))?\\s*(Z|[+-]\\d{2}:?\\d{2})?)?";
const NUMERIC = new RegExp(`^(\\d{1,4})([/.-])\\s?(\\d{1,2})\\2\\s?(\\d{1,4})\\.?${TIME}$`);
const DAY_FIRST = new RegExp(`^(\\d{1,2})[ .-]\\s?([A-Za-z]{3,9})\\.?(,?)[ -](\\d{4})${TIME}$`);
const MONTH_FIRST = new RegExp(`^([A-Za-z]{3,9})\\.? (\\d{1,2})(,?) (\\d{4})${TIME}$`);

/** The last text that was taken apart: a cell is looked at once as evidence and once to be read. */
let last: { readonly text: string; readonly readings: DateReadings | undefined } | undefined;

/** Takes a date of three numbers apart ("1/2/2026 9:05 PM"); undefined where the text is none. */
export function dateReadings(text: string): DateReadings | undefined {
  if (last?.text !== text) last = { text, readings: takeApart(text) };
  return last.readings;
}

function takeApart(text: string): DateReadings | undefined {
  const match = NUMERIC.exec(text);
  if (match === null) return undefined;
  // (by index: taking a match apart as a list costs more than all the rest)
  const first = match[1] ?? "";
  const second = match[3] ?? "";
  const third = match[4] ?? "";
  const time = wallTime(timeParts(match, { year: "2000", month: "1", day: "1" }));
  if (time === undefined) return NO_READINGS;
  const wallOf = (year: string, month: string, day: string) =>
    isYear(year) && month.length <= 2 && day.length <= 2
      ? onDay(time, { year: yearOf(year), month: Number(month), day: Number(day) })
      : undefined;
  const isYearFirst = first.length === 4;
  const byOrder = {
    DMY: isYearFirst ? undefined : wallOf(third, second, first),
    MDY: isYearFirst ? undefined : wallOf(third, first, second),
    YMD: wallOf(first, second, third),
  };
  const isShort = !isYearFirst && third.length !== 4;
  return { byOrder, isYearFirst, ...judge(byOrder, isShort) };
}

/** Of a text whose time of day does not exist. */
const NO_READINGS: DateReadings = {
  byOrder: { DMY: undefined, MDY: undefined, YMD: undefined },
  orders: 0,
  isYearFirst: false,
  certain: undefined,
};

function onDay(
  { hour, minute, second, ms, offset }: WallTime,
  { year, month, day }: Pick<WallTime, "year" | "month" | "day">,
): WallTime | undefined {
  if (!isRealDay(year, month, day)) return undefined;
  return { year, month, day, hour, minute, second, ms, offset };
}

function judge(
  byOrder: DateReadings["byOrder"],
  isShort: boolean,
): Pick<DateReadings, "orders" | "certain"> {
  let orders = 0;
  let certain: WallTime | undefined;
  let isOne = true;
  let bit = 1;
  for (const order of DATE_ORDERS) {
    const wall = byOrder[order];
    if (wall !== undefined) orders |= bit;
    bit <<= 1;
    if (wall === undefined) continue;
    if (certain !== undefined && !isSameDay(certain, wall)) isOne = false;
    certain = wall;
  }
  return { orders, certain: isOne && !isShort ? certain : undefined };
}

function isSameDay(one: WallTime, other: WallTime): boolean {
  return one.day === other.day && one.month === other.month && one.year === other.year;
}

function isYear(text: string): boolean {
  return text.length === 4 || text.length === 2;
}

/** The day with the time of the match, whose groups begin at the fifth. */
function timeParts(
  match: RegExpExecArray,
  { year, month, day }: { readonly year: string; readonly month: string; readonly day: string },
): DateParts {
  return {
    year,
    month,
    day,
    hour: match[5],
    minute: match[6],
    second: match[7],
    fraction: match[8],
    half: match[9],
    offset: match[10],
  };
}

/** A date with an English month name and a year of four digits, which can be read in one way only ("1 Feb 2026", "Feb 1, 2026"). */
export function namedDate(text: string): WallTime | undefined {
  const dayFirst = DAY_FIRST.exec(text);
  const match = dayFirst ?? MONTH_FIRST.exec(text);
  if (match === null) return undefined;
  const [, one = "", two = "", , year = ""] = match;
  const [day, name] = dayFirst === null ? [two, one] : [one, two];
  const month = monthByName(name, undefined);
  if (month === undefined) return undefined;
  return wallTime(timeParts(match, { year, month: String(month), day }));
}

const namesOf = new Map<string, ReadonlyMap<string, number>>();

/** The month (1 to 12) of an English name, whole or cut to three letters, or of a name in the locale's own language. */
export function monthByName(name: string, locale: string | undefined): number | undefined {
  const plain = plainName(name);
  return (
    monthNames("en").get(plain) ??
    (locale === undefined ? undefined : monthNames(locale).get(plain))
  );
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function monthNames(locale: string): ReadonlyMap<string, number> {
  const known = namesOf.get(locale);
  if (known !== undefined) return known;
  const names = new Map<string, number>();
  for (const form of ["long", "short"] as const) {
    const format = new Intl.DateTimeFormat(locale, {
      calendar: "gregory",
      day: "numeric",
      month: form,
      timeZone: "UTC",
    });
    for (let month = 1; month <= 12; month += 1) {
      const parts = format.formatToParts(Date.UTC(2_026, month - 1, 1));
      const name = parts.find((part) => part.type === "month")?.value ?? "";
      names.set(plainName(name), month);
    }
  }
  if (locale === "en") names.set("sept", 9);
  if (namesOf.size < 1_000) namesOf.set(locale, names);
  return names;
}
