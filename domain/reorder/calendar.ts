/** The days on which a supplier works, and the day on which goods ordered today can be there. Pure; days are texts (YYYY-MM-DD). */
import { weekdayOf } from "../demand/cleanDemand.ts";

/** Names of weekdays as calendars hold them, Sunday first. */
export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When a supplier works. Without weekdays every day counts, and only holidays are left out. */
export interface WorkingCalendar {
  readonly workingDays: readonly Weekday[] | null;
  /** Days on which nobody works. */
  readonly holidays: readonly string[];
}

/** Works every day. */
export const EVERY_DAY: WorkingCalendar = { workingDays: null, holidays: [] };

/** A calendar that leaves no day within so many is taken as if it had no holidays. */
const SEARCH_DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** The calendar day that lies the given number of days after another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days from one calendar day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** Whether the supplier works on the day. */
export function isWorkingDay(day: string, calendar: WorkingCalendar): boolean {
  if (calendar.holidays.includes(day)) return false;
  const name = WEEKDAYS[weekdayOf(day)];
  return calendar.workingDays === null || calendar.workingDays.some((one) => one === name);
}

/**
 * The day of delivery of what is ordered on a day: the lead time counts the supplier's working days, from the first of them that is
 * not before the order. An order on a Saturday with 5 days and Monday to Friday is there on the Monday after next.
 */
export function deliveryDay(
  orderedOn: string,
  leadTimeDays: number,
  calendar: WorkingCalendar,
): string {
  let day = nextWorkingDay(orderedOn, calendar);
  for (let worked = 0; worked < leadTimeDays; worked += 1) {
    day = nextWorkingDay(addDays(day, 1), calendar);
  }
  return day;
}

function nextWorkingDay(from: string, calendar: WorkingCalendar): string {
  let day = from;
  for (let ahead = 0; ahead < SEARCH_DAYS_MAX; ahead += 1) {
    if (isWorkingDay(day, calendar)) return day;
    day = addDays(day, 1);
  }
  return from;
}
