/**
 * Routes a batch of records to the partner services: keys side by side, the records of a key one after another. A record that fails
 * stops its key; what the caller learns is the first failure of each shard, from which the batch comes again. Nothing is swallowed:
 * a record that can't be read, or that a service refuses for ever, fails too, and goes where the stream's owner sends such records.
 */
import type { LRUCache } from "lru-cache";
import { StocklineError, toError } from "../../domain/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { SendToPartner } from "../../platform/partnerClient.ts";
import { type DecodedEvent, readRecord } from "./readRecord.ts";
import { routeEvent } from "./routeEvent.ts";
import type { PartnerName, PartnerRoute } from "./routeTable.ts";

/** A record as AWS Lambda hands it over. */
export interface StreamRecord {
  /** "<shard>:<sequence number>". */
  readonly eventID: string;
  readonly kinesis: {
    readonly data: string;
    readonly sequenceNumber: string;
    readonly partitionKey: string;
  };
}

export interface ProcessDeps {
  readonly table: readonly PartnerRoute[];
  /** Base URLs; routes to a service without one are left out. */
  readonly services: Readonly<Partial<Record<PartnerName, string>>>;
  readonly send: SendToPartner;
  /** Requests that were taken lately, so that a batch that comes again does not repeat them. */
  readonly taken: LRUCache<string, true>;
  readonly log: Pick<Log, "error" | "info">;
}

/** Keys whose events are under way at once. */
const KEYS_AT_ONCE = 16;

interface Placed {
  readonly record: StreamRecord;
  readonly place: number;
}

/** Processes the records; answers the sequence numbers from which shards must be delivered again. */
export async function processRecords(
  deps: ProcessDeps,
  records: readonly StreamRecord[],
): Promise<string[]> {
  const shards = groupBy(records, ({ eventID }) => eventID.slice(0, eventID.lastIndexOf(":")));
  const failures = await Promise.all(shards.map((shard) => processShard(deps, shard)));
  return failures.filter((failure) => failure !== undefined);
}

async function processShard(
  deps: ProcessDeps,
  records: readonly StreamRecord[],
): Promise<string | undefined> {
  const placed = records.map((record, place): Placed => ({ record, place }));
  const keys = groupBy(placed, ({ record }) => record.kinesis.partitionKey);
  let firstFailed = Number.POSITIVE_INFINITY;
  const processKey = async (chain: readonly Placed[]): Promise<void> => {
    for (const { record, place } of chain) {
      if (place > firstFailed) return; // it comes again anyway
      if (await process(deps, record)) continue;
      firstFailed = Math.min(firstFailed, place);
      return;
    }
  };
  const waiting = keys.values();
  const work = async (): Promise<void> => {
    for (const chain of waiting) await processKey(chain); // the iterator is shared by all that work
  };
  await Promise.all(Array.from({ length: KEYS_AT_ONCE }, work));
  return records[firstFailed]?.kinesis.sequenceNumber;
}

/** True where every request of the record was taken. */
async function process(deps: ProcessDeps, { eventID, kinesis }: StreamRecord): Promise<boolean> {
  let event: DecodedEvent | undefined;
  try {
    event = readRecord(kinesis.data);
    for (const request of routeEvent(event, deps.table)) {
      const base = deps.services[request.service];
      const key = `${request.route}\n${event.id}`;
      if (base === undefined || deps.taken.has(key)) continue;
      await deps.send({
        method: request.method,
        url: base.replace(/\/$/, "") + request.path,
        id: event.id,
        body: request.body,
        contentType: request.contentType,
        traceparent: event.traceparent,
      });
      deps.taken.set(key, true);
    }
    return true;
  } catch (thrown) {
    const error = toError(thrown);
    const code = error instanceof StocklineError ? error.code : "unroutable";
    // The message may quote the event, which may tell of people; the record is found by its place.
    deps.log.error({ record: eventID, event_id: event?.id, code }, "event not delivered");
    return false;
  }
}

/** The values by their key, the groups in the order of their first one. */
function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}
