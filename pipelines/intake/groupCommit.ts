/**
 * Group commit: requests that arrive while an insert is on its way, or within a short window, share the next one.
 * Each caller is answered only after the commit of its group. When the outcome of a commit is unknown, every caller of the
 * group gets UnavailableError and may send the same ids again; nothing is guessed.
 */
import { toError, UnavailableError } from "../../domain/errors.ts";
import { failPoint } from "../../platform/failPoints.ts";
import { type DbPool, isSilence, isUnavailable, onConnection } from "../../platform/postgres.ts";
import { activeTrace, inSharedSpan } from "../../platform/tracing.ts";
import { type Acceptance, appendToInbox } from "./appendToInbox.ts";
import type { MovementCommand } from "./movementCommand.ts";

/** Requests wait this long at most for company; under load the insert in flight is the window. */
const WINDOW_MS = 1;
/** Commands of one insert (reliability.md P6). A single larger request still goes as one. */
const GROUP_COMMANDS_MAX = 500;
/** Inserts side by side: one is being written while the next commits. */
const INSERTS_IN_FLIGHT_MAX = 2;
/** While one is on its way another begins only for so many commands: few large inserts cost less than many small ones. */
const COMMANDS_BESIDE_MIN = 64;
/** Commands that may wait; past it callers are told to come back. */
const WAITING_COMMANDS_MAX = 50_000;
/** An insert without an answer after this is given up: its callers are told that nobody knows. */
const INSERT_DEADLINE_MS = 10_000;

interface Waiting {
  /** The trace that the caller's wait belongs to. */
  readonly trace: ReturnType<typeof activeTrace>;
  readonly commands: readonly MovementCommand[];
  readonly resolve: (acceptances: Acceptance[]) => void;
  readonly reject: (error: Error) => void;
}

/** Collects commands of concurrent callers into shared inserts. */
export class GroupCommit {
  readonly #db: DbPool;
  readonly #onCommitted: (commands: readonly MovementCommand[]) => void;
  readonly #deadlineMs: number;
  #queue: Waiting[] = [];
  #waitingCommands = 0;
  #sentCommands = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    db: DbPool,
    onCommitted: (commands: readonly MovementCommand[]) => void,
    deadlineMs = INSERT_DEADLINE_MS,
  ) {
    this.#db = db;
    this.#onCommitted = onCommitted;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Makes the commands durable; answers after the commit. Throws UnavailableError when the database is away, silent or too busy,
   * within some twenty seconds at the latest.
   */
  accept(commands: readonly MovementCommand[]): Promise<Acceptance[]> {
    if (this.#waitingCommands + commands.length > WAITING_COMMANDS_MAX) {
      return Promise.reject(
        new UnavailableError({
          code: "intake_full",
          detail: `${this.#waitingCommands} movements wait to be stored; send the same request again shortly`,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ trace: activeTrace(), commands, resolve, reject });
      this.#waitingCommands += commands.length;
      this.#schedule();
    });
  }

  /** Commands that are not answered yet. */
  get underWay(): number {
    return this.#waitingCommands + this.#sentCommands;
  }

  /** Waits until everything accepted so far is answered. */
  async drain(): Promise<void> {
    while (this.#queue.length > 0 || this.#inFlight > 0) {
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    }
  }

  #schedule(): void {
    if (this.#inFlight >= INSERTS_IN_FLIGHT_MAX || this.#timer !== undefined) return;
    if (this.#inFlight > 0 && this.#waitingCommands < COMMANDS_BESIDE_MIN) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, WINDOW_MS);
  }

  async #flush(): Promise<void> {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    const commands = group.reduce((sum, waiting) => sum + waiting.commands.length, 0);
    this.#inFlight += 1;
    this.#sentCommands += commands;
    this.#schedule();
    try {
      await this.#commit(group);
    } finally {
      this.#inFlight -= 1;
      this.#sentCommands -= commands;
      if (this.#queue.length > 0) this.#schedule();
    }
  }

  #takeGroup(): Waiting[] {
    let commands = 0;
    let callers = 0;
    for (const waiting of this.#queue) {
      if (callers > 0 && commands + waiting.commands.length > GROUP_COMMANDS_MAX) break;
      commands += waiting.commands.length;
      callers += 1;
    }
    this.#waitingCommands -= commands;
    return this.#queue.splice(0, callers);
  }

  /** One insert for the group. A row that the database refuses must not fail its neighbours: the group is halved. */
  async #commit(group: readonly Waiting[]): Promise<void> {
    const commands = group.flatMap((waiting) => waiting.commands);
    let acceptances: Acceptance[];
    try {
      failPoint("intake.before_insert");
      acceptances = await inSharedSpan(
        "intake.commit",
        group.map(({ trace }) => trace),
        () => onConnection(this.#db, this.#deadlineMs, (client) => appendToInbox(client, commands)),
      );
      failPoint("intake.after_commit");
    } catch (thrown) {
      if (isUnavailable(thrown) || group.length === 1) {
        for (const waiting of group) waiting.reject(refusal(thrown));
        if (isSilence(thrown)) this.#refuseWaiting(thrown);
        return;
      }
      const middle = Math.ceil(group.length / 2);
      await this.#commit(group.slice(0, middle));
      await this.#commit(group.slice(middle));
      return;
    }
    let from = 0;
    for (const waiting of group) {
      waiting.resolve(acceptances.slice(from, from + waiting.commands.length));
      from += waiting.commands.length;
    }
    this.#onCommitted(commands);
  }

  /** Those who wait while the database is silent would each wait as long again: they are sent away at once. */
  #refuseWaiting(cause: unknown): void {
    const waiting = this.#queue;
    this.#queue = [];
    this.#waitingCommands = 0;
    const detail =
      "the database gives no answer; the movements were not sent to it: send them again";
    for (const { reject } of waiting) {
      reject(new UnavailableError({ code: "database_unavailable", detail, cause }));
    }
  }
}

/** What a caller is told when an insert failed: that nobody knows, where the database was away. */
export function refusal(thrown: unknown): Error {
  if (!isUnavailable(thrown)) return toError(thrown);
  return new UnavailableError({
    code: "commit_unknown",
    detail:
      "the database did not confirm; the movements may or may not be stored: send the same request with the same ids again",
    cause: thrown,
  });
}
