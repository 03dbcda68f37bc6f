/**
 * Dates in workbooks are numbers of days shown by a number format. Pure arithmetic: which formats show a date, and the
 * local date and time of a serial number (1900 with its invented 29 February, or 1904).
 */

const BUILT_IN_DATES = [14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47];
/** East Asian built-in date formats. */
const BUILT_IN_DATE_RANGES = [
  [27, 36],
  [50, 58],
] as const;

/** True where the built-in number format shows a date or time. */
export function isBuiltInDate(id: number): boolean {
  return (
    BUILT_IN_DATES.includes(id) || BUILT_IN_DATE_RANGES.some(([from, to]) => id >= from && id <= to)
  );
}

/** True where a format code shows a date or time: a letter of y, m, d, h, s outside quotes, escapes and colour brackets. */
export function isDateFormat(code: string): boolean {
  const bare = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, "")
    .replaceAll(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, "");
  return !/^general$/i.test(bare) && /[ymdhs]/i.test(bare);
}

const DAY_MS = 86_400_000;
/** 1899-12-30: day 0 of the 1900 system once its invented leap day (60) is behind. */
const EPOCH_1900_MS = Date.UTC(1899, 11, 30);
const EPOCH_1904_MS = Date.UTC(1904, 0, 1);
/** 9999-12-31. */
const SERIAL_MAX = 2_958_466;

/** The local date and time of a serial number, ISO 8601 without zone; undefined for what is no date. */
export function dateOfSerial(serial: number, is1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < SERIAL_MAX)) return undefined;
  const shifted = !is1904 && serial < 60 ? serial + 1 : serial;
  const ms = (is1904 ? EPOCH_1904_MS : EPOCH_1900_MS) + Math.round(shifted * DAY_MS);
  const text = new Date(ms).toISOString().slice(0, -1);
  if (text.endsWith("T00:00:00.000")) return text.slice(0, 10);
  return text.endsWith(".000") ? text.slice(0, -4) : text;
}
