/**
 * Reads a Kafka topic as a member of a consumer group (kafkajs). Offsets are committed after the records were taken, so a record may
 * come twice and is never skipped. A watchdog replaces a client that crashed or gets on no more, which kafkajs 2.2.4 does not do itself.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Admin, Consumer, EachBatchPayload, Kafka } from "kafkajs";
import { toError } from "../domain/errors.ts";
import { structuredEvent } from "./cloudEventHeaders.ts";
import type { Config } from "./config.ts";
import { createKafka, type KafkaAccess } from "./kafkaClient.ts";
import { KafkaProgress } from "./kafkaProgress.ts";
import type { Log } from "./log.ts";
import type { RecordSource, SourceHandlers } from "./recordSource.ts";

/** Records that are taken between two commits of an offset. */
const CHUNK_RECORDS = 500;
/**
 * A member that is not heard of for so long is out, and others get its partitions. Two such times may follow one another (a member
 * dies, and in the rebalance that this makes the one that was to lead it), and still be below the 30 s that are promised. It is
 * the least that brokers allow by default (group.min.session.timeout.ms).
 */
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_500;
const ANSWER_MS = 10_000;
/** A client or partition that makes no progress for so long is given a new client; with what follows that is below 30 s too. */
const STUCK_MS = 14_000;
const WATCH_MS = 1_000;
const RETRY_MS = 1_000;
const LEAVE_MS_MAX = 3_000;

interface KafkaSourceOptions {
  readonly config: KafkaAccess & Pick<Config, "KAFKA_SOURCE_GROUP">;
  readonly topic: string;
  readonly log: Log;
}

/** Makes the source of a topic; KAFKA_BROKERS must be set. */
export function createKafkaSource(options: KafkaSourceOptions): RecordSource {
  const source = new KafkaSource(options);
  let running: Promise<void> = Promise.resolve();
  return {
    name: source.name,
    start: (handlers) => {
      running = source.run(handlers);
    },
    stop: async () => {
      source.end();
      await running;
    },
  };
}

