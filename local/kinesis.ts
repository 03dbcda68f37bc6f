/**
 * Embedded Kinesis: kinesis-local, its streams saved every quarter of an hour and at its end under
 * STOCKLINE_HOME/kinesis, so a crash of the emulator can lose the newest records; the event log in
 * PostgreSQL cannot, and a sink can be replayed from it.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { answers, awaitReady, startOnPort } from "./awaitReady.ts";
import { startEmulator } from "./emulator.ts";
import { freePort } from "./freePort.ts";
import { type BackendOptions, backendOf, type LocalBackend, makeFolder } from "./localBackend.ts";
import { codeOf } from "./localError.ts";

const EVENTS_STREAM = "stockline-events";
/** Of each shard of our own events. The emulator needs seconds for each megabyte that it opens. */
const EVENTS_KEPT_PER_SHARD = 500;

/** Only as far as it must be known to shorten it; everything else is written back as it was. */
const savedStreams = z.looseObject({
  streams: z.record(
    z.string(),
    z.looseObject({ shards: z.record(z.string(), z.array(z.unknown())) }),
  ),
});

interface KinesisOptions extends BackendOptions {
  /** False where nothing needs to outlive it: while it saves, it answers nobody for many seconds. */
  readonly saves?: boolean;
}

/** Starts kinesis-local; ready when it answers HTTP. The product creates its stream itself. */
export function startKinesis(options: KinesisOptions): Promise<LocalBackend> {
  const folder = makeFolder(options.home, "kinesis");
  tidySaved(join(folder, "kinesis-data.json"), options.log);
  return startOnPort(options.port, async (port) => {
    const child = await startEmulator({
      name: "kinesis",
      home: options.home,
      program: "kinesis-local/main.js",
      env: {
        KINESIS_MOCK_PLAIN_PORT: String(port),
        KINESIS_MOCK_TLS_PORT: String(await freePort()), // It cannot be told to leave TLS out.
        AWS_REGION: "us-east-1",
        CREATE_STREAM_DURATION: "10ms",
        DELETE_STREAM_DURATION: "10ms",
        SHOULD_PERSIST_DATA: String(options.saves ?? true),
        PERSIST_PATH: folder,
        // It writes everything each time, 27 MB in 25 s of a core, and answers hardly anybody meanwhile.
        PERSIST_INTERVAL: "900s",
        LOG_LEVEL: "WARN",
      },
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await awaitReady(child, () => answers(endpoint));
    return backendOf(child, port, {
      KINESIS_ENDPOINT: endpoint,
      KINESIS_STREAM: EVENTS_STREAM,
    });
  });
}

/**
 * The emulator overwrites its file in place, and refuses to start on one that a stop cut short. It
 * would also keep a day of events and take minutes to open them, so only the newest are left in.
 */
function tidySaved(file: string, log: (line: string) => void): void {
  try {
    const saved = savedStreams.parse(JSON.parse(readFileSync(file, "utf8")));
    if (forgetOldEvents(saved)) writeFileSync(file, JSON.stringify(saved));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    log(
      "The Kinesis emulator's saved streams were cut short and are dropped; sinks can be replayed.",
    );
    rmSync(file, { force: true });
  }
}

/** Shortens our own stream, which can be replayed, and no other; answers whether it did. */
function forgetOldEvents({ streams }: z.infer<typeof savedStreams>): boolean {
  let shortened = false;
  for (const [arn, { shards }] of Object.entries(streams)) {
    if (!arn.endsWith(`:stream/${EVENTS_STREAM}`)) continue;
    for (const [shard, records] of Object.entries(shards)) {
      if (records.length <= EVENTS_KEPT_PER_SHARD) continue;
      shards[shard] = records.slice(-EVENTS_KEPT_PER_SHARD);
      shortened = true;
    }
  }
  return shortened;
}
