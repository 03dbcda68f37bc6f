/**
 * Reads the event log for clients and sinks. A page is in order within each lane and never skips: the cursor that comes with it
 * stands right behind what was looked at, also where a filter kept events back.
 */
import { dataSchemaOf } from "../../domain/events/index.ts";
import type { Db } from "../../platform/postgres.ts";
import type { EventCursor } from "./eventCursor.ts";
import { type EventRow, eventHeads, eventsAfter } from "./queries.ts";

/** What a reader asks for. */
export interface LogQuery {
  readonly after: EventCursor;
  readonly limit: number;
  /** Only these types; all when empty. */
  readonly types?: readonly string[];
  /** Hides events of other warehouses, and the names of others in what is shown; undefined shows all. */
  readonly warehouses?: readonly string[] | undefined;
}

export interface LogEvent {
  readonly lane: number;
  readonly position: number;
  readonly type: string;
  /** The CloudEvent. */
  readonly json: string;
}

export interface LogPage {
  readonly events: readonly LogEvent[];
  /** Where the next page begins. */
  readonly next: EventCursor;
}

/** Pages that one call looks through for a filter that keeps most events back. */
const SCAN_PAGES_MAX = 10;
const SCAN_ROWS = 500;
const SOURCE = "/stockline";

/** Reads one page of the log, merged over the lanes by the time of recording. */
export async function readEventLog(db: Db, query: LogQuery): Promise<LogPage> {
  const next = new Map(query.after);
  const events: LogEvent[] = [];
  const filtered = (query.types ?? []).length > 0 || query.warehouses !== undefined;
  for (let page = 0; page < SCAN_PAGES_MAX; page += 1) {
    const limit = filtered ? SCAN_ROWS : query.limit;
    const rows = await eventsAfter(db, { ...laneArrays(next), limit, laneLimit: limit });
    for (const row of rows) {
      next.set(row.lane, row.position);
      const { lane, position, type } = row;
      const data = shownData(row, query);
      if (data !== undefined) {
        events.push({ lane, position, type, json: cloudEventJson({ ...row, data }) });
      }
      if (events.length === query.limit) return { events, next };
    }
    if (rows.length < limit) break;
  }
  return { events, next };
}

/** The present end of the log: what a follower starts at who wants only what is new. */
export async function eventLogEnd(db: Db): Promise<EventCursor> {
  const heads = await eventHeads(db);
  return new Map(heads.map(({ lane, position }) => [lane, position]));
}

const ALL_LANES = Array.from({ length: 272 }, (_, lane) => lane);

function laneArrays(cursor: EventCursor): { lanes: number[]; positions: number[] } {
  return { lanes: ALL_LANES, positions: ALL_LANES.map((lane) => cursor.get(lane) ?? 0) };
}

/**
 * Writes an event as a CloudEvent; its data goes in as the very text of the row. By hand, since publishing a backlog writes tens of
 * thousands a second; a test holds it to the schema of the envelope.
 */
export function cloudEventJson(row: EventRow): string {
  const dataschema = dataSchemaOf(row.type);
  const schema = dataschema === undefined ? "" : `,"dataschema":"${dataschema}"`;
  const trace = row.traceparent === null ? "" : `,"traceparent":${JSON.stringify(row.traceparent)}`;
  return (
    `{"specversion":"1.0","id":"${row.id}","source":"${SOURCE}","type":${JSON.stringify(row.type)},` +
    `"subject":${JSON.stringify(row.subject)},"time":"${row.recorded_at.toISOString()}",` +
    `"datacontenttype":"application/json"${schema},"partitionkey":${JSON.stringify(row.partition_key)},` +
    `"lane":${row.lane},"position":${row.position},"incarnation":${row.incarnation}${trace},"data":${row.data}}`
  );
}

/** The event's data as the reader may see it; undefined where the event is kept back. */
function shownData(row: EventRow, query: LogQuery): string | undefined {
  const types = query.types ?? [];
  if (types.length > 0 && !types.includes(row.type)) return undefined;
  return query.warehouses === undefined ? row.data : dataWithin(row, query.warehouses);
}

/** Members that name the other ends of what an event is about. */
const OTHER_ENDS = ["to_warehouse", "from_warehouse", "counterpart_warehouse"];

/**
 * Data of an event for a reader limited to these warehouses. The event's own warehouse alone decides; where it has none, one
 * of its ends must be theirs. Ends that are not theirs are left out.
 */
function dataWithin(row: EventRow, warehouses: readonly string[]): string | undefined {
  const data: unknown = JSON.parse(row.data);
  if (typeof data !== "object" || data === null) return row.data;
  const members = new Map<string, unknown>(Object.entries(data));
  const isTheirs = (code: unknown) => typeof code === "string" && warehouses.includes(code);
  const own = members.get(row.subject.startsWith("warehouses/") ? "code" : "warehouse");
  const ends = OTHER_ENDS.filter((name) => typeof members.get(name) === "string");
  const foreign = ends.filter((name) => !isTheirs(members.get(name)));
  const hasOwn = typeof own === "string";
  const isHidden = hasOwn ? !isTheirs(own) : ends.length > 0 && foreign.length === ends.length;
  if (isHidden) return undefined;
  if (foreign.length === 0) return row.data;
  for (const name of foreign) members.delete(name);
  return JSON.stringify(Object.fromEntries(members));
}
