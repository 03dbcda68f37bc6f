/**
 * Embedded Kinesis: kinesis-local, its streams saved every few seconds under
 * STOCKLINE_HOME/kinesis, so a crash of the emulator can lose the newest records; the event log in
 * PostgreSQL cannot, and a sink can be replayed from it.
 */
import { answers, awaitReady, startOnPort } from "./awaitReady.ts";
import { startEmulator } from "./emulator.ts";
import { freePort } from "./freePort.ts";
import { type BackendOptions, backendOf, type LocalBackend, makeFolder } from "./localBackend.ts";

/** Starts kinesis-local; ready when it answers HTTP. The product creates its stream itself. */
export function startKinesis(options: BackendOptions): Promise<LocalBackend> {
  const folder = makeFolder(options.home, "kinesis");
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
