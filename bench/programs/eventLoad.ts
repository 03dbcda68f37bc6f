/**
 * Appends events at a fixed rate, each ten milliseconds a transaction, tells publishers as the product does, and notes for each how
 * long after its commit the sink's cursor stood behind it. Looking every few milliseconds, and the cursor's own commit, are part
 * of the figure. Writes one line of JSON: EventLoadResult.
 */
import { setTimeout as pause } from "node:timers/promises";
import { laneOfEntity } from "../../domain/lane.ts";
import { announceEvents, appendEvents } from "../../pipelines/events/index.ts";
import { newId } from "../../platform/clock.ts";
import { createLog } from "../../platform/log.ts";
import { createPool, inTransaction } from "../../platform/postgres.ts";
import { createRedis } from "../../platform/redis.ts";
import { percentile } from "./movementBodies.ts";

export interface EventLoadOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly sink: string;
  readonly perSecond: number;
  readonly keys: number;
  readonly dataBytes: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface EventLoadResult {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Events a second that were really committed. */
  readonly perSecond: number;
  readonly events: number;
}

/** Events of one transaction in one lane, which are acknowledged together or later. */
interface Waiting {
  readonly lane: number;
  readonly position: number;
  readonly events: number;
  readonly committedMs: number;
  readonly isMeasured: boolean;
}

const TICK_MS = 10;
const LOOK_MS = 4;
const DRAIN_MS_MAX = 30_000;

const options = JSON.parse(process.argv[2] ?? "{}") as EventLoadOptions;
const log = createLog({ process: "bench", level: "warn" });
const redis = createRedis({ url: options.redisUrl, name: "bench", use: "commands", log });
const db = createPool({
  url: options.databaseUrl,
  applicationName: "bench",
  max: 2,
  role: "stockline_writer",
});
await awaitSink();
const keys = Array.from({ length: options.keys }, () => newId());
const filler = "x".repeat(Math.max(0, options.dataBytes - 30));
const open = new Set<Waiting>();
const delays: number[] = [];
const begunMs = performance.now();
const measureFromMs = begunMs + options.warmUpSeconds * 1_000;
const endMs = measureFromMs + options.seconds * 1_000;
let appended = 0;
let measured = 0;
let isAppending = true;
const looking = look();
while (performance.now() < endMs) {
  const dueEvents = Math.floor(((performance.now() - begunMs) * options.perSecond) / 1_000);
  if (dueEvents > appended) await append(Math.min(dueEvents - appended, options.perSecond));
  await pause(TICK_MS);
}
isAppending = false;
await looking;
await db.end();
redis.disconnect();
const result: EventLoadResult = {
  p50Ms: percentile(delays, 0.5),
  p95Ms: percentile(delays, 0.95),
  p99Ms: percentile(delays, 0.99),
  perSecond: measured / options.seconds,
  events: delays.length,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

/** The publisher makes the sink's row and cursors; before that nothing can be measured. */
async function awaitSink(): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS_MAX;
  while ((await cursors()).size === 0) {
    if (performance.now() > untilMs) throw new Error(`the sink ${options.sink} has no cursors`);
    await pause(50);
  }
}

async function append(count: number): Promise<void> {
  const lanes = new Map<number, number>();
  const events = Array.from({ length: count }, (_, nth) => {
    const entityId = keys[(appended + nth) % keys.length] ?? "";
    const lane = laneOfEntity(entityId);
    lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
    const data = { sku: `SKU-${nth}`, count: appended + nth, filler };
    return { type: "item.updated" as const, entityId, subject: "items/BENCH", data };
  });
  const rows = await inTransaction(db, async (tx) => {
    await appendEvents(tx, events);
    const positions = await tx.query<{ id: number; position: string }>({
      name: "bench_positions",
      text: "select id, next_position - 1 as position from lanes where id = any($1::smallint[])",
      values: [[...lanes.keys()]],
    });
    return positions.rows;
  });
  const committedMs = performance.now();
  const isMeasured = committedMs >= measureFromMs;
  for (const { id, position } of rows) {
    const [lane, ofLane] = [Number(id), lanes.get(Number(id)) ?? 0];
    open.add({ lane, position: Number(position), events: ofLane, committedMs, isMeasured });
  }
  appended += count;
  if (isMeasured) measured += count;
  await announceEvents(redis, options.redisPrefix);
}

async function cursors(): Promise<Map<number, number>> {
  const { rows } = await db.query<{ lane: number; position: string }>({
    name: "bench_cursors",
    text: "select lane, position from sink_cursors where sink = $1 and lane >= 256",
    values: [options.sink],
  });
  return new Map(rows.map(({ lane, position }) => [lane, Number(position)]));
}

/** Looks again and again which of the open events lie behind the cursor. */
async function look(): Promise<void> {
  while (isAppending || open.size > 0) {
    const positions = open.size === 0 ? new Map<number, number>() : await cursors();
    const nowMs = performance.now();
    for (const one of open) {
      if ((positions.get(one.lane) ?? 0) < one.position) continue;
      open.delete(one);
      if (!one.isMeasured) continue;
      for (let nth = 0; nth < one.events; nth += 1) delays.push(nowMs - one.committedMs);
    }
    if (nowMs > endMs + DRAIN_MS_MAX)
      throw new Error(`${open.size} batches were never acknowledged`);
    await pause(LOOK_MS);
  }
}
