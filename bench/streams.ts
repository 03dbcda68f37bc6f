/**
 * Streams: for each sink, events committed at a steady rate until the sink's cursor has moved past them; and how fast a backlog
 * gets to Kafka, against kafkajs alone sending the same bytes. The worker process is the product's; brokers are the emulators
 * and librdkafka's mock cluster (skipped where kcat is missing), the webhook's receiver is a process of its own.
 */
import { startKinesis } from "../local/kinesis.ts";
import type { LocalBackend } from "../local/localBackend.ts";
import { hasKcat, type MockKafka, startMockKafka } from "../local/mockKafka.ts";
import { startSqs } from "../local/sqs.ts";
import { runProgram, startProgram } from "./childPrograms.ts";
import {
  boundFigure,
  type Effort,
  type Figure,
  inTurn,
  pairFigure,
  plainFigure,
} from "./compare.ts";
import type { EventLoadOptions, EventLoadResult } from "./programs/eventLoad.ts";
import type { KafkaSendOptions, KafkaSendResult } from "./programs/kafkaSend.ts";
import type { KinesisSendOptions, KinesisSendResult } from "./programs/kinesisSend.ts";
import type { BenchDatabase, Stage } from "./stage.ts";
import {
  type BacklogShape,
  drainSink,
  eventBacklogInsert,
  eventBytes,
  webhookSeed,
} from "./streamBacklog.ts";

const PER_SECOND = 1_000;
/** A pace that the Kinesis emulator keeps; it does not keep the other one, by itself either. */
const PER_SECOND_KINESIS = 250;
const BACKLOG = 1_000_000;
const BACKLOG_QUICK = 50_000;
/** A backlog of movements of so many items, each event as large as one of theirs. */
const SHAPE: BacklogShape = { keys: 10_000, dataBytes: 300 };

/** A sink, and what makes the worker publish to it alone. */
interface Way {
  readonly sink: string;
  readonly env: Readonly<Record<string, string>>;
  /** Done to the database before the worker starts. */
  readonly prepare?: (database: BenchDatabase) => Promise<void>;
}

interface PacedWay {
  readonly way: Way;
  /** Events a second. */
  readonly pace: number;
}

/** Measures publishing. */
export async function benchStreams(stage: Stage, effort: Effort): Promise<Figure[]> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const backends: LocalBackend[] = await Promise.all(
    [startKinesis, startSqs].map((start) => start({ home: stage.home, log })),
  );
  const receiver = await startProgram({
    stage,
    program: "bench/programs/webhookReceiver.js",
    env: {},
  });
  const kafka = hasKcat() ? await startMockKafka() : undefined;
  if (kafka === undefined) log("  no Kafka: kcat is not installed (Debian: kcat)");
  try {
    const figures: Figure[] = [];
    for (const way of waysOf(backends, kafka, receiver.port)) {
      if (effort.only !== undefined && effort.only !== way.sink) continue;
      figures.push(...(await delaysOf(stage, effort, way)));
    }
    const isWanted = effort.only === undefined || effort.only === "catch-up";
    if (kafka !== undefined && isWanted) figures.push(await catchUp(stage, effort, kafka));
    return figures;
  } finally {
    kafka?.stop();
    await Promise.all([receiver, ...backends].map((one) => one.stop()));
  }
}

/** A sink's delays, where it is Kinesis at both paces and beside the client alone. */
async function delaysOf(stage: Stage, effort: Effort, way: Way): Promise<Figure[]> {
  if (way.sink !== "kinesis") return orNone(way, delays(stage, effort, { way, pace: PER_SECOND }));
  const figures: Figure[] = [];
  for (const pace of [PER_SECOND, PER_SECOND_KINESIS]) {
    figures.push(...(await orNone(way, delays(stage, effort, { way, pace }))));
    figures.push(...(await orNone(way, kinesisAlone(stage, effort, { way, pace }))));
  }
  return figures;
}

/** An emulator that can't keep up must not cost the figures of the others. */
function orNone({ sink }: Way, measuring: Promise<Figure[]>): Promise<Figure[]> {
  return measuring.catch((thrown: unknown) => {
    process.stderr.write(`  ${sink} is not measured: ${String(thrown)}\n`);
    return [];
  });
}

/** No sink but what a way names; the emulators take any credentials, and the clients ask for some. */
const NONE = {
  KINESIS_ENDPOINT: "",
  SQS_ENDPOINT: "",
  AWS_ACCESS_KEY_ID: "stockline",
  AWS_SECRET_ACCESS_KEY: "stockline",
};

function waysOf(
  backends: readonly LocalBackend[],
  kafka: MockKafka | undefined,
  port: number,
): Way[] {
  const url = `http://127.0.0.1:${port}/`;
  const prepare = (database: BenchDatabase) => webhookSeed(database, url);
  return [
    ...backends.map(({ name, env }) => ({ sink: name, env: { ...NONE, ...env } })),
    ...(kafka === undefined ? [] : [{ sink: "kafka", env: kafkaEnv(kafka, "delays") }]),
    { sink: "bench", env: { ...NONE, WEBHOOK_PRIVATE_ALLOWED: "true" }, prepare },
  ];
}

