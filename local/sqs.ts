/**
 * Embedded SQS: fauxqs, which keeps its queues in memory only. Messages that nobody has received
 * are gone after a restart; the event log in PostgreSQL is not, and a sink can be replayed from it.
 */
import { answers, awaitReady, startOnPort } from "./awaitReady.ts";
import { startEmulator } from "./emulator.ts";
import { type BackendOptions, backendOf, type LocalBackend } from "./localBackend.ts";

/** Starts fauxqs; ready when it answers HTTP. The product creates its queue itself. */
export function startSqs(options: BackendOptions): Promise<LocalBackend> {
  return startOnPort(options.port, async (port) => {
    const child = await startEmulator({
      name: "sqs",
      home: options.home,
      program: "fauxqs/dist/server.js",
      env: { FAUXQS_PORT: String(port), FAUXQS_DEFAULT_REGION: "us-east-1" },
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await awaitReady(child, () => answers(endpoint));
    return backendOf(child, port, { SQS_ENDPOINT: endpoint, SQS_QUEUE: "stockline-events.fifo" });
  });
}
