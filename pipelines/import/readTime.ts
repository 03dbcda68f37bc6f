/**
 * Times as files carry them: RFC 3339, ISO date and time without a zone (then in the import's time zone), or a given format.
 * Days that do not exist are refused; "01/02/2026" without a format is refused as ambiguous. Pure but for Intl's zone tables.
 */

/** How times of a file are written. */
export interface TimeStyle {
  /** Made of YYYY, YY, MM, M, DD, D, HH, H, mm, ss and signs between them; undefined means ISO only. */
  readonly format: string | undefined;
  /** IANA zone of times that name none. */
  readonly timeZone: string;
}

export type TimeFault = "date_format" | "date_ambiguous";

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/;
const SLASHED = /^\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b/;

interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

/** The time in UTC as RFC 3339 with milliseconds, or why the text is none. */
export function readTime(text: string, style: TimeStyle): string | { fault: TimeFault } {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const wall = wallTime(iso.slice(1, 7), iso[7]);
    if (wall === undefined) return { fault: "date_format" };
    return iso[8] === undefined ? inZone(wall, style.timeZone) : atOffset(wall, iso[8]);
  }
  if (style.format !== undefined) {
    const wall = byFormat(text, style.format);
    return wall === undefined ? { fault: "date_format" } : inZone(wall, style.timeZone);
  }
  return { fault: SLASHED.test(text) ? "date_ambiguous" : "date_format" };
}

/** The calendar day (YYYY-MM-DD) in whatever zone it was written, or why the text is none. A time of day must be midnight. */
export function readDay(text: string, style: TimeStyle): string | { fault: TimeFault } {
  const iso = ISO.exec(text);
  if (iso === null && style.format === undefined) {
    return { fault: SLASHED.test(text) ? "date_ambiguous" : "date_format" };
  }
  const wall =
    iso === null ? byFormat(text, style.format ?? "") : wallTime(iso.slice(1, 7), iso[7]);
  const isMidnight = wall !== undefined && wall.hour + wall.minute + wall.second + wall.ms === 0;
  return isMidnight ? new Date(utcOf(wall)).toISOString().slice(0, 10) : { fault: "date_format" };
}

/** The wall time of texts for year, month, day, hour, minute, second; undefined for a day or hour that does not exist. */
function wallTime(parts: readonly (string | undefined)[], fraction?: string): WallTime | undefined {
  const at = (place: number) => Number(parts[place] ?? "0");
  const [year, month, day] = [at(0), at(1), at(2)];
  const [hour, minute, second] = [at(3), at(4), at(5)];
  if (!isRealDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  return { year, month, day, hour, minute, second, ms };
}

const LONG_MONTHS = [1, 3, 5, 7, 8, 10, 12];

/** True for a day of the Gregorian calendar from the year 100 on (before it Date.UTC means another century). */
function isRealDay(year: number, month: number, day: number): boolean {
  if (year < 100 || month < 1 || month > 12 || day < 1) return false;
  if (month !== 2) return day <= (LONG_MONTHS.includes(month) ? 31 : 30);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (isLeap ? 29 : 28);
}

function utcOf(wall: WallTime): number {
  const { year, month, day, hour, minute, second, ms } = wall;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

function atOffset(wall: WallTime, offset: string): string | { fault: TimeFault } {
  if (/^z$/i.test(offset)) return new Date(utcOf(wall)).toISOString();
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 23 || minutes > 59) return { fault: "date_format" };
  const sign = offset.startsWith("-") ? -1 : 1;
  return new Date(utcOf(wall) - sign * (hours * 60 + minutes) * 60_000).toISOString();
}

/** A time that daylight saving skips moves on by the gap; one that it repeats is the first of the two. */
function inZone(wall: WallTime, timeZone: string): string {
  const asUtc = utcOf(wall);
  if (timeZone === "UTC") return new Date(asUtc).toISOString();
  const earlier = asUtc - zoneOffsetMs(asUtc - 86_400_000, timeZone);
  const later = asUtc - zoneOffsetMs(asUtc + 86_400_000, timeZone);
  const fits = [earlier, later].filter((time) => time + zoneOffsetMs(time, timeZone) === asUtc);
  return new Date(fits.length === 0 ? earlier : Math.min(...fits)).toISOString();
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formatters.set(timeZone, made);
  return made;
}

/** Offset of the zone from UTC at a time, in milliseconds. */
function zoneOffsetMs(time: number, timeZone: string): number {
  const whole = Math.floor(time / 1_000) * 1_000;
  const parts = new Map<string, number>(
    formatterOf(timeZone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: string) => parts.get(type) ?? 0;
  const shown = Date.UTC(
    of("year"),
    of("month") - 1,
    of("day"),
    of("hour"),
    of("minute"),
    of("second"),
  );
  return shown - whole;
}

/** True where Intl knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false; // RangeError: Intl does not know the name
  }
}

const TOKENS: Readonly<Record<string, { readonly at: number; readonly pattern: string }>> = {
  YYYY: { at: 0, pattern: "(\\d{4})" },
  YY: { at: 0, pattern: "(\\d{2})" },
  MM: { at: 1, pattern: "(\\d{1,2})" },
  M: { at: 1, pattern: "(\\d{1,2})" },
  DD: { at: 2, pattern: "(\\d{1,2})" },
  D: { at: 2, pattern: "(\\d{1,2})" },
  HH: { at: 3, pattern: "(\\d{1,2})" },
  H: { at: 3, pattern: "(\\d{1,2})" },
  mm: { at: 4, pattern: "(\\d{2})" },
  ss: { at: 5, pattern: "(\\d{2})" },
};
const TOKEN = /YYYY|YY|MM|M|DD|D|HH|H|mm|ss/g;

interface CompiledFormat {
  readonly pattern: RegExp;
  /** For each group: which part of the time it is. */
  readonly places: readonly number[];
}

const compiled = new Map<string, CompiledFormat | undefined>();

/** True where the format names a year, a month and a day, each once. */
export function isDateFormat(format: string): boolean {
  return compile(format) !== undefined;
}

function compile(format: string): CompiledFormat | undefined {
  if (compiled.has(format)) return compiled.get(format);
  const places: number[] = [];
  let source = "";
  let from = 0;
  for (const match of format.matchAll(TOKEN)) {
    const token = TOKENS[match[0]];
    if (token === undefined) continue;
    source += escapeSigns(format.slice(from, match.index)) + token.pattern;
    places.push(token.at);
    from = match.index + match[0].length;
  }
  source += escapeSigns(format.slice(from));
  const isWhole = [0, 1, 2].every((place) => places.includes(place));
  const isSingle = new Set(places).size === places.length;
  const made = isWhole && isSingle ? { pattern: new RegExp(`^${source}$`), places } : undefined;
  if (compiled.size < 1_000) compiled.set(format, made);
  return made;
}

function escapeSigns(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

function byFormat(text: string, format: string): WallTime | undefined {
  const made = compile(format);
  const match = made?.pattern.exec(text);
  if (made === undefined || match === null || match === undefined) return undefined;
  const parts: (string | undefined)[] = [undefined, undefined, undefined, "0", "0", "0"];
  for (const [nth, place] of made.places.entries()) parts[place] = match[nth + 1];
  const [year = ""] = parts;
  if (year.length === 2) parts[0] = String(Number(year) + (Number(year) < 70 ? 2_000 : 1_900));
  return wallTime(parts);
}
