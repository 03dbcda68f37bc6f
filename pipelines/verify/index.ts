/**
 * Proves the ledger in one snapshot: every level against the sum of its entries, every running balance, every hash and link,
 * every accepted id, one event an entry. Reads only; tells what it checked and each difference (a bounded list, whole counts).
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import {
  type CountsRow,
  SUBJECTS,
  verificationBoundsSet,
  verificationCounts,
  verificationFaults,
} from "./queries/index.ts";

/** Differences of one kind that are listed. */
const LISTED_MAX = 100;
/** The statements read the whole ledger, sorted. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;

/** One thing that is not as it must be. */
export interface Difference {
  readonly check: string;
  readonly sku: string | null;
  readonly warehouse: string | null;
  readonly movement_id: string | null;
  readonly lane: number | null;
  readonly expected: string;
  readonly found: string;
}

export interface Verification {
  /** How many rows of each kind were checked. */
  readonly checked: CountsRow;
  /** Differences in all; the list holds the first of each kind. */
  readonly difference_count: number;
  readonly differences: readonly Difference[];
}

/** Verifies everything once. Stops between two checks when the signal aborts. */
export function verifyLedger(db: DbPool, signal: AbortSignal): Promise<Verification> {
  return inTransaction(
    db,
    async (tx) => {
      await verificationBoundsSet(tx, STATEMENT_TIMEOUT_MS);
      const checked = await verificationCounts(tx);
      let count = 0;
      const differences: Difference[] = [];
      for (const subject of SUBJECTS) {
        signal.throwIfAborted();
        const faults = await verificationFaults(tx, { subject, limit: LISTED_MAX });
        count += faults[0]?.total ?? 0;
        differences.push(
          ...faults.map(({ check_name, total: _total, ...rest }) => ({
            check: check_name,
            ...rest,
          })),
        );
      }
      return { checked, difference_count: count, differences };
    },
    { isolation: "repeatable read", readOnly: true },
  );
}
