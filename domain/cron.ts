/**
 * Cron expressions of five fields (minute, hour, day of month, month, day of week) in a time zone. Daylight saving is kept as by
 * cron itself: a time that a day skips comes right after the gap, once; one that a day repeats comes at its first passing. An
 * expression for every hour follows the real hours: each repeated one counts, a skipped one does not. Pure.
 */
import { zoneOffsetMs } from "./timeZones.ts";

/** A readable expression. Sets hold the numbers of the field; days of the week are 0 (Sunday) to 6. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both day fields are restricted: a day counts when it is in either (POSIX). */
  readonly eitherDay: boolean;
  /** Of every hour: slots follow real time, not the clock on the wall. */
  readonly everyHour: boolean;
}

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly words?: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS = [
  { name: "minute", first: 0, last: 59 },
  { name: "hour", first: 0, last: 23 },
  { name: "day of month", first: 1, last: 31 },
  { name: "month", first: 1, last: 12, words: MONTHS },
  { name: "day of week", first: 0, last: 7, words: WEEKDAYS },
] as const satisfies readonly Field[];

const SHORTHANDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
};

/** Reads an expression; answers what was expected where it can't be read. */
export function readCron(text: string): Cron | string {
  const fields = (SHORTHANDS[text.trim().toLowerCase()] ?? text).trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `five fields (minute, hour, day of month, month, day of week) such as "0 6 * * MON-FRI", or one of ${Object.keys(SHORTHANDS).join(", ")}`;
  }
  const sets: Set<number>[] = [];
  for (const [place, field] of FIELDS.entries()) {
    const numbers = readField(fields[place] ?? "", field);
    if (numbers === undefined) {
      return `a ${field.name} of ${field.first} to ${field.last}: *, a number, a range, a list, or each of them with a step such as */5; found "${fields[place]}"`;
    }
    sets.push(numbers);
  }
  return cronOf(sets, fields);
}

function cronOf(sets: readonly Set<number>[], fields: readonly string[]): Cron {
  const setOf = (place: number): Set<number> => sets[place] ?? new Set();
  const isOpen = (place: number): boolean => fields[place]?.startsWith("*") === true;
  const weekdays = setOf(4);
  if (weekdays.delete(7)) weekdays.add(0);
  const hours = setOf(1);
  return {
    minutes: setOf(0),
    hours,
    days: setOf(2),
    months: setOf(3),
    weekdays,
    eitherDay: !isOpen(2) && !isOpen(4),
    everyHour: hours.size === 24,
  };
}

function readField(text: string, field: Field): Set<number> | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const bounds = readRange(range, field, step !== undefined);
    const every = step === undefined ? 1 : Number(step);
    if (bounds === undefined || every < 1) return undefined;
    for (let number = bounds[0]; number <= bounds[1]; number += every) numbers.add(number);
  }
  return numbers;
}

function readRange(text: string, field: Field, stepped: boolean): [number, number] | undefined {
  if (text === "*") return [field.first, field.last];
  const [, from = "", to] = /^([a-z0-9]+)(?:-([a-z0-9]+))?$/i.exec(text) ?? [];
  const first = readNumber(from, field);
  // "5/15" is from 5 on
  const last = to === undefined ? (stepped ? field.last : first) : readNumber(to, field);
  return first === undefined || last === undefined || first > last ? undefined : [first, last];
}

function readNumber(text: string, { first, last, words = [] }: Field): number | undefined {
  const word = words.indexOf(text.toUpperCase());
  if (word >= 0) return word + first;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= first && number <= last ? number : undefined;
}

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 3_600_000;
/** Zones change by no more than this at once, but for the few that have crossed the date line. */
const SHIFT_MS_MAX = 3 * HOUR_MS;
/** Leap days are up to eight years apart; nobody plans that far. */
const SEARCH_MS_MAX = 5 * 366 * 24 * HOUR_MS;

/** A schedule: which expression, in which zone. */
export interface CronSchedule {
  readonly cron: Cron;
  readonly timeZone: string;
}

