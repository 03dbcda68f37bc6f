/**
 * The closed months, kept in the process for some seconds, so that intake can refuse at once what the batch would reject later.
 * Only an early word: a month closed this moment may be missing here; the batch decides.
 */
import type { Db } from "../../platform/postgres.ts";
import { closedMonths } from "./queries.ts";

const KEPT_MS = 5_000;

export interface ClosedPeriods {
  /** The closed months as YYYY-MM (UTC), at most 5 s old. Throws what the database throws. */
  read(): Promise<ReadonlySet<string>>;
}

/** Makes the look-up of one process. Reads that come together share one statement. */
export function createClosedPeriods(db: Db): ClosedPeriods {
  let months: Promise<ReadonlySet<string>> | undefined;
  let readAt = 0;
  return {
    read: () => {
      if (months !== undefined && performance.now() - readAt < KEPT_MS) return months;
      readAt = performance.now();
      const reading = closedMonths(db).then((rows): ReadonlySet<string> => new Set(rows));
      reading.catch(() => {
        if (months === reading) months = undefined; // the next caller asks again
      });
      months = reading;
      return reading;
    },
  };
}
