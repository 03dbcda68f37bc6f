/** One server-sent stream of the event log. It reads only as fast as its client takes, and ends when the process drains. */
import { type EventCursor, encodeEventCursor, readEventLog } from "../../pipelines/events/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { streamMessages } from "../http/eventStream.ts";
import type { EventFollower, Following } from "./eventFollower.ts";

interface StreamOptions {
  readonly db: Db;
  readonly follower: EventFollower;
  readonly after: EventCursor;
  readonly filter: {
    readonly types: readonly string[];
    readonly warehouses: readonly string[] | undefined;
  };
}

/** Events read at once: what a slow client holds in memory. */
const PAGE_EVENTS = 50;
/** A comment keeps proxies from closing a silent connection. */
const KEEP_ALIVE_MS = 15_000;

/** Answers the stream; joining the follower may throw UnavailableError. */
export function streamEvents(options: StreamOptions): Response {
  const following = options.follower.join();
  const messages = readMessages(options, following);
  return streamMessages(messages, () => following.leave());
}

async function* readMessages(
  options: StreamOptions,
  following: Following,
): AsyncGenerator<string, undefined> {
  const { db, follower, filter } = options;
  const cursor = new Map(options.after);
  // Sets the client's Last-Event-ID before the first event comes.
  yield `retry: 1000\nid: ${encodeEventCursor(cursor)}\n\n`;
  while (!follower.closed) {
    const page = await readEventLog(db, { after: cursor, limit: PAGE_EVENTS, ...filter });
    const moved = [...page.next].some(([lane, position]) => cursor.get(lane) !== position);
    let text = "";
    for (const event of page.events) {
      cursor.set(event.lane, event.position);
      text += `id: ${encodeEventCursor(cursor)}\nevent: ${event.type}\ndata: ${event.json}\n\n`;
    }
    for (const [lane, position] of page.next) cursor.set(lane, position);
    if (text !== "") yield text;
    if (moved) continue;
    if (!(await following.wait(KEEP_ALIVE_MS))) yield ": still here\n\n";
  }
  return undefined;
}
