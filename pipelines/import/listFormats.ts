/**
 * Cells that hold a list: weekdays, days, prices by quantity. Each answers the list as its column of the database reads it, in the
 * order of the cell, as the API keeps the order of a request. Pure.
 */
import { quantityFromText } from "../../domain/quantity.ts";
import { WEEKDAYS } from "../../domain/reorder/calendar.ts";
import * as cell from "./cellFormats.ts";

/** As the API takes them. */
const HOLIDAYS_MAX = 500;
const PRICE_BREAKS_MAX = 20;

const SEPARATORS = /[\s,;|]+/;
const DOT = { decimal: ".", given: true } as const;
const WEEKDAY_NAMES = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
];

/** Weekdays such as "mon tue wed" or "Monday, Tuesday", and from one to another: "mon-fri". */
export const weekdays: cell.CellFormat = (text) => {
  const found: string[] = [];
  for (const part of text
    .toLowerCase()
    .replaceAll(/\s*-\s*/g, "-")
    .split(SEPARATORS)) {
    if (part === "") continue;
    const [first = "", last = first, ...more] = part.split("-");
    const from = weekdayAt(first);
    const to = weekdayAt(last);
    if (from === -1 || to === -1 || more.length > 0) return WEEKDAYS_EXPECTED;
    const days = (to - from + WEEKDAYS.length) % WEEKDAYS.length;
    for (let ahead = 0; ahead <= days; ahead += 1) {
      found.push(WEEKDAYS[(from + ahead) % WEEKDAYS.length] ?? "");
    }
  }
  return found.length === 0 ? WEEKDAYS_EXPECTED : `{${[...new Set(found)].join(",")}}`;
};

const WEEKDAYS_EXPECTED = {
  code: "not_allowed",
  expected: 'weekdays such as "mon tue wed thu fri" or "mon-fri"',
};

function weekdayAt(name: string): number {
  const short = WEEKDAYS.findIndex((one) => one === name);
  return short === -1 ? WEEKDAY_NAMES.indexOf(name) : short;
}

/** Calendar days, each as YYYY-MM-DD: in a list nothing else tells how days are written. */
export const days: cell.CellFormat = (text, style) => {
  const found: string[] = [];
  for (const part of text.split(SEPARATORS)) {
    if (part === "") continue;
    const day = /^\d{4}-\d{2}-\d{2}$/.test(part) ? cell.day(part, style, false) : undefined;
    if (typeof day !== "string") {
      return { code: "date_format", expected: 'days such as "2026-12-25; 2026-12-26"' };
    }
    found.push(day);
  }
  if (found.length <= HOLIDAYS_MAX) return `{${found.join(",")}}`;
  return { code: "too_long", expected: `at most ${HOLIDAYS_MAX} days; it has ${found.length}` };
};

interface PriceBreak {
  readonly quantity: string;
  readonly unit_cost: string;
}

/** Prices from a quantity on, such as "100:0.10; 500:0.09", by ascending quantity; the decimal sign is a dot where none was said. */
export const priceBreaks: cell.CellFormat = (text, style) => {
  const number = style.number.given ? style.number : DOT;
  const breaks: PriceBreak[] = [];
  for (const part of text.split(/[;|\n]/)) {
    if (part.trim() === "") continue;
    const [from = "", cost = "", ...more] = part.split(":").map((one) => one.trim());
    const quantity = cell.positive(from, { ...style, number }, false);
    const unitCost = cell.nonNegative(cost, { ...style, number }, false);
    if (typeof quantity !== "string" || typeof unitCost !== "string" || more.length > 0) {
      const expected = `quantity:cost for each, such as "100:0.10; 500:0.09"; "${part.trim()}" is none`;
      return { code: "price_break_format", expected };
    }
    breaks.push({ quantity, unit_cost: unitCost });
  }
  return listFault(breaks) ?? JSON.stringify(breaks);
};

function listFault(breaks: readonly PriceBreak[]): cell.CellFault | undefined {
  if (breaks.length > PRICE_BREAKS_MAX) {
    const expected = `at most ${PRICE_BREAKS_MAX} price breaks; it has ${breaks.length}`;
    return { code: "too_long", expected };
  }
  const isAscending = breaks.every(
    ({ quantity }, at) =>
      at === 0 || quantityFromText(quantity) > quantityFromText(breaks[at - 1]?.quantity ?? "0"),
  );
  if (isAscending) return undefined;
  return { code: "not_ascending", expected: "price breaks by ascending quantity, each once" };
}
