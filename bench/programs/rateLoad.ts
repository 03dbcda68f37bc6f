/**
 * Open-loop load: requests at a fixed rate, whether earlier ones are answered or not, and for each movement the time until
 * its outcome can be read. Looks for outcomes every few milliseconds, which is part of the figure. Writes one line of JSON:
 * RateResult.
 */
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { outcomesRead } from "../queries.ts";
import { type HttpConnection, openConnection } from "./httpConnection.ts";
import { movementLineOf, percentile } from "./movementBodies.ts";

export interface RateOptions {
  /** Of the APIs; each connection stays with one of them. */
  readonly ports: readonly number[];
  readonly token: string;
  readonly adminUrl: string;
  readonly items: number;
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface RateResult {
  /** From the answer 202 to the outcome being there to read. */
  readonly visibleP50Ms: number;
  readonly visibleP95Ms: number;
  readonly visibleP99Ms: number;
  /** From the request's due time to the answer 202. */
  readonly acceptedP50Ms: number;
  readonly acceptedP95Ms: number;
  readonly acceptedP99Ms: number;
  readonly perSecond: number;
}

const LOOK_MS = 4;

const options = JSON.parse(process.argv[2] ?? "{}") as RateOptions;
const targets = options.ports.map((port) => ({
  port,
  token: options.token,
  path: "/v1/movements",
}));
let opened = 0;
const idle: HttpConnection[] = [];
const db = new pg.Pool({ connectionString: options.adminUrl, max: 1 });
/** Accepted and not yet seen as decided: id and when it was accepted, unless it was sent before the measured time. */
const open = new Map<string, number | undefined>();
const accepted: number[] = [];
const visible: number[] = [];
const begun = performance.now();
const measureFrom = begun + options.warmUpSeconds * 1_000;
const end = measureFrom + options.seconds * 1_000;
let sent = 0;
const flying = new Set<Promise<void>>();
const looking = look();
while (performance.now() < end) {
  const due = begun + (sent * 1_000) / options.perSecond;
  if (due > performance.now()) {
    await pause(1);
    continue;
  }
  sent += 1;
  const sending: Promise<void> = send(due).finally(() => flying.delete(sending));
  flying.add(sending);
}
await Promise.all(flying);
await looking;
await db.end();
for (const connection of idle) connection.close();
const result: RateResult = {
  visibleP50Ms: percentile(visible, 0.5),
  visibleP95Ms: percentile(visible, 0.95),
  visibleP99Ms: percentile(visible, 0.99),
  acceptedP50Ms: percentile(accepted, 0.5),
  acceptedP95Ms: percentile(accepted, 0.95),
  acceptedP99Ms: percentile(accepted, 0.99),
  perSecond: visible.length / options.seconds,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function send(due: number): Promise<void> {
  const connection = await idleConnection();
  const line = movementLineOf(options.items);
  const { status, body } = await connection.post(JSON.stringify(line));
  idle.push(connection);
  const at = performance.now();
  if (status !== 202) throw new Error(`POST /v1/movements answered ${status}: ${body}`);
  const measured = due >= measureFrom;
  if (measured) accepted.push(at - due);
  if ("id" in line) open.set(String(line.id), measured ? at : undefined);
}

/** The one that has been idle for longest, so that all APIs get their share; else a new one. */
async function idleConnection(): Promise<HttpConnection> {
  for (let one = idle.shift(); one !== undefined; one = idle.shift()) {
    if (!one.isClosed()) return one;
  }
  const target = targets[opened % targets.length];
  if (target === undefined) throw new Error("there is no API to send to");
  opened += 1;
  return openConnection(target);
}

/** Looks again and again which of the open movements have an outcome. */
async function look(): Promise<void> {
  while (performance.now() < end || flying.size > 0 || open.size > 0) {
    const decided = open.size === 0 ? [] : await outcomesRead(db, [...open.keys()]);
    const at = performance.now();
    for (const id of decided) {
      const acceptedAt = open.get(id);
      if (acceptedAt !== undefined) visible.push(at - acceptedAt);
      open.delete(id);
    }
    await pause(LOOK_MS);
  }
}
