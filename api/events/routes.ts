/** The event log for clients: pages from a cursor, and a stream that follows it. Order holds within each lane. */
import {
  decodeEventCursor,
  encodeEventCursor,
  eventLogEnd,
  readEventLog,
} from "../../pipelines/events/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { defineRoute, type Route } from "../http/route.ts";
import type { EventFollower } from "./eventFollower.ts";
import { eventsOut, eventsQuery, streamQuery } from "./schema.ts";
import { streamEvents } from "./streamEvents.ts";

interface EventDeps {
  readonly db: Db;
  readonly follower: EventFollower;
}

/** Routes of the event log. */
export function eventRoutes(deps: EventDeps): Route[] {
  return [getEvents(deps), getStream(deps)];
}

function getEvents(deps: EventDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/events",
    tag: "Events",
    summary: "Read the event log from a cursor",
    description:
      "In order within each lane, lanes merged by the time of recording. `next_cursor` is always given: a page may be empty while " +
      "the cursor moves on past events that a filter kept back. Nothing is ever skipped. A token limited to warehouses sees events " +
      "of these (`data.warehouse`) and of none; names of other warehouses are left out of `data`.",
    permission: "read",
    query: eventsQuery,
    answers: { 200: { description: "A page of CloudEvents.", schema: eventsOut } },
    handler: async ({ query, caller }) => {
      const page = await readEventLog(deps.db, {
        after: query.after === undefined ? new Map() : decodeEventCursor(query.after),
        limit: query.limit,
        types: query.type,
        warehouses: caller.warehouses,
      });
      const cursor = encodeEventCursor(page.next);
      const body = `{"data":[${page.events.map(({ json }) => json).join(",")}],"next_cursor":"${cursor}"}`;
      return new Response(body, { headers: { "content-type": "application/json" } });
    },
  });
}

function getStream(deps: EventDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/events/stream",
    tag: "Events",
    summary: "Follow the event log (server-sent events)",
    description:
      "Starts behind `Last-Event-ID`, else behind `after`, else at the log's present end. Each event's id is a cursor, so a client " +
      "that reconnects misses nothing. Limited tokens see what GET /v1/events shows them.",
    permission: "read",
    query: streamQuery,
    answers: {
      200: {
        description: "CloudEvents, one a message; comments keep the connection alive.",
        contentType: "text/event-stream",
      },
    },
    handler: async ({ query, caller, c }) => {
      const cursor = c.req.header("last-event-id") ?? query.after;
      const after = cursor === undefined ? await eventLogEnd(deps.db) : decodeEventCursor(cursor);
      const filter = { types: query.type, warehouses: caller.warehouses };
      return streamEvents({ db: deps.db, follower: deps.follower, after, filter });
    },
  });
}