function kafkaEnv({ brokers }: MockKafka, topic: string) {
  return { ...NONE, KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic };
}

function timesOf({ quick }: Effort) {
  return { warmUpSeconds: quick ? 3 : 5, seconds: quick ? 5 : 20 };
}

/** From the commit of an event to the sink's cursor behind it. */
async function delays(stage: Stage, effort: Effort, { way, pace }: PacedWay): Promise<Figure[]> {
  const database = await stage.makeDatabase(`streams_${way.sink}_${pace}`);
  // of its own: the emulator grows slower with what a stream holds
  const own = { KINESIS_STREAM: `delays-${pace}` };
  const env: Record<string, string> = { ...database.env, ...way.env, ...own };
  await way.prepare?.(database);
  const worker = await startProgram({ stage, program: "workers/main.js", env });
  const options: EventLoadOptions = {
    databaseUrl: database.env["DATABASE_URL"] ?? "",
    redisUrl: env["REDIS_URL"] ?? "",
    redisPrefix: env["REDIS_PREFIX"] ?? "",
    sink: way.sink,
    perSecond: pace,
    keys: 1_000,
    dataBytes: SHAPE.dataBytes,
    ...timesOf(effort),
  };
  const results: EventLoadResult[] = [];
  try {
    for (let round = 0; round < effort.rounds; round += 1) {
      const args = [JSON.stringify(options)];
      const program = "bench/programs/eventLoad.js";
      results.push(await runProgram<EventLoadResult>({ stage, program, env: {}, args }));
      process.stderr.write(
        `  ${way.sink}, round ${round + 1}: ${JSON.stringify(results.at(-1))}\n`,
      );
    }
  } finally {
    const { rows } = await database.admin.query("select last_error from sinks");
    if (rows[0]?.last_error) process.stderr.write(`  ${way.sink}: ${rows[0].last_error}\n`);
    await worker.stop();
    await database.close();
  }
  const name = way.sink === "bench" ? "webhook" : way.sink;
  const figure = (what: string, atMost: number, pick: (one: EventLoadResult) => number) =>
    boundFigure(`${name}: commit → acknowledged, ${what} at ${pace} events/s`, {
      unit: "ms",
      values: results.map(pick),
      atMost,
    });
  return [figure("p50", 50, (one) => one.p50Ms), figure("p99", 250, (one) => one.p99Ms)];
}

/** How the emulator fares without the product: the delay of the AWS client alone at the same pace. */
async function kinesisAlone(
  stage: Stage,
  effort: Effort,
  { way: { env }, pace }: PacedWay,
): Promise<Figure[]> {
  const options: KinesisSendOptions = {
    endpoint: env["KINESIS_ENDPOINT"] ?? "",
    region: "us-east-1",
    stream: `alone-${pace}`,
    perSecond: pace,
    keys: 1_000,
    bytesPerEvent: eventBytes(SHAPE),
    ...timesOf(effort),
  };
  const args = [JSON.stringify(options)];
  const results: KinesisSendResult[] = [];
  for (let round = 0; round < effort.rounds; round += 1) {
    const program = "bench/programs/kinesisSend.js";
    const result = await runProgram<KinesisSendResult>({ stage, program, env: { ...env }, args });
    process.stderr.write(`  kinesis alone, round ${round + 1}: ${JSON.stringify(result)}\n`);
    results.push(result);
  }
  return (["p50", "p99"] as const).map((what) =>
    plainFigure(`kinesis: the AWS client alone, ${what} at ${pace} records/s`, {
      unit: "ms",
      values: results.map((one) => one[`${what}Ms`]),
    }),
  );
}

/** A backlog through the worker, and as many bytes through kafkajs alone, in turn. */
async function catchUp(stage: Stage, effort: Effort, kafka: MockKafka): Promise<Figure> {
  const events = effort.rows ?? (effort.quick ? BACKLOG_QUICK : BACKLOG);
  const database = await stage.makeDatabase("streams_backlog");
  const bytesPerEvent = eventBytes(SHAPE);
  await eventBacklogInsert(database.admin, { ...SHAPE, events });
  const { keys } = SHAPE;
  let round = 0;
  try {
    const rates = await inTurn(effort.rounds, {
      baseline: async () => {
        const topic = `alone-${round}`;
        const options: KafkaSendOptions = {
          brokers: kafka.brokers,
          topic,
          events,
          keys,
          bytesPerEvent,
        };
        const args = [JSON.stringify(options)];
        const program = "bench/programs/kafkaSend.js";
        return (await runProgram<KafkaSendResult>({ stage, program, env: {}, args })).perSecond;
      },
      product: async () => {
        round += 1;
        const env = { ...database.env, ...kafkaEnv(kafka, `backlog-${round}`) };
        const start = () => startProgram({ stage, program: "workers/main.js", env });
        return drainSink({ database, sink: "kafka", events, start });
      },
    });
    return pairFigure({
      name: `kafka: catch-up of ${events} events of ${bytesPerEvent} bytes`,
      unit: "events/s",
      ...rates,
      bound: 0.6,
    });
  } finally {
    await database.close();
  }
}
