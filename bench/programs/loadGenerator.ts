/** Closed-loop load: each connection sends its next request when its last one is answered. Writes one line of JSON: LoadResult. */
import { setTimeout as pause } from "node:timers/promises";
import { type HttpConnection, openConnection } from "./httpConnection.ts";
import { percentile, requestBody } from "./movementBodies.ts";

export interface LoadOptions {
  readonly port: number;
  readonly token: string;
  readonly connections: number;
  /** Items SKU-0 to SKU-(items - 1). */
  readonly items: number;
  /** Movements of one request. */
  readonly lines: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface LoadResult {
  /** Requests answered in each second of the measured time. */
  readonly requestsPerSecond: number;
  /** Of those, answered 202. */
  readonly acceptedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 202. */
  readonly refused: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as LoadOptions;
const { port, token } = options;
const target = { port, token, path: "/v1/movements" };
const connections = await Promise.all(
  Array.from({ length: options.connections }, () => openConnection(target)),
);
let measuring = false;
let running = true;
let refused = 0;
let accepted = 0;
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
const result: LoadResult = {
  requestsPerSecond: latencies.length / seconds,
  acceptedPerSecond: accepted / seconds,
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  refused,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function loop(connection: HttpConnection): Promise<void> {
  while (running) {
    const body = requestBody(options.items, options.lines);
    const sent = performance.now();
    const { status } = await connection.post(body);
    if (measuring) latencies.push(performance.now() - sent);
    if (status !== 202) refused += 1;
    else if (measuring) accepted += 1;
  }
  connection.close();
}
