/**
 * Embedded Kinesis: kinesis-local, its streams saved every few seconds under
 * STOCKLINE_HOME/kinesis, so a crash of the emulator can lose the newest records; the event log in
 * PostgreSQL cannot, and a sink can be replayed from it.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { answers, awaitReady, startOnPort } from "./awaitReady.ts";
import { startEmulator } from "./emulator.ts";
import { freePort } from "./freePort.ts";
import { type BackendOptions, backendOf, type LocalBackend, makeFolder } from "./localBackend.ts";
import { codeOf } from "./localError.ts";

/** Starts kinesis-local; ready when it answers HTTP. The product creates its stream itself. */
export function startKinesis(options: BackendOptions): Promise<LocalBackend> {
  const folder = makeFolder(options.home, "kinesis");
  dropHalfWritten(join(folder, "kinesis-data.json"), options.log);
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
        SHOULD_PERSIST_DATA: "true",
        PERSIST_PATH: folder,
        PERSIST_INTERVAL: "2s",
        LOG_LEVEL: "WARN",
      },
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await awaitReady(child, () => answers(endpoint));
    return backendOf(child, port, {
      KINESIS_ENDPOINT: endpoint,
      KINESIS_STREAM: "stockline-events",
    });
  });
}

/** The emulator overwrites its file in place, and refuses to start on one that a stop cut short. */
function dropHalfWritten(file: string, log: (line: string) => void): void {
  try {
    JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    log(
      "The Kinesis emulator's saved streams were cut short and are dropped; sinks can be replayed.",
    );
    rmSync(file, { force: true });
  }
}
