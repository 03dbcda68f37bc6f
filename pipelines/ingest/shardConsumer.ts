/**
 * Consumes a stream of shards beside any number of other workers: each shard is read by the one worker that holds its lease in
 * PostgreSQL. Leases run out when their worker dies, are spread anew when one joins, and a shard made by a split or merge is read
 * only after its parents were read to their end. Clocks of workers play no part.
 */
import { setTimeout as pause } from "node:timers/promises";
import { toError } from "../../domain/errors.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { planLeases } from "./planLeases.ts";
import {
  goneShardsClose,
  type LeaseRow,
  leasesRead,
  leasesRelease,
  leasesRenew,
  leaseTake,
  shardsEnsure,
} from "./queries/checkpoints.ts";
import { type ReadShardDeps, readShard, type ShardEnd } from "./readShard.ts";

/** A worker that is not heard of for so long has lost its shards. */
const LEASE_SECONDS = 10;
const TICK_MS = 1_000;
/** Splits and merges are looked for this often, and whenever a shard ends. */
const SYNC_MS = 10_000;

interface ShardConsumerDeps extends Omit<ReadShardDeps, "onLag"> {
  readonly metrics: Pick<Metrics, "sourceChanges" | "sourceLagSeconds">;
}

/** Starts consuming; stop() ends after the batches in flight and gives the leases back. `owner` is unique among all workers. */
export function startShardConsumer(deps: ShardConsumerDeps): { stop(): Promise<void> } {
  const consumer = new ShardConsumer(deps);
  const running = consumer.run();
  return {
    stop: async () => {
      consumer.end();
      await running;
    },
  };
}

interface Reader {
  readonly epoch: number;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

class ShardConsumer {
  readonly #deps: ShardConsumerDeps;
  readonly #stopping = new AbortController();
  readonly #readers = new Map<string, Reader>();
  readonly #lags = new Map<string, number>();
  #wake: () => void = () => undefined;
  #isOpen = false;
  #syncDueMs = 0;

  constructor(deps: ShardConsumerDeps) {
    this.#deps = deps;
  }

  end(): void {
    this.#stopping.abort();
    this.#wake();
  }

  async run(): Promise<void> {
    const { ingest, stream, owner } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      await this.#tick().catch((thrown: unknown) => {
        ingest.log.warn(
          { err: toError(thrown), source: stream.name },
          "leases not looked after; it comes again",
        );
      });
      await this.#rest();
    }
    for (const { stopping } of this.#readers.values()) stopping.abort();
    await Promise.all([...this.#readers.values()].map(({ ended }) => ended));
    await leasesRelease(ingest.db, { source: stream.name, owner }).catch((thrown: unknown) => {
      ingest.log.warn({ err: toError(thrown) }, "leases not given back; they run out");
    });
    stream.close();
  }

  async #tick(): Promise<void> {
    const { ingest, stream, owner } = this.#deps;
    await this.#renew();
    if (!this.#isOpen) await stream.open();
    this.#isOpen = true;
    if (performance.now() >= this.#syncDueMs) await this.#syncShards();
    const leases = await leasesRead(ingest.db, stream.name);
    const plan = planLeases(leases, owner, new Set(this.#readers.keys()));
    for (const lease of plan.take) await this.#take(lease, plan.isTheft ? "stolen" : "taken");
    this.#showLag();
  }

  /** Keeps the leases of shards that are being read; readers of those that are lost are stopped. */
  async #renew(): Promise<void> {
    if (this.#readers.size === 0) return;
    const { ingest, stream, owner } = this.#deps;
    const ours = await leasesRenew(ingest.db, {
      source: stream.name,
      owner,
      shards: [...this.#readers.keys()],
      epochs: [...this.#readers.values()].map(({ epoch }) => epoch),
      seconds: LEASE_SECONDS,
    });
    for (const [shard, { stopping }] of this.#readers) {
      if (!ours.includes(shard)) stopping.abort();
    }
  }

  async #syncShards(): Promise<void> {
    const { ingest, stream } = this.#deps;
    const shards = await stream.listShards();
    await shardsEnsure(ingest.db, stream.name, shards);
    const names = shards.map(({ shard }) => shard);
    const gone = await goneShardsClose(ingest.db, stream.name, names);
    if (gone.length > 0) {
      // What was not read of them is past the stream's retention: nothing can bring it back, so it is said loudly.
      ingest.log.error({ source: stream.name, shards: gone }, "shards ended before they were read");
    }
    this.#syncDueMs = performance.now() + SYNC_MS;
  }

  async #take({ shard, epoch }: LeaseRow, how: "taken" | "stolen"): Promise<void> {
    const { ingest, stream, owner } = this.#deps;
    const args = { source: stream.name, shard, epoch, owner, seconds: LEASE_SECONDS };
    const taken = await leaseTake(ingest.db, args);
    if (taken === undefined) return; // another was faster
    this.#note(how, shard);
    const stopping = new AbortController();
    const onLag = (name: string, ms: number | undefined): void => {
      if (ms === undefined) this.#lags.delete(name);
      else this.#lags.set(name, ms);
    };
    const ended = readShard({ ...this.#deps, onLag }, { shard, ...taken }, stopping.signal)
      .catch((thrown: unknown): ShardEnd => {
        ingest.log.error({ err: toError(thrown), shard }, "shard reader ended");
        return "stopped";
      })
      .then((end) => this.#afterReader(shard, end));
    this.#readers.set(shard, { epoch: taken.epoch, stopping, ended });
  }

  #afterReader(shard: string, end: ShardEnd): void {
    this.#readers.delete(shard);
    if (end !== "stopped") this.#note(end, shard);
    if (end !== "drained") return;
    this.#syncDueMs = 0; // its children are there, or come now
    this.#wake();
  }

  #note(change: "taken" | "stolen" | "lost" | "drained", shard: string): void {
    const { ingest, stream, metrics, owner } = this.#deps;
    metrics.sourceChanges.inc({ source: stream.name, change });
    ingest.log.info({ source: stream.name, shard, owner, change }, "shard lease changed");
  }

  #showLag(): void {
    const { stream, metrics } = this.#deps;
    const worst = Math.max(0, ...this.#lags.values());
    metrics.sourceLagSeconds.set({ source: stream.name }, worst / 1_000);
  }

  /** Until the next tick, a shard's end or the stop. */
  async #rest(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await pause(TICK_MS, undefined, { signal: woken.signal }).catch(() => undefined); // woken early
  }
}
