/**
 * Reads the event log for clients and sinks. A page is in order within each lane and never skips: the cursor that comes with it
 * stands right behind what was looked at, also where a filter kept events back.
 */
import type { CloudEvent } from "../../domain/messages.ts";
import type { Db } from "../../platform/postgres.ts";
import type { EventCursor } from "./eventCursor.ts";
import { type EventRow, eventHeads, eventsAfter } from "./queries.ts";

/** What a reader asks for. */
export interface LogQuery {
  readonly after: EventCursor;
  readonly limit: number;
  /** Only these types; all when empty. */
  readonly types?: readonly string[];
  /** Hides events that name only other warehouses; undefined shows all. */
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
      if (isVisible(row, query)) events.push({ lane, position, type, json: cloudEventJson(row) });
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

/** Writes an event as a CloudEvent; its data goes in as the very text that was stored. */
export function cloudEventJson(row: EventRow): string {
  const envelope: Omit<CloudEvent, "data"> = {
    specversion: "1.0",
    id: row.id,
    source: SOURCE,
    type: row.type,
    subject: row.subject,
    time: row.recorded_at.toISOString(),
    datacontenttype: "application/json",
    partitionkey: row.partition_key,
    lane: row.lane,
    position: row.position,
    incarnation: row.incarnation,
  };
  return `${JSON.stringify(envelope).slice(0, -1)},"data":${row.data}}`;
}

function isVisible(row: EventRow, query: LogQuery): boolean {
  const types = query.types ?? [];
  if (types.length > 0 && !types.includes(row.type)) return false;
  if (query.warehouses === undefined) return true;
  const named = warehousesNamed(row);
  return named.length === 0 || named.some((code) => query.warehouses?.includes(code));
}

const WAREHOUSE_MEMBERS = ["warehouse", "to_warehouse", "from_warehouse", "counterpart_warehouse"];

/** Codes of the warehouses that an event is about; none for items, suppliers and the like. */
function warehousesNamed(row: EventRow): string[] {
  const data: unknown = JSON.parse(row.data);
  if (typeof data !== "object" || data === null) return [];
  const members = new Map<string, unknown>(Object.entries(data));
  const names = WAREHOUSE_MEMBERS.map((name) => members.get(name));
  if (row.subject.startsWith("warehouses/")) names.push(members.get("code"));
  return names.filter((name) => typeof name === "string");
}
