/**
 * Dates in workbooks are numbers of days shown by a number format. Pure arithmetic: the local date and time of a serial number
 * (1900 with its invented 29 February, or 1904), times of day and durations, as a format of that kind shows them.
 */

/** What a number format shows: a day (with or without time), a time of day, or hours that go past a day. */
export type DateShown = "day" | "time" | "elapsed";

const DAY_MS = 86_400_000;
/** 1899-12-30: day 0 of the 1900 system once its invented leap day (60) is behind. */
const EPOCH_1900_MS = Date.UTC(1899, 11, 30);
const EPOCH_1904_MS = Date.UTC(1904, 0, 1);
/** The day after 9999-12-31. */
const SERIAL_MAX = 2_958_466;
/** 29 February 1900, which Excel has and the calendar has not. */
const INVENTED_DAY = 60;

/** The text of a serial number, ISO 8601 without zone; undefined for what is no date (negative, or past the year 9999). */
export function showSerial(serial: number, shown: DateShown, is1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < SERIAL_MAX)) return undefined;
  const ms = Math.round(serial * DAY_MS);
  if (shown === "elapsed" || (shown === "time" && ms < DAY_MS)) return clock(ms);
  const days = Math.floor(ms / DAY_MS);
  const time = ms % DAY_MS;
  if (days === 0 && time > 0 && !is1904) return clock(ms);
  const day = dayText(days, is1904);
  return time === 0 ? day : `${day}T${clock(time)}`;
}

function dayText(days: number, is1904: boolean): string {
  if (is1904) return isoDay(EPOCH_1904_MS + days * DAY_MS);
  if (days === 0) return "1900-01-00";
  if (days === INVENTED_DAY) return "1900-02-29";
  return isoDay(EPOCH_1900_MS + (days < INVENTED_DAY ? days + 1 : days) * DAY_MS);
}

/** The day that was asked for last: rows that follow each other often have the same. */
const lastDay = { ms: Number.NaN, text: "" };

function isoDay(ms: number): string {
  if (ms !== lastDay.ms) {
    lastDay.ms = ms;
    lastDay.text = new Date(ms).toISOString().slice(0, 10);
  }
  return lastDay.text;
}

/** Hours, minutes and seconds; milliseconds where there are some. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const rest = ms % 1_000;
  const text = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, "0")}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
