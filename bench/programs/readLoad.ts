/**
 * Closed-loop reads: each connection asks for its next path when its last one is answered. Paths are asked for in turn, from
 * the first to the last and over again. Writes one line of JSON: ReadResult.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type HttpConnection, openConnection } from "./httpConnection.ts";
import { percentile } from "./movementBodies.ts";

export interface ReadOptions {
  readonly port: number;
  readonly token: string;
  readonly connections: number;
  /** Each {n} in it becomes the number of the request, from `first` up to `first + count - 1` and over again. */
  readonly path: string;
  readonly first: number;
  readonly count: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface ReadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests sent in all. */
  readonly sent: number;
  /** Answers other than 200. */
  readonly refused: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as ReadOptions;
const { port, token } = options;
const connections = await Promise.all(
  Array.from({ length: options.connections }, () => openConnection({ port, token, path: "/" })),
);
let measuring = false;
let running = true;
let sent = 0;
let refused = 0;
const latencies: number[] = [];
const loops = connections.map((connection) => loop(connection));
await pause(options.warmUpSeconds * 1_000);
measuring = true;
const begun = performance.now();
await pause(options.seconds * 1_000);
measuring = false;
const seconds = (performance.now() - begun) / 1_000;
running = false;
await Promise.all(loops);
const result: ReadResult = {
  requestsPerSecond: latencies.length / seconds,
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  sent,
  refused,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function loop(connection: HttpConnection): Promise<void> {
  while (running) {
    const nth = options.first + (sent % options.count);
    sent += 1;
    const begunAt = performance.now();
    const { status } = await connection.get(options.path.replaceAll("{n}", String(nth)));
    if (measuring) latencies.push(performance.now() - begunAt);
    if (status !== 200) refused += 1;
  }
  connection.close();
}
