/**
 * Lets requests wait for outcomes (Prefer: wait). All waiters of a process share one look-up each few milliseconds, so a
 * thousand waiting requests cost the database one statement a round. Needs neither Redis nor the worker's word.
 */
import type { Db } from "../../platform/postgres.ts";
import { movementsDecided } from "./queries/standing.ts";

interface Waiter {
  readonly undecided: Set<string>;
  readonly done: () => void;
}

const ROUND_MS = 10;
/** Ids of one look-up. */
const IDS_MAX = 20_000;

/** Waits for outcomes. */
export class OutcomeWaiter {
  readonly #db: Db;
  readonly #waiters = new Set<Waiter>();
  #round: NodeJS.Timeout | undefined;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Answers when all ids are decided, or after timeoutMs, whichever comes first. */
  wait(ids: readonly string[], timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(deadline);
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { undecided: new Set(ids), done: finish };
      const deadline = setTimeout(finish, timeoutMs);
      this.#waiters.add(waiter);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#round !== undefined || this.#waiters.size === 0) return;
    this.#round = setTimeout(() => {
      void this.#look().finally(() => {
        this.#round = undefined;
        this.#schedule();
      });
    }, ROUND_MS);
  }

  async #look(): Promise<void> {
    const ids = [...new Set([...this.#waiters].flatMap((waiter) => [...waiter.undecided]))];
    const decided = await movementsDecided(this.#db, ids.slice(0, IDS_MAX)).catch(() => []);
    for (const waiter of this.#waiters) {
      for (const id of decided) waiter.undecided.delete(id);
      if (waiter.undecided.size === 0) waiter.done();
    }
  }
}
