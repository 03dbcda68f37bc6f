/** From a time on the wall to UTC, by an offset that is written beside it or by a time zone. Pure. */
import { zoneOffsetMs } from "../../domain/timeZones.ts";
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
