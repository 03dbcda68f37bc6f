/** The early word on closed months. Only a courtesy: the batch that decides the movement has the last one. */
import { describeFault } from "../../domain/errors.ts";
import { FaultList } from "../../domain/faultList.ts";
import type { ClosedPeriods } from "../periods/index.ts";
import { checkOccurred, type Report } from "./checkLine.ts";

const NONE: ReadonlySet<string> = new Set();

/** The closed months, where a line occurred before the month that it is sent in; else none are asked for. */
export async function readClosedMonths(
  periods: ClosedPeriods,
  lines: readonly { readonly occurred_at?: Date | undefined }[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const monthBegin = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const isBackdated = lines.some(
    ({ occurred_at: at }) => at !== undefined && at.getTime() < monthBegin,
  );
  return isBackdated ? periods.read() : NONE;
}

/** Refuses what occurred in a closed month (UTC). */
export function checkPeriod(
  occurredAt: Date | undefined,
  closedMonths: ReadonlySet<string>,
  report: Report,
): void {
  if (occurredAt === undefined || closedMonths.size === 0) return;
  const month = occurredAt.toISOString().slice(0, 7);
  if (!closedMonths.has(month)) return;
  report("occurred_at", "period_closed", {
    thing: "occurred_at",
    found: occurredAt,
    expected: `a time outside ${month}, which is closed`,
  });
}

/** Faults of the business time of a movement that follows from another one; all but `date_future` are of the moment. */
export async function timeFaults(
  periods: ClosedPeriods,
  occurredAt: Date | undefined,
  now: Date,
): Promise<{ readonly faults: FaultList; readonly mayBeRepeat: boolean }> {
  const line = { occurred_at: occurredAt };
  const faults = new FaultList();
  let mayBeRepeat = true;
  const report: Report = (field, code, fault) => {
    faults.add(() => ({ pointer: `/${field}`, code, detail: describeFault(fault) }));
    if (code !== "period_closed") mayBeRepeat = false;
  };
  checkOccurred(line, now, report);
  checkPeriod(occurredAt, await readClosedMonths(periods, [line], now), report);
  return { faults, mayBeRepeat };
}
