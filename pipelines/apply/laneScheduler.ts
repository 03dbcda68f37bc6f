/**
 * Shares the dirty lanes of one worker process among a few drain loops. Lanes that were woken together are drained together,
 * so that a spread load costs one transaction for many lanes; a lane is never in two loops of one process at once.
 * Which process drains a lane is decided by the database's row lock, not here. A movement that fails its batches is found
 * (laneTroubles.ts) and set aside; the other lanes go on meanwhile.
 */
import { toError } from "../../domain/errors.ts";
import type { Log } from "../../platform/log.ts";
import { isUnavailable } from "../../platform/postgres.ts";
import { BatchError } from "./batchError.ts";
import type { DrainResult } from "./drainLanes.ts";
import { LaneTroubles } from "./laneTroubles.ts";
import type { Culprit, SetAsideResult } from "./setAside.ts";

interface SchedulerOptions {
  readonly concurrency: number;
  /**
   * `together`: all of the lanes in one transaction, waiting for those that somebody else holds. `stepsMax`: so many movements
   * at most, an atomic group counted as one.
   */
  readonly drain: (
    lanes: readonly number[],
    together: boolean,
    stepsMax: number | undefined,
  ) => Promise<DrainResult>;
  readonly setAside: (culprit: Culprit) => Promise<SetAsideResult>;
  readonly halt: (halted: Omit<Culprit, "movements">) => Promise<void>;
  readonly onFailure: (lanes: readonly number[]) => void;
  readonly log: Log;
}

interface LaneBatch {
  readonly lanes: readonly number[];
  /** For an atomic group: all of the lanes or none. */
  readonly together: boolean;
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
  readonly #troubles = new LaneTroubles();
  /** Lanes that a loop works on, and lanes that rest after a failure. */
  readonly #busy = new Set<number>();
  /** Sets of lanes that an atomic group lies in, by their text; they go together, and before anything else in these lanes. */
  readonly #joint = new Map<string, readonly number[]>();
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

