/**
 * Shares the dirty lanes of one worker process among a few drain loops. Lanes that were woken together are drained together,
 * so that a spread load costs one transaction for many lanes; a lane is never in two loops of one process at once.
 * Which process drains a lane is decided by the database's row lock, not here.
 */
import { toError } from "../../domain/errors.ts";
import type { Log } from "../../platform/log.ts";
import { isUnavailable } from "../../platform/postgres.ts";
import type { DrainResult } from "./drainLanes.ts";

interface SchedulerOptions {
  readonly concurrency: number;
  readonly drain: (lanes: readonly number[]) => Promise<DrainResult>;
  /** Called after each commit. */
  readonly onApplied: (result: DrainResult) => void;
  readonly onFailure: (lanes: readonly number[]) => void;
  readonly log: Log;
}

/** Lanes that one transaction takes at most; bounds the locks it holds. */
const LANES_PER_BATCH_MAX = 64;
/** Lanes with a backlog are taken by so few: their batches are full anyway, and touch fewer pages. */
const DEEP_LANES_PER_BATCH_MAX = 4;
/** A lane that another process holds is looked at again after this. */
const HELD_LANE_MS = 20;
/** A failed batch is tried again after this, doubled for each failure in a row up to the maximum. */
const BACKOFF_MS = 50;
const BACKOFF_MS_MAX = 2_000;

/** Runs until stop(); wake() may be called at any time. */
export class LaneScheduler {
  readonly #options: SchedulerOptions;
  /** In the order in which they will be taken. */
  readonly #dirty = new Set<number>();
  /** Dirty lanes whose last batch was full. */
  readonly #deep = new Set<number>();
  /** Lanes of a batch that failed by its content: each goes on by itself, so that only the guilty one stands still. */
  readonly #alone = new Set<number>();
  readonly #busy = new Set<number>();
  readonly #loops = new Set<Promise<void>>();
  #failures = 0;
  #stopping = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Marks lanes as having work. */
  wake(lanes: Iterable<number>): void {
    for (const lane of lanes) this.#dirty.add(lane);
    this.#startLoops();
  }

  /** Finishes the batches in flight; lanes still dirty are left to the sweep of another process, or to the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#loops);
  }

  #startLoops(): void {
    while (
      !this.#stopping &&
      this.#loops.size < this.#options.concurrency &&
      this.#nextLanes().length > 0
    ) {
      const loop: Promise<void> = this.#run().finally(() => {
        this.#loops.delete(loop);
        this.#startLoops(); // lanes that were busy in this loop may have been woken meanwhile
      });
      this.#loops.add(loop); // it has taken its lanes already: the next loop sees only the others
    }
  }

  async #run(): Promise<void> {
    for (let lanes = this.#take(); lanes.length > 0; lanes = this.#take()) {
      await this.#drain(lanes);
    }
  }

  /** Lanes that were just woken, or lanes with a backlog: the kind of the one that waits longest; or one that goes alone. */
  #nextLanes(): number[] {
    const free = [...this.#dirty].filter((lane) => !this.#busy.has(lane));
    const [first] = free;
    if (first === undefined) return [];
    if (this.#alone.has(first)) return [first];
    const deep = this.#deep.has(first);
    return free
      .filter((lane) => this.#deep.has(lane) === deep && !this.#alone.has(lane))
      .slice(0, deep ? DEEP_LANES_PER_BATCH_MAX : LANES_PER_BATCH_MAX);
  }

  #take(): number[] {
    if (this.#stopping) return [];
    const lanes = this.#nextLanes();
    for (const lane of lanes) {
      this.#dirty.delete(lane);
      this.#busy.add(lane);
    }
    return lanes;
  }

  async #drain(lanes: readonly number[]): Promise<void> {
    for (const lane of lanes) this.#deep.delete(lane);
    try {
      const result = await this.#options.drain(lanes);
      this.#failures = 0;
      for (const lane of lanes) this.#alone.delete(lane);
      for (const lane of result.moreIn) {
        this.#deep.add(lane);
        this.#dirty.add(lane);
      }
      this.#comeBack(result.heldElsewhere);
      if (result.rows > 0) this.#options.onApplied(result);
    } catch (thrown) {
      await this.#afterFailure(lanes, thrown);
    } finally {
      for (const lane of lanes) this.#busy.delete(lane);
    }
  }

  /** Whoever holds a lane may have read it before our wake-up's movement was there: look again shortly. */
  #comeBack(lanes: readonly number[]): void {
    if (lanes.length === 0 || this.#stopping) return;
    setTimeout(() => this.wake(lanes), HELD_LANE_MS).unref();
  }

  /** The transaction is rolled back: nothing was applied. The lanes are tried again after a pause. */
  async #afterFailure(lanes: readonly number[], thrown: unknown): Promise<void> {
    this.#failures += 1;
    this.#options.onFailure(lanes);
    const away = isUnavailable(thrown);
    const level = away ? "warn" : "error";
    this.#options.log[level](
      { err: toError(thrown), lanes },
      "apply batch failed; it will be tried again",
    );
    for (const lane of lanes) {
      this.#dirty.add(lane);
      if (!away && lanes.length > 1) this.#alone.add(lane);
    }
    const pauseMs = Math.min(BACKOFF_MS * 2 ** Math.min(this.#failures, 10), BACKOFF_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
