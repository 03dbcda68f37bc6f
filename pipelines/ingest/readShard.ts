/**
 * Reads one shard while its lease is ours, batch after batch in order. Records and checkpoint are committed together under the
 * lease's epoch: a reader that lost its lease, and does not know it yet, can commit nothing any more.
 */
import { setTimeout as pause } from "node:timers/promises";
import { StocklineError, toError } from "../../domain/errors.ts";
import { failureCode } from "../../platform/eventSink.ts";
import type { ShardPage, ShardStream } from "../../platform/recordSource.ts";
import type { InboxGate } from "./inboxGate.ts";
import { type IngestDeps, ingestRecords } from "./ingestRecords.ts";
import { checkpointAdvance, shardDrained } from "./queries/checkpoints.ts";

/** A shard may be read five times a second by all its readers together. */
const READ_AGAIN_MS = 210;
/** Pause after a read that brought nothing. */
const IDLE_MS = 500;
const FIRST_REST_MS = 200;
const REST_MS_MAX = 10_000;

export interface ShardLease {
  readonly shard: string;
  readonly epoch: number;
  readonly checkpoint: string;
}

export interface ReadShardDeps {
  readonly ingest: IngestDeps;
  readonly stream: ShardStream;
  readonly gate: InboxGate;
  readonly owner: string;
  /** How far behind the shard's end its reader is; undefined when it ends. */
  readonly onLag: (shard: string, ms: number | undefined) => void;
}

/** How a reader ended. */
export type ShardEnd = "stopped" | "lost" | "drained";

/** The lease is another's by now. */
class LeaseLostError extends StocklineError {
  constructor(shard: string) {
    super({ code: "lease_lost", detail: `the lease of shard "${shard}" has another owner` });
  }
}

/** Reads until stopped, the lease is lost or the closed shard ends. What the broker or the database refuses is tried again. */
export async function readShard(
  deps: ReadShardDeps,
  lease: ShardLease,
  stopping: AbortSignal,
): Promise<ShardEnd> {
  const place = { sequence: lease.checkpoint, iterator: "" };
  let restMs = FIRST_REST_MS;
  try {
    while (!stopping.aborted) {
      try {
        const pauseMs = await readOnce(deps, { lease, place, stopping });
        if (pauseMs === "drained") return "drained";
        restMs = FIRST_REST_MS;
        await sleep(pauseMs, stopping);
      } catch (thrown) {
        if (thrown instanceof LeaseLostError) return "lost";
        const code = failureCode(thrown);
        deps.ingest.log.warn(
          { err: toError(thrown), code, shard: lease.shard },
          "shard not read; it is tried again",
        );
        place.iterator = ""; // it may have expired
        await sleep(restMs, stopping);
        restMs = Math.min(restMs * 2, REST_MS_MAX);
      }
    }
    return "stopped";
  } finally {
    deps.onLag(lease.shard, undefined);
  }
}

interface Reading {
  readonly lease: ShardLease;
  /** Where the reader is: the last number that is committed, and the iterator after it ("" where it must be asked for). */
  readonly place: { sequence: string; iterator: string };
  readonly stopping: AbortSignal;
}

/** One read and its commit; answers how long to pause. */
async function readOnce(
  deps: ReadShardDeps,
  { lease, place, stopping }: Reading,
): Promise<number | "drained"> {
  const { stream, gate, onLag } = deps;
  await gate.open(stream.name, stopping);
  if (stopping.aborted) return 0;
  if (place.iterator === "") {
    place.iterator = await stream.iteratorAfter(lease.shard, place.sequence);
  }
  const page = await stream.read(place.iterator);
  if (page.records.length > 0) await takePage(deps, { lease, place, stopping }, page);
  onLag(lease.shard, page.lagMs);
  if (page.next === undefined) {
    await fence(lease.shard, shardDrained(deps.ingest.db, keyOf(deps, lease)));
    return "drained";
  }
  place.iterator = page.next;
  return page.records.length > 0 ? READ_AGAIN_MS : IDLE_MS;
}

async function takePage(
  deps: ReadShardDeps,
  { lease, place }: Reading,
  page: ShardPage,
): Promise<void> {
  const prefix = `${lease.shard}:`;
  const records = page.records.map(({ sequence, payload }) => {
    return { origin: deps.stream.name, position: prefix + sequence, payload };
  });
  await ingestRecords(deps.ingest, records, async (tx, last) => {
    const checkpoint = last.position.slice(prefix.length);
    const args = { ...keyOf(deps, lease), checkpoint, lagMs: page.lagMs ?? null };
    await fence(lease.shard, checkpointAdvance(tx, args));
  });
  place.sequence = page.records.at(-1)?.sequence ?? place.sequence;
}

function keyOf({ stream, owner }: ReadShardDeps, { shard, epoch }: ShardLease) {
  return { source: stream.name, shard, epoch, owner };
}

async function fence(shard: string, isOurs: Promise<boolean>): Promise<void> {
  if (!(await isOurs)) throw new LeaseLostError(shard);
}

/** Waits; a stop ends the wait, and the caller looks for it. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
