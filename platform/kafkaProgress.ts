/**
 * Tells whether a Kafka consumer still gets on: signs of life of the client, and for each of its partitions whether records wait that
 * nobody takes. Pure but for the clock that is passed in.
 */

/** A partition of the topic: what is committed and where its log ends. */
export interface PartitionState {
  readonly partition: number;
  /** The next offset to read; undefined where nothing was ever committed. */
  readonly committed: bigint | undefined;
  readonly low: bigint;
  readonly high: bigint;
}

export class KafkaProgress {
  readonly #stuckMs: number;
  readonly #now: () => number;
  #lifeAt: number;
  /** When each partition was last seen to move or to be empty, and at which offset. */
  readonly #moved = new Map<number, { readonly at: number; readonly offset: bigint }>();
  #assigned: ReadonlySet<number> = new Set();

  constructor(stuckMs: number, now: () => number) {
    this.#stuckMs = stuckMs;
    this.#now = now;
    this.#lifeAt = now();
  }

  /** The client did something: fetched, joined, took a batch, waits on purpose. */
  live(): void {
    this.#lifeAt = this.#now();
  }

  /** The group gave these partitions to the client. */
  assign(partitions: readonly number[]): void {
    this.live();
    this.#assigned = new Set(partitions);
    this.#moved.clear();
  }

  /** Waits on purpose: nothing counts as stuck. */
  rest(): void {
    this.live();
    this.#moved.clear();
  }

  /** Notes how the topic stands; answers the records that wait in the client's partitions. */
  look(states: readonly PartitionState[]): number {
    let lag = 0n;
    for (const { partition, committed, low, high } of states) {
      if (!this.#assigned.has(partition)) continue;
      const offset = committed ?? low;
      const waiting = high > offset ? high - offset : 0n;
      lag += waiting;
      const before = this.#moved.get(partition);
      if (before === undefined || before.offset !== offset || waiting === 0n) {
        this.#moved.set(partition, { at: this.#now(), offset });
      }
    }
    return Number(lag);
  }

  /** What is stuck, if anything. */
  stuck(): "client" | "partition" | undefined {
    const since = this.#now() - this.#stuckMs;
    if (this.#lifeAt < since) return "client";
    for (const { at } of this.#moved.values()) if (at < since) return "partition";
    return undefined;
  }
}