/** The slots after `after` up to and including `until`, in order, no more than `limit`. */
export function slotsBetween(
  schedule: CronSchedule,
  { after, until, limit }: { readonly after: Date; readonly until: Date; readonly limit: number },
): Date[] {
  const found: Date[] = [];
  let at = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  while (at <= until.getTime() && found.length < limit) {
    const day = dayOf(schedule, at);
    if (!isDay(schedule.cron, day.local)) {
      at += day.leftMs > SHIFT_MS_MAX ? day.leftMs - SHIFT_MS_MAX : MINUTE_MS;
      continue;
    }
    if (isSlot(schedule, at)) found.push(new Date(at));
    at += stepAfter(schedule, at, day.local);
  }
  return found;
}

/** Zones change at full quarters of an hour only, so an hour that is none of the expression's is passed by quarters. */
function stepAfter({ cron, timeZone }: CronSchedule, at: number, local: Date): number {
  if (cron.hours.has(local.getUTCHours())) return MINUTE_MS;
  const isNearShift = zoneOffsetMs(at - SHIFT_MS_MAX, timeZone) !== zoneOffsetMs(at, timeZone);
  return isNearShift ? MINUTE_MS : QUARTER_MS - (at % QUARTER_MS);
}

/** The first slot after a moment; null where none comes within five years. */
export function slotAfter(schedule: CronSchedule, after: Date): Date | null {
  const until = new Date(after.getTime() + SEARCH_MS_MAX);
  return slotsBetween(schedule, { after, until, limit: 1 })[0] ?? null;
}

/** The last slot at or before a moment, but not before `notBefore`. */
export function slotBefore(schedule: CronSchedule, at: Date, notBefore: Date): Date | undefined {
  for (let back = HOUR_MS; ; back *= 8) {
    const from = Math.max(at.getTime() - back, notBefore.getTime() - MINUTE_MS);
    const limit = Number.POSITIVE_INFINITY;
    const found = slotsBetween(schedule, { after: new Date(from), until: at, limit });
    const last = found.at(-1);
    if (last !== undefined) return last >= notBefore ? last : undefined;
    if (from < notBefore.getTime()) return undefined;
  }
}

/** The wall's date and time as a Date whose UTC fields are those of the wall, and how long its day still lasts. */
function dayOf({ timeZone }: CronSchedule, at: number): { local: Date; leftMs: number } {
  const local = new Date(at + zoneOffsetMs(at, timeZone));
  const passed = local.getTime() % (24 * HOUR_MS);
  return { local, leftMs: 24 * HOUR_MS - passed };
}

function isDay(cron: Cron, local: Date): boolean {
  if (!cron.months.has(local.getUTCMonth() + 1)) return false;
  const byDate = cron.days.has(local.getUTCDate());
  const byWeekday = cron.weekdays.has(local.getUTCDay());
  return cron.eitherDay ? byDate || byWeekday : byDate && byWeekday;
}

/** Whether the clock on the wall, at that minute, is one of the expression's. */
function isOnWall(cron: Cron, local: number): boolean {
  const wall = new Date(local);
  return (
    cron.minutes.has(wall.getUTCMinutes()) &&
    cron.hours.has(wall.getUTCHours()) &&
    isDay(cron, wall)
  );
}

function isSlot({ cron, timeZone }: CronSchedule, at: number): boolean {
  const offset = zoneOffsetMs(at, timeZone);
  const onWall = isOnWall(cron, at + offset);
  if (cron.everyHour) return onWall;
  const before = zoneOffsetMs(at - SHIFT_MS_MAX, timeZone);
  if (before === offset) return onWall;
  // The clock was set back by this: the same time on the wall has passed already, if it was before the change.
  if (before > offset) {
    return onWall && zoneOffsetMs(at - (before - offset), timeZone) !== before;
  }
  return onWall || (isFirstAfterGap(at, timeZone) && skipsOne(cron, at + before, at + offset));
}

function isFirstAfterGap(at: number, timeZone: string): boolean {
  return zoneOffsetMs(at - MINUTE_MS, timeZone) !== zoneOffsetMs(at, timeZone);
}

/** Whether the expression has a time on the wall from the one to before the other. */
function skipsOne(cron: Cron, from: number, to: number): boolean {
  for (let local = from; local < to; local += MINUTE_MS) if (isOnWall(cron, local)) return true;
  return false;
}
