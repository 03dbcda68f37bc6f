/** Time zones by their IANA names: how far each is from UTC at a moment. Pure but for Intl's zone tables. */

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
export function zoneOffsetMs(time: number, timeZone: string): number {
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

/** The calendar day (YYYY-MM-DD) that a moment falls on in the zone. */
export function dayIn(time: Date, timeZone: string): string {
  const local = time.getTime() + zoneOffsetMs(time.getTime(), timeZone);
  return new Date(local).toISOString().slice(0, 10);
}
