/**
 * Times as files carry them: RFC 3339, ISO date and time without a zone (then in the import's time zone), a given format, or
 * numbers whose order the column shows. Days that do not exist are refused; "01/02/2026" in a column whose order nobody knows
 * is refused as ambiguous. Pure but for Intl's zone tables.
 */
import { partsByFormat } from "./dateFormat.ts";
import {
  DATE_ORDERS,
  type DateOrder,
  type DateReadings,
  dateReadings,
  isDateOrder,
  namedDate,
  type WallTime,
  wallTime,
} from "./dateParts.ts";
import { atOffset, inZone, utcOf } from "./zonedTime.ts";

/** How times of a column are written. */
export interface TimeStyle {
  /** Made of YYYY, YY, MMMM, MMM, MM, M, DD, D, HH, H, hh, h, mm, ss, SSS, A, Z, signs and [words], or DMY, MDY, YMD. */
  readonly format: string | undefined;
  /** Order of dates that no format is given for; undefined: not known. */
  readonly order: DateOrder | undefined;
  /** True where the sender gives the order: dates that fit only another one are refused. */
  readonly given: boolean;
  /** IANA zone of times that name none. */
  readonly timeZone: string;
  /** Language of month names besides English. */
  readonly locale: string | undefined;
}

export type TimeFault =
  | { readonly fault: "date_format" }
  /** The days (YYYY-MM-DD) that it may be. */
  | { readonly fault: "date_ambiguous"; readonly may: readonly string[] };

/** As most machines write times: nothing needs to be worked out. */
const UTC_SECONDS =
  /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}Z$/;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/** The time in UTC as RFC 3339 with milliseconds, or why the text is none. */
export function readTime(text: string, style: TimeStyle): string | TimeFault {
  if (UTC_SECONDS.test(text)) return `${text.slice(0, 19)}.000Z`;
  const wall = readWall(text, style);
  if ("fault" in wall) return wall;
  if (wall.offset === undefined) return inZone(wall, style.timeZone);
  return atOffset(wall, wall.offset) ?? NO_DATE;
}

/** The calendar day (YYYY-MM-DD) in whatever zone it was written, or why the text is none. A time of day must be midnight. */
export function readDay(text: string, style: TimeStyle): string | TimeFault {
  const wall = readWall(text, style);
  if ("fault" in wall) return wall;
  return wall.hour + wall.minute + wall.second + wall.ms === 0 ? dayOf(wall) : NO_DATE;
}

/** The same time as ISO 8601, in the zone in which it was written; undefined where the text is none. */
export function isoText(text: string, style: TimeStyle): string | undefined {
  const wall = readWall(text, style);
  if ("fault" in wall) return undefined;
  const { offset } = wall;
  const time = new Date(utcOf(wall)).toISOString().slice(11, 23);
  const isDay = time === "00:00:00.000" && offset === undefined;
  return isDay ? dayOf(wall) : `${dayOf(wall)} ${time}${offset ?? ""}`;
}

const NO_DATE: TimeFault = { fault: "date_format" };

function dayOf(wall: WallTime): string {
  return new Date(utcOf(wall)).toISOString().slice(0, 10);
}

function readWall(text: string, style: TimeStyle): WallTime | TimeFault {
  const iso = ISO.exec(text);
  if (iso !== null) return isoWall(iso) ?? NO_DATE;
  const { format } = style;
  if (format !== undefined && !isDateOrder(format)) {
    const parts = partsByFormat(text, format, style.locale);
    return (parts === undefined ? undefined : wallTime(parts)) ?? NO_DATE;
  }
  const readings = dateReadings(text);
  if (readings === undefined) return namedDate(text) ?? NO_DATE;
  return format === undefined
    ? byOrder(readings, style)
    : byOrder(readings, { order: format, given: true });
}

function isoWall(iso: RegExpExecArray): WallTime | undefined {
  return wallTime({
    year: iso[1],
    month: iso[2],
    day: iso[3],
    hour: iso[4],
    minute: iso[5],
    second: iso[6],
    fraction: iso[7],
    offset: iso[8],
  });
}

function byOrder(
  readings: DateReadings,
  { order, given }: Pick<TimeStyle, "order" | "given">,
): WallTime | TimeFault {
  const { byOrder: walls, isYearFirst } = readings;
  if (isYearFirst) return walls.YMD ?? NO_DATE;
  if (given && order !== undefined) return walls[order] ?? NO_DATE;
  const { orders, certain } = readings;
  if (certain !== undefined) return certain;
  const wall = order === undefined ? undefined : walls[order];
  if (wall !== undefined) return wall;
  if (orders === 0) return NO_DATE;
  const days = DATE_ORDERS.flatMap((name) => walls[name] ?? []).map(dayOf);
  return { fault: "date_ambiguous", may: [...new Set(days)] };
}

/** The orders (bits) under which the text is a date, and whether it depends on them; undefined where it tells nothing of them. */
export function ordersOf(
  text: string,
): { readonly orders: number; readonly depends: boolean } | undefined {
  if (ISO.test(text)) return undefined;
  const readings = dateReadings(text);
  if (readings === undefined || readings.isYearFirst) return undefined;
  const { orders, certain } = readings;
  return orders === 0 ? undefined : { orders, depends: certain === undefined };
}
