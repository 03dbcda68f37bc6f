/**
 * The publisher of one sink: while it holds the sink's lease it publishes round after round, woken by news and by a poll each second.
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
import { Circuit } from "./circuit.ts";
import { openLetterBox } from "./letterBox.ts";
import { publishRound, type RoundDeps, type RoundResult } from "./publishRound.ts";
import {
  sinkLanesFailing,
  sinkLeaseRelease,
  sinkLeaseTake,
  sinksEnsure,
} from "./queries/cursors.ts";
import { sinkCircuitNote, sinkFailureNote, sinksRead } from "./queries/sinks.ts";
import { ReadAhead } from "./readAhead.ts";

export interface PublisherDeps {
  readonly db: DbPool;
  readonly sink: EventSink;
  readonly news: EventNews;
  readonly log: Log;
  readonly metrics: Metrics["sinks"];
  /** Names this publisher in the lease; unique among all that run. */
  readonly owner: string;
  /** From 0 to 1, for the jitter of pauses. */
  readonly random: () => number;
  /** Called when nothing has succeeded for the sink's giveUpAfterMs. */
  readonly onGivenUp?: (code: string) => Promise<void>;
}

const LEASE_SECONDS = 10;
/** The lease is renewed when less than this is left of it: longer than one call may take. */
const LEASE_LEFT_MS_MIN = 8_000;
/** Whoever has not got the lease asks for it this often. */
const STANDBY_MS = 1_000;
/** The log is looked at this often without any news. */
const POLL_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 10_000;
/** Ages and counts for the metrics are read this often. */
const WATCH_MS = 5_000;
/** Events of a round, and of one of a sink that catches up and keeps pace: each round costs some statements, however large it is. */
const ROUND_EVENTS = 1_000;
const ROUND_EVENTS_MAX = 8_000;
/** A round that takes longer is not made larger: it would only be cut off. */
const ROUND_MS_GOOD = 1_000;

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
  readonly #circuit: Circuit;
  #leaseUntilMs = 0;
  #watchedMs = Number.NEGATIVE_INFINITY;
  /** Halved when a call fails as a whole (a slow broker may not manage a large one in time), doubled when all went well. */
  #callRecordsMax: number;
  #roundEvents = ROUND_EVENTS;
  readonly #ahead = new ReadAhead();
  #known = false;
  #open = false;
  /** False until the database knows what the circuit does: another process may have left it open. */
  #circuitNoted = false;

  constructor(deps: PublisherDeps, stopping: AbortSignal) {
    this.#deps = deps;
    this.#stopping = stopping;
    this.#callRecordsMax = deps.sink.limits.callRecordsMax;
    const options = {
      firstMs: FIRST_PAUSE_MS,
      maxMs: deps.sink.pauseMsMax ?? PAUSE_MS_MAX,
      now: () => performance.now(),
      random: deps.random,
    };
    this.#laneRests = new Backoff(options);
    this.#circuit = new Circuit(options);
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
    const { db, sink } = this.#deps;
    if (!this.#known) await sinksEnsure(db, [sink]);
    this.#known = true;
    if (!(await this.#holdLease())) {
      this.#forgetGauges();
      return STANDBY_MS;
    }
    if (!this.#open && !(await this.#openSink())) return 0;
    const begunMs = performance.now();
    const result = await publishRound(this.#roundDeps());
    this.#sizeRounds(result, performance.now() - begunMs);
    await this.#watch(result);
    return this.#afterRound(result);
  }

  #roundDeps(): RoundDeps {
    const { db, sink, metrics } = this.#deps;
    const labels = { sink: sink.name };
    return {
      db,
      sink,
      letters: openLetterBox(db, sink.name),
      ahead: this.#ahead,
      callRecordsMax: this.#callRecordsMax,
      skips: (lane) => this.#laneRests.isResting(lane),
      mayGoOn: () => this.#holdLease(),
      onCall: (seconds) => metrics.callSeconds.observe(labels, seconds),
      onDelivered: (recordedAt) => {
        const seconds = Math.max(0, (Date.now() - recordedAt.getTime()) / 1_000);
        metrics.deliverySeconds.observe(labels, seconds);
      },
      eventsMax: this.#circuit.state === "closed" ? this.#roundEvents : 1,
    };
  }

  /** Rounds grow while a backlog is worked off and nothing fails, and are small again at its end. */
  #sizeRounds({ read, settled, failedLanes, sinkFailure }: RoundResult, ms: number): void {
    const isFull = read >= this.#roundEvents && settled === read;
    const isWell = sinkFailure === undefined && failedLanes.size === 0;
    if (isFull && isWell && ms < ROUND_MS_GOOD) {
      this.#roundEvents = Math.min(this.#roundEvents * 2, ROUND_EVENTS_MAX);
    } else if (!isWell || read < this.#roundEvents / 2) this.#roundEvents = ROUND_EVENTS;
  }

  async #afterRound(result: RoundResult): Promise<number> {
    for (const lane of result.movedLanes) this.#laneRests.succeed(lane);
    for (const lane of result.failedLanes.keys()) this.#laneRests.fail(lane);
    await this.#noteLanes(result);
    if (result.acknowledged > 0) await this.#closeCircuit();
    if (result.sinkFailure !== undefined) {
      this.#callRecordsMax = Math.max(1, Math.floor(this.#callRecordsMax / 2));
      this.#open = false; // an emulator that lost its streams, a broker that moved: open again
      await this.#restAfter(result.sinkFailure, "the sink");
      return 0;
    }
    const [code] = result.failedLanes.values();
    if (code !== undefined && result.acknowledged === 0 && result.parked === 0) {
      await this.#restAfter(code, `${result.failedLanes.size} lanes`, result.retryAfterMs);
      return 0;
    }
    if (code !== undefined) await this.#note(code, `${result.failedLanes.size} lanes`, false);
    if (result.retryAfterMs !== undefined) await this.#leaveAlone(result.retryAfterMs);
    if (result.acknowledged === 0 && result.movedLanes.size === 0) return POLL_MS;
    this.#callRecordsMax = Math.min(
      this.#callRecordsMax * 2,
      this.#deps.sink.limits.callRecordsMax,
    );
    return 0;
  }

  /** Since when a lane fails is kept where the sink gives up on events after a time. */
  async #noteLanes({ failedLanes, parked }: RoundResult): Promise<void> {
    const { db, sink, log } = this.#deps;
    if (sink.giveUpAfterMs !== undefined && failedLanes.size > 0) {
      await sinkLanesFailing(db, { sink: sink.name, lanes: [...failedLanes.keys()] });
    }
    if (parked > 0) {
      log.error(
        { sink: sink.name, events: parked },
        "the sink refused events: see its dead letters",
      );
    }
  }

  async #openSink(): Promise<boolean> {
    try {
      await this.#deps.sink.open();
      this.#open = true;
    } catch (thrown) {
      await this.#restAfter(failureCode(thrown), "the sink");
    }
    return this.#open;
  }

  async #closeCircuit(): Promise<void> {
    const wasClosed = this.#circuit.state === "closed";
    this.#circuit.succeed();
    if (wasClosed && this.#circuitNoted) return;
    this.#circuitNoted = true;
    await sinkCircuitNote(this.#deps.db, { sink: this.#deps.sink.name, circuit: "closed" });
  }

  async #restAfter(code: string, what: string, askedMs = 0): Promise<void> {
    const pauseMs = this.#circuit.fail();
    await this.#note(code, what, true);
    if (askedMs > pauseMs) await this.#leaveAlone(askedMs);
    else await this.#pause(pauseMs);
    this.#circuit.rested();
    if (this.#circuit.state !== "half_open") return;
    await sinkCircuitNote(this.#deps.db, { sink: this.#deps.sink.name, circuit: "half_open" });
  }

  /** Rests for as long as the sink asked for; the lease is held meanwhile, so that nobody else tries either. */
  async #leaveAlone(ms: number): Promise<void> {
    const { db, sink, owner } = this.#deps;
    const seconds = Math.ceil(ms / 1_000) + LEASE_SECONDS;
    await sinkLeaseTake(db, { sink: sink.name, owner, seconds });
    await this.#pause(ms);
  }

  /** Keeps the failure for operators; where nothing has succeeded for too long, whoever started the publisher is told. */
  async #note(code: string, what: string, isWhole: boolean): Promise<void> {
    const { db, sink, log, metrics, onGivenUp } = this.#deps;
    metrics.failures.inc({ sink: sink.name });
    const { state } = this.#circuit;
    metrics.circuitOpen.set({ sink: sink.name }, state === "closed" ? 0 : 1);
    log.warn(
      { sink: sink.name, code, circuit: state },
      "publishing failed; it will be tried again",
    );
    const error = `${what} failed with ${code}; the events wait and are sent again`;
    if (isWhole) this.#circuitNoted = false;
    const note = { sink: sink.name, error, circuit: state, isWhole };
    const failingMs = await sinkFailureNote(db, note);
    const { giveUpAfterMs } = sink;
    if (isWhole && giveUpAfterMs !== undefined && failingMs >= giveUpAfterMs)
      await onGivenUp?.(code);
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

  /** Keeps the gauges: the lag after every round, what must be asked for now and then. */
  async #watch({ lag, acknowledged }: RoundResult): Promise<void> {
    const { db, sink, metrics } = this.#deps;
    const labels = { sink: sink.name };
    metrics.lagEvents.set(labels, lag);
    if (acknowledged > 0) {
      metrics.published.inc(labels, acknowledged);
      metrics.circuitOpen.set(labels, 0);
    }
    if (performance.now() - this.#watchedMs < WATCH_MS) return;
    this.#watchedMs = performance.now();
    const [row] = await sinksRead(db, sink.name);
    if (row === undefined) return;
    metrics.lagSeconds.set(labels, row.lag_seconds);
    metrics.deadLetters.set(labels, row.dead_letters);
  }

  #forgetGauges(): void {
    const { sink, metrics } = this.#deps;
    for (const gauge of [
      metrics.lagEvents,
      metrics.lagSeconds,
      metrics.deadLetters,
      metrics.circuitOpen,
    ]) {
      gauge.remove({ sink: sink.name });
    }
    this.#watchedMs = Number.NEGATIVE_INFINITY;
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
    const { db, sink, owner, log } = this.#deps;
    this.#forgetGauges();
    try {
      await sinkLeaseRelease(db, { sink: sink.name, owner });
      await sink.close();
    } catch (thrown) {
      log.warn({ err: toError(thrown), sink: sink.name }, "publisher did not end cleanly");
    }
  }
}