class KafkaSource {
  readonly name: string;
  readonly #options: KafkaSourceOptions;
  readonly #kafka: Kafka;
  readonly #stopping = new AbortController();

  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.name = `kafka:${options.topic}`;
    this.#kafka = createKafka(options.config, {
      requestTimeout: ANSWER_MS,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
  }

  end(): void {
    this.#stopping.abort();
  }

  /** One client after another until stopped. */
  async run(handlers: SourceHandlers): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const cause = await this.#session(handlers).catch((thrown: unknown) => toError(thrown));
      if (this.#stopping.signal.aborted) return;
      handlers.onChange("restarted");
      this.#options.log.warn({ err: cause, source: this.name }, "Kafka client is replaced");
      await sleep(RETRY_MS, this.#stopping.signal);
    }
  }

  /** Lives until the client crashes or is stuck (answers why) or the source is stopped. */
  async #session(handlers: SourceHandlers): Promise<Error | undefined> {
    const { config, topic } = this.#options;
    const progress = new KafkaProgress(STUCK_MS, () => performance.now());
    const consumer = this.#kafka.consumer({
      groupId: config.KAFKA_SOURCE_GROUP,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: 500,
      retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) },
    });
    const admin = this.#kafka.admin();
    const over = new AbortController();
    const crashed = this.#watchEvents(consumer, { progress, handlers });
    try {
      await Promise.all([consumer.connect(), admin.connect()]);
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const batches = { consumer, handlers, progress, over: over.signal };
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#takeBatch(payload, batches),
      });
      const watched = this.#watch(admin, { progress, handlers, over: over.signal });
      return await Promise.race([crashed, watched, aborted(this.#stopping.signal)]);
    } finally {
      over.abort();
      await leave(consumer, admin);
    }
  }

  /** Answers the error of a crash, if one comes. */
  #watchEvents(
    consumer: Consumer,
    { progress, handlers }: { progress: KafkaProgress; handlers: SourceHandlers },
  ): Promise<Error> {
    const { FETCH, HEARTBEAT, END_BATCH_PROCESS, GROUP_JOIN, CRASH } = consumer.events;
    for (const sign of [FETCH, HEARTBEAT, END_BATCH_PROCESS] as const) {
      consumer.on(sign, () => progress.live());
    }
    consumer.on(GROUP_JOIN, ({ payload }) => {
      progress.assign(payload.memberAssignment[this.#options.topic] ?? []);
      handlers.onChange("joined");
    });
    return new Promise((resolve) => {
      consumer.on(CRASH, ({ payload }) => resolve(payload.error));
    });
  }

  async #takeBatch(payload: EachBatchPayload, parts: BatchParts): Promise<void> {
    const { batch, isStale, isRunning, resolveOffset, heartbeat } = payload;
    const { messages, partition } = batch;
    const isOver = (): boolean =>
      isStale() || !isRunning() || parts.over.aborted || this.#stopping.signal.aborted;
    // A member must be heard of also while a transaction takes long.
    const beat = setInterval(() => {
      heartbeat().catch(() => undefined); // a rebalance: isStale tells, or the commit fails
    }, HEARTBEAT_MS);
    try {
      for (let from = 0; from < messages.length && !isOver(); from += CHUNK_RECORDS) {
        const chunk = messages.slice(from, from + CHUNK_RECORDS);
        const records = chunk.map(({ offset, value, headers }) => ({
          origin: this.name,
          position: `${partition}:${offset}`,
          payload: structuredEvent(headers, value ?? Buffer.alloc(0)),
        }));
        const isTaken = await this.#takeChunk({ records, shard: String(partition) }, parts, isOver);
        const last = chunk.at(-1);
        if (!isTaken || last === undefined) return;
        resolveOffset(last.offset);
        const offset = String(BigInt(last.offset) + 1n);
        await parts.consumer.commitOffsets([{ topic: batch.topic, partition, offset }]);
      }
    } finally {
      clearInterval(beat);
    }
  }

  /** Takes records; while the database is away they are held. False where the partition is no longer ours. */
  async #takeChunk(
    chunk: Parameters<SourceHandlers["take"]>[0],
    { handlers, progress, over }: BatchParts,
    isOver: () => boolean,
  ): Promise<boolean> {
    const stop = AbortSignal.any([over, this.#stopping.signal]);
    while (!isOver()) {
      await handlers.ready(stop, () => Promise.resolve(progress.rest()));
      if (isOver()) return false;
      try {
        await handlers.take(chunk);
        return true;
      } catch (thrown) {
        const { log } = this.#options;
        log.warn({ err: toError(thrown), source: this.name }, "records not taken; they are held");
        progress.rest();
        await sleep(RETRY_MS, stop);
      }
    }
    return false;
  }

  /** Looks at the topic again and again; answers when the client is stuck. */
  async #watch(admin: Admin, parts: WatchParts): Promise<Error | undefined> {
    const { progress, handlers, over } = parts;
    while (!over.aborted) {
      await sleep(WATCH_MS, over);
      const states = await this.#partitionStates(admin).catch(() => undefined); // the broker is away
      if (states !== undefined) handlers.onLag(progress.look(states));
      const stuck = progress.stuck();
      if (stuck !== undefined) {
        return new Error(`the ${stuck} has made no progress for ${STUCK_MS / 1_000} seconds`);
      }
    }
    return undefined;
  }

  async #partitionStates(admin: Admin) {
    const { config, topic } = this.#options;
    const [ends, groups] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId: config.KAFKA_SOURCE_GROUP, topics: [topic] }),
    ]);
    const committed = new Map(
      groups.flatMap(({ partitions }) => partitions.map((it) => [it.partition, it.offset])),
    );
    return ends.map(({ partition, low, high }) => {
      const offset = BigInt(committed.get(partition) ?? -1);
      return {
        partition,
        committed: offset < 0n ? undefined : offset,
        low: BigInt(low),
        high: BigInt(high),
      };
    });
  }
}

interface BatchParts {
  readonly consumer: Consumer;
  readonly handlers: SourceHandlers;
  readonly progress: KafkaProgress;
  /** Aborted when the client is given up. */
  readonly over: AbortSignal;
}

interface WatchParts extends Pick<BatchParts, "handlers" | "progress" | "over"> {}

/** Leaves the group and closes; a client that hangs is left behind after some seconds. */
async function leave(consumer: Consumer, admin: Admin): Promise<void> {
  const left = Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
  await Promise.race([left, pause(LEAVE_MS_MAX, undefined, { ref: false })]);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Waits; an abort ends the wait, and the caller looks for it. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