  /** Lanes whose next movement can't be written, as far as this process knows. */
  get stuckLanes(): number {
    return this.#troubles.stuck;
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
      this.#next().lanes.length > 0
    ) {
      const loop: Promise<void> = this.#run().finally(() => {
        this.#loops.delete(loop);
        this.#startLoops(); // lanes that were busy in this loop may have been woken meanwhile
      });
      this.#loops.add(loop); // it has taken its lanes already: the next loop sees only the others
    }
  }

  async #run(): Promise<void> {
    for (let batch = this.#take(); batch.lanes.length > 0; batch = this.#take()) {
      await this.#drain(batch);
    }
  }

  #next(): LaneBatch {
    for (const lanes of this.#joint.values()) {
      if (lanes.every((lane) => !this.#busy.has(lane))) return { lanes, together: true };
    }
    return { lanes: this.#nextLanes(), together: false };
  }

  /** Lanes that were just woken, or lanes with a backlog: the kind of the one that waits longest; or one that goes alone. */
  #nextLanes(): number[] {
    const spoken = new Set([...this.#joint.values()].flat());
    const free = [...this.#dirty].filter((lane) => !this.#busy.has(lane) && !spoken.has(lane));
    const [first] = free;
    if (first === undefined) return [];
    if (this.#alone.has(first)) return [first];
    const deep = this.#deep.has(first);
    return free
      .filter((lane) => this.#deep.has(lane) === deep && !this.#alone.has(lane))
      .slice(0, deep ? DEEP_LANES_PER_BATCH_MAX : LANES_PER_BATCH_MAX);
  }

  #take(): LaneBatch {
    if (this.#stopping) return { lanes: [], together: false };
    const batch = this.#next();
    if (batch.together) this.#joint.delete(batch.lanes.join());
    for (const lane of batch.lanes) {
      this.#dirty.delete(lane);
      this.#busy.add(lane);
    }
    return batch;
  }

  async #drain(batch: LaneBatch): Promise<void> {
    const { lanes, together } = batch;
    for (const lane of lanes) this.#deep.delete(lane);
    let restMs = 0;
    try {
      const stepsMax = this.#troubles.stepsMax(lanes);
      this.#afterSuccess(batch, await this.#options.drain(lanes, together, stepsMax));
    } catch (thrown) {
      restMs = await this.#afterFailure(batch, thrown);
    } finally {
      if (restMs === 0) this.#release(lanes);
      else setTimeout(() => this.#wakeRested(lanes), restMs).unref();
    }
  }

  #release(lanes: readonly number[]): void {
    for (const lane of lanes) this.#busy.delete(lane);
  }

  #wakeRested(lanes: readonly number[]): void {
    this.#release(lanes);
    this.wake(lanes);
  }

  #afterSuccess({ lanes, together }: LaneBatch, result: DrainResult): void {
    this.#failures = 0;
    if (result.heldElsewhere.length === 0 || result.rows > 0) {
      this.#troubles.decided(lanes, result.rows);
    }
    const isNarrowed = this.#troubles.stepsMax(lanes) !== undefined;
    for (const lane of lanes) {
      if (!isNarrowed) this.#alone.delete(lane);
      else if (!result.heldElsewhere.includes(lane)) this.#dirty.add(lane);
    }
    for (const lane of result.moreIn) {
      this.#deep.add(lane);
      this.#dirty.add(lane);
    }
    this.#learnJoint({ lanes, together }, result);
    this.#comeBack(result.heldElsewhere);
  }

  #learnJoint({ lanes, together }: LaneBatch, { rows, joint }: DrainResult): void {
    // what waited behind a group is looked at again, once the group is decided
    if (together && rows > 0) for (const lane of lanes) this.#dirty.add(lane);
    // a group that could not be decided though its lanes were asked for waits for a halted lane, or behind another group
    const waits = together && rows === 0 ? lanes.join() : undefined;
    for (const set of joint) if (set.join() !== waits) this.#joint.set(set.join(), set);
  }

  /** Whoever holds a lane may have read it before our wake-up's movement was there: look again shortly. */
  #comeBack(lanes: readonly number[]): void {
    if (lanes.length === 0 || this.#stopping) return;
    setTimeout(() => this.wake(lanes), HELD_LANE_MS).unref();
  }

  /** The transaction is rolled back: nothing was applied. Answers how long the lanes rest, in milliseconds. */
  async #afterFailure(batch: LaneBatch, thrown: unknown): Promise<number> {
    const { lanes, together } = batch;
    this.#options.onFailure(lanes);
    if (!(thrown instanceof BatchError)) {
      await this.#waitForDatabase(lanes, thrown);
      return 0;
    }
    if (lanes.length === 1 || together) return this.#afterBatchError(lanes, thrown);
    this.#options.log.warn(
      { err: thrown, lanes },
      "apply batch failed; its lanes go on one by one",
    );
    for (const lane of lanes) {
      this.#alone.add(lane);
      this.#dirty.add(lane);
    }
    return 0;
  }

  async #waitForDatabase(lanes: readonly number[], thrown: unknown): Promise<void> {
    this.#failures += 1;
    this.#options.log[isUnavailable(thrown) ? "warn" : "error"](
      { err: toError(thrown), lanes },
      "apply batch failed; it will be tried again",
    );
    for (const lane of lanes) this.#dirty.add(lane);
    const pauseMs = Math.min(BACKOFF_MS * 2 ** Math.min(this.#failures, 10), BACKOFF_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  async #afterBatchError(lanes: readonly number[], error: BatchError): Promise<number> {
    const { log } = this.#options;
    const verdict = this.#troubles.failed(lanes, error.movements);
    const fields = { err: error, lanes, movements: error.movements.length };
    switch (verdict.next) {
      case "narrow":
        log.warn(fields, "apply batch failed; fewer movements are tried at once");
        for (const lane of lanes) this.#dirty.add(lane);
        return 0;
      case "pause":
        log.error(
          fields,
          verdict.isCommon
            ? "apply fails in several lanes and nothing is decided; nothing is set aside, all is tried again"
            : "apply failed for one movement or group; it will be tried again",
        );
        return verdict.pauseMs;
      case "set_aside":
        return this.#setAside({ lanes, movements: verdict.movements, cause: error.cause });
      case "halt":
        return this.#halt({ lanes, cause: error.cause });
    }
  }

  async #setAside(culprit: Culprit): Promise<number> {
    const { log } = this.#options;
    const { lanes, movements } = culprit;
    const fields = { err: toError(culprit.cause), lanes, movements };
    try {
      const result = await this.#options.setAside(culprit);
      this.#troubles.forget(lanes);
      if (result === "set_aside") log.error(fields, "movements were set aside; the lanes go on");
      if (result === "halted")
        log.error(fields, "lanes were halted: one movement after the other failed");
      else for (const lane of lanes) this.#dirty.add(lane);
      return 0;
    } catch (thrown) {
      log.error({ ...fields, err: toError(thrown) }, "movements could not be set aside");
      return isUnavailable(thrown) ? BACKOFF_MS_MAX : this.#halt({ lanes, cause: thrown });
    }
  }

  async #halt(halted: Omit<Culprit, "movements">): Promise<number> {
    const { lanes } = halted;
    try {
      await this.#options.halt(halted);
      this.#troubles.forget(lanes);
      this.#options.log.error({ err: toError(halted.cause), lanes }, "lanes were halted");
      return 0;
    } catch (thrown) {
      this.#options.log.error({ err: toError(thrown), lanes }, "lanes could not be halted");
      return BACKOFF_MS_MAX;
    }
  }
}
