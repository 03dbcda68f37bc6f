/**
 * Closes a month: from the answer on no entry of the ledger is dated into it. Batches read the closed months after they have
 * locked their lanes; the close holds every lane while it commits, so a batch has either committed before or sees the month
 * closed. What is accepted and undone by then is rejected by its batch (period_closed). A month is never opened again.
 */
import assert from "node:assert/strict";
import { describeFault, InvalidInputError } from "../../domain/errors.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import {
  type ClosedPeriod,
  closedPeriodRead,
  itemLanesLock,
  monthIsOver,
  periodClose,
} from "./queries.ts";

/** A batch holds its lanes for some 100 ms; each lane is waited for this long, then the close answers 503 and can be repeated. */
const LOCK_TIMEOUT_MS = 10_000;

/** Closes the month (YYYY-MM, UTC). Closed before: the same answer. Throws InvalidInputError period_not_over. */
export async function closePeriod(
  db: DbPool,
  args: { readonly month: string; readonly closedBy: string },
): Promise<ClosedPeriod> {
  const known = await closedPeriodRead(db, args.month);
  if (known !== undefined) return known;
  if (!(await monthIsOver(db, args.month))) throw notOver(args.month);
  return inTransaction(db, async (tx) => {
    await itemLanesLock(tx, LOCK_TIMEOUT_MS);
    await periodClose(tx, args);
    const closed = await closedPeriodRead(tx, args.month);
    assert(closed !== undefined, "the month is closed in this transaction");
    return closed;
  });
}

function notOver(month: string): InvalidInputError {
  const detail = describeFault({
    thing: "month",
    found: month,
    expected: "a month (UTC) that is over",
    mend: "close it after its last day",
  });
  return new InvalidInputError(
    [{ pointer: "/path/month", code: "period_not_over", detail }],
    "period_not_over",
  );
}
