/**
 * The publisher of one sink: while it holds the sink's lease it publishes round after round, woken by news and by a short poll.
 * A sink that is down keeps its backlog and blocks nothing else. The lease saves work; only the cursors' compare-and-set and
 * the order of sending carry the promise (at least once, in order per key, never a skip).
 */
import { setTimeout as pause } from "node:timers/promises";
import { toError } from "../../domain/errors.ts";
import { type EventSink, failureCode } from "../../platform/eventSink.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { EventNews } from "../events/index.ts";
import { Backoff } from "./backoff.ts";
import { publishRound, type RoundResult } from "./publishRound.ts";
import { sinkFailureNote, sinkLeaseRelease, sinkLeaseTake, sinksEnsure } from "./queries.ts";

export interface PublisherDeps {
  readonly db: DbPool;
  readonly sink: EventSink;
  readonly news: EventNews;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "eventsPublished" | "sinkLagEvents">;
  /** Names this publisher in the lease; unique among all that run. */
  readonly owner: string;
  /** From 0 to 1, for the jitter of pauses. */
  readonly random: () => number;
}

const LEASE_SECONDS = 10;
/** The lease is renewed when less than this is left of it: longer than one call may take. */
const LEASE_LEFT_MS_MIN = 8_000;
/** Whoever has not got the lease asks for it this often. */
const STANDBY_MS = 1_000;
/** The log is looked at this often without any news. */
const POLL_MS = 250;
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 10_000;

/** Makes the sink's row and cursors where they are missing, and publishes; stop() ends after the round under way. */
export function startPublisher(deps: PublisherDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = new Publisher(deps, stopping.signal).run();
  return {
    stop: async () => {
      stopping.abort();
      deps.news.wake();
      await running;
    },
  };
}

class Publisher {
  readonly #deps: PublisherDeps;
  readonly #stopping: AbortSignal;
  readonly #laneRests: Backoff<number>;
  readonly #sinkRests: Backoff<"sink">;
  #leaseUntilMs = 0;
  /** Halved when a call fails as a whole (a slow broker may not manage a large one in time), doubled when all went well. */
  #callRecordsMax: number;
  #known = false;
  #open = false;

  constructor(deps: PublisherDeps, stopping: AbortSignal) {
    this.#deps = deps;
    this.#stopping = stopping;
    this.#callRecordsMax = deps.sink.limits.callRecordsMax;
    const options = {
      firstMs: FIRST_PAUSE_MS,
      maxMs: PAUSE_MS_MAX,
      now: () => performance.now(),
      random: deps.random,
    };
    this.#laneRests = new Backoff(options);
    this.#sinkRests = new Backoff(options);
  }

  async run(): Promise<void> {
    let seen = 0;
    while (!this.#stopping.aborted) {
      const waitMs = await this.#turn().catch((thrown: unknown) =>
        this.#afterDatabaseFailure(thrown),
      );
      if (waitMs > 0 && !this.#stopping.aborted) seen = await this.#deps.news.wait(seen, waitMs);
    }
    await this.#end();
  }

  /** One round, if the lease is ours; answers how long to wait for news before the next. */
  async #turn(): Promise<number> {
    const { db, sink, metrics } = this.#deps;
    if (!this.#known) await sinksEnsure(db, [sink]);
    this.#known = true;
    if (!(await this.#holdLease())) {
      metrics.sinkLagEvents.remove({ sink: sink.name });
      return STANDBY_MS;
    }
    if (!this.#open && !(await this.#openSink())) return 0;
    const result = await publishRound({
      db,
      sink,
      callRecordsMax: this.#callRecordsMax,
      skips: (lane) => this.#laneRests.isResting(lane),
      mayGoOn: () => this.#holdLease(),
    });
    metrics.sinkLagEvents.set({ sink: sink.name }, result.lag);
    if (result.acknowledged > 0) {
      metrics.eventsPublished.inc({ sink: sink.name }, result.acknowledged);
    }
    return this.#afterRound(result);
  }

  async #afterRound(result: RoundResult): Promise<number> {
    for (const lane of result.movedLanes) this.#laneRests.succeed(lane);
    for (const lane of result.failedLanes.keys()) this.#laneRests.fail(lane);
    if (result.acknowledged > 0) this.#sinkRests.succeed("sink");
    if (result.sinkFailure !== undefined) {
      this.#callRecordsMax = Math.max(1, Math.floor(this.#callRecordsMax / 2));
      this.#open = false; // an emulator that lost its streams, a broker that moved: open again
      await this.#restAfter(result.sinkFailure);
      return 0;
    }
    const [code] = result.failedLanes.values();
    if (code !== undefined) await this.#note(code, `${result.failedLanes.size} lanes`);
    if (result.acknowledged > 0) {
      this.#callRecordsMax = Math.min(
        this.#callRecordsMax * 2,
        this.#deps.sink.limits.callRecordsMax,
      );
      return 0;
    }
    return POLL_MS;
  }

  async #openSink(): Promise<boolean> {
    try {
      await this.#deps.sink.open();
      this.#open = true;
    } catch (thrown) {
      await this.#restAfter(failureCode(thrown));
    }
    return this.#open;
  }

  async #restAfter(code: string): Promise<void> {
    const pauseMs = this.#sinkRests.fail("sink");
    await this.#note(code, "the sink");
    await this.#pause(pauseMs);
  }

  async #note(code: string, what: string): Promise<void> {
    const { db, sink, log } = this.#deps;
    log.warn({ sink: sink.name, code }, "publishing failed; it will be tried again");
    const error = `${what} failed with ${code}; the events wait and are sent again`;
    await sinkFailureNote(db, { sink: sink.name, error });
  }

  /** Takes or renews the lease where little is left of it. */
  async #holdLease(): Promise<boolean> {
    const asked = performance.now();
    if (this.#leaseUntilMs - asked > LEASE_LEFT_MS_MIN) return !this.#stopping.aborted;
    const { db, sink, owner } = this.#deps;
    const held = await sinkLeaseTake(db, { sink: sink.name, owner, seconds: LEASE_SECONDS });
    this.#leaseUntilMs = held ? asked + LEASE_SECONDS * 1_000 : 0;
    return held && !this.#stopping.aborted;
  }

  async #afterDatabaseFailure(thrown: unknown): Promise<number> {
    this.#deps.log.warn({ err: toError(thrown), sink: this.#deps.sink.name }, "publisher waits");
    await this.#pause(STANDBY_MS);
    return 0;
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#stopping }).catch(() => undefined);
  }

  async #end(): Promise<void> {
    const { db, sink, owner, log, metrics } = this.#deps;
    metrics.sinkLagEvents.remove({ sink: sink.name });
    try {
      await sinkLeaseRelease(db, { sink: sink.name, owner });
      await sink.close();
    } catch (thrown) {
      log.warn({ err: toError(thrown), sink: sink.name }, "publisher did not end cleanly");
    }
  }
}
