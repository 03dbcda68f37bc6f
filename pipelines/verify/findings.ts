/** What a verification has found so far: differences (a bounded list a subject, whole counts) and how much was checked. */
import type { DbClient } from "../../platform/postgres.ts";
import { type Access, statementBoundsSet } from "./queries/plan.ts";
import { type Screen, type Subject, subjectFaults, subjectScreen } from "./queries/subject.ts";

/** Differences of one subject that are listed. */
const LISTED_MAX = 100;
/** A statement reads a chunk of the ledger, or scans it once. */
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

/** How many rows of each kind were checked. */
export interface Checked {
  entries: number;
  levels: number;
  outcomes: number;
  inbox: number;
  /** Accepted, not decided yet: in the inbox or set aside. */
  undone: number;
  set_aside: number;
  events: number;
  lots: number;
  reservations: number;
  transits: number;
  reversals: number;
  /** Entries of the audit trail. */
  audit: number;
}

/** Gathers what the checks of one verification find, inside its transaction. Not for use by two verifications. */
export class Findings {
  readonly checked: Checked = {
    entries: 0,
    levels: 0,
    outcomes: 0,
    inbox: 0,
    undone: 0,
    set_aside: 0,
    events: 0,
    lots: 0,
    reservations: 0,
    transits: 0,
    reversals: 0,
    audit: 0,
  };
  readonly differences: Difference[] = [];
  count = 0;
  readonly #tx: DbClient;
  readonly #signal: AbortSignal;
  readonly #listed = new Map<string, number>();

  constructor(tx: DbClient, signal: AbortSignal) {
    this.#tx = tx;
    this.#signal = signal;
  }

  /** Says how the statements that follow may go about it. */
  async access(access: Access): Promise<void> {
    await statementBoundsSet(this.#tx, { timeoutMs: STATEMENT_TIMEOUT_MS, access });
  }

  /** Runs the checks of a subject; answers what it counted. Throws the signal's reason when it is aborted. */
  async check<Tally extends string>(
    subject: Subject<Tally>,
    values: readonly unknown[] = [],
  ): Promise<Screen<Tally>> {
    this.#signal.throwIfAborted();
    const screen = await subjectScreen(this.#tx, subject, values);
    if (screen.faulty > 0) await this.#list(subject, values);
    return screen;
  }

  /** Adds a difference that was found otherwise. */
  add(difference: Partial<Difference> & Pick<Difference, "check" | "expected" | "found">): void {
    this.count += 1;
    const nowhere = { sku: null, warehouse: null, movement_id: null, lane: null };
    this.differences.push({ ...nowhere, ...difference });
  }

  async #list(subject: Subject<string>, values: readonly unknown[]): Promise<void> {
    const listed = this.#listed.get(subject.name) ?? 0;
    const limit = LISTED_MAX - listed;
    const faults = await subjectFaults(this.#tx, subject, { values, limit: Math.max(1, limit) });
    this.count += faults[0]?.total ?? 0;
    const shown = faults.slice(0, limit);
    this.#listed.set(subject.name, listed + shown.length);
    this.differences.push(
      ...shown.map(({ check_name, total: _total, ...rest }) => ({ check: check_name, ...rest })),
    );
  }
}
