/** Reads the demand of levels out of the ledger, as days without a gap. */
import type { DemandDay } from "../../domain/demand/cleanDemand.ts";
import { addDays } from "../../domain/reorder/calendar.ts";
import type { Db } from "../../platform/postgres.ts";
import { type DemandKey, type DemandRow, demandRead } from "./queries/demand.ts";

/** A year: what weekly season and a quarter's level can be seen in, and what a year's season would need two of. */
export const HISTORY_DAYS = 365;

/** The last `days` whole days of each level, oldest first, in the order asked. Today is not over and not among them. */
export async function readDemand(
  db: Db,
  keys: readonly DemandKey[],
  days: number = HISTORY_DAYS,
): Promise<DemandDay[][]> {
  if (keys.length === 0) return [];
  const rows = new Map<number, DemandRow[]>();
  for (const row of await demandRead(db, { keys, days })) {
    rows.set(row.nth, [...(rows.get(row.nth) ?? []), row]);
  }
  return keys.map((key, nth) => toDays(rows.get(nth) ?? [], key.today, days));
}

/** Balances are counted back from the level as it is now. */
function toDays(rows: readonly DemandRow[], today: string, days: number): DemandDay[] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const onHand = rows[0]?.on_hand ?? 0;
  // entries dated today or later lie between the level and yesterday's close
  let closing = onHand - rows.reduce((sum, row) => sum + (isPast(row, today) ? 0 : row.net), 0);
  const found: DemandDay[] = [];
  for (let back = 1; back <= days; back += 1) {
    const day = addDays(today, -back);
    const { demand = 0, net = 0 } = byDay.get(day) ?? {};
    const opening = clean(closing - net);
    found.push({ day, demand, opening, closing: clean(closing) });
    closing = opening;
  }
  return found.reverse();
}

function isPast(row: DemandRow, today: string): boolean {
  return row.day !== null && row.day < today;
}

/** Quantities have 4 decimals; what lies below is float64's. */
function clean(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
