/** From a time on the wall to UTC, by an offset that is written beside it or by a time zone. Pure but for Intl's zone tables. */
import type { WallTime } from "./dateParts.ts";

/** The wall time as if it were UTC, in milliseconds. */
export function utcOf(wall: WallTime): number {
  const { year, month, day, hour, minute, second, ms } = wall;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

/** The time as RFC 3339 in UTC; undefined for an offset that does not exist. */
export function atOffset(wall: WallTime, offset: string): string | undefined {
  if (/^z$/i.test(offset)) return new Date(utcOf(wall)).toISOString();
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  const sign = offset.startsWith("-") ? -1 : 1;
  return new Date(utcOf(wall) - sign * (hours * 60 + minutes) * 60_000).toISOString();
}

const DAY_MS = 86_400_000;

/** A time that daylight saving skips moves on by the gap; one that it repeats is the first of the two. */
export function inZone(wall: WallTime, timeZone: string): string {
  const asUtc = utcOf(wall);
  if (timeZone === "UTC") return new Date(asUtc).toISOString();
  const earlier = asUtc - zoneOffsetMs(asUtc - DAY_MS, timeZone);
  const later = asUtc - zoneOffsetMs(asUtc + DAY_MS, timeZone);
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

/** From here on zones change only at full quarters of an hour of UTC. */
const QUARTERS_FROM = Date.UTC(1_973, 0);
const QUARTER_MS = 15 * 60_000;
const OFFSETS_MAX = 50_000;
const offsets = new Map<string, Map<number, number>>();

/** Offset of the zone from UTC at a time, in milliseconds; asked of Intl once a quarter of an hour. */
function zoneOffsetMs(time: number, timeZone: string): number {
  if (time < QUARTERS_FROM) return askOffsetMs(time, timeZone);
  const quarter = Math.floor(time / QUARTER_MS);
  let known = offsets.get(timeZone);
  if (known === undefined || known.size >= OFFSETS_MAX) {
    known = new Map();
    if (offsets.size >= 20) offsets.clear();
    offsets.set(timeZone, known);
  }
  const offset = known.get(quarter) ?? askOffsetMs(quarter * QUARTER_MS, timeZone);
  known.set(quarter, offset);
  return offset;
}

function askOffsetMs(time: number, timeZone: string): number {
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
