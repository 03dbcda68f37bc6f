/** Periods that scheduled reports tell of: the whole day, week or month before a moment, by the clock on a wall. Pure. */
import { type Cron, readCron, slotBefore } from "./cron.ts";

export const REPORT_PERIODS = ["previous_day", "previous_week", "previous_month"] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

/** Midnights at which such periods begin. Weeks begin on Mondays (ISO 8601). */
const BEGINNINGS: Readonly<Record<ReportPeriod, string>> = {
  previous_day: "0 0 * * *",
  previous_week: "0 0 * * 1",
  previous_month: "0 0 1 * *",
};
const LOOK_BACK_MS = 40 * 86_400_000;

/** The last such period that was over at the moment: its beginning, and its end, excluded. */
export function periodBefore(
  period: ReportPeriod,
  at: Date,
  timeZone: string,
): { readonly from: Date; readonly to: Date } {
  const cron = cronOf(BEGINNINGS[period]);
  const beginningBefore = (moment: Date): Date => {
    const found = slotBefore({ cron, timeZone }, moment, new Date(moment.getTime() - LOOK_BACK_MS));
    if (found === undefined) throw new Error(`no ${period} begins before ${moment.toISOString()}`);
    return found;
  };
  const to = beginningBefore(at);
  return { from: beginningBefore(new Date(to.getTime() - 60_000)), to };
}

function cronOf(text: string): Cron {
  const cron = readCron(text);
  if (typeof cron === "string") throw new Error(`expected ${cron}`);
  return cron;
}
