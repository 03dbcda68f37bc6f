/** Sinks: how far each is in the event log, and sending from an earlier place again. */
import { z } from "zod";
import { replaySink, type SinkRow, sinksRead } from "../../pipelines/publish/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { timeField } from "../http/fields.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { replayBody, replayOut, sinksOut } from "./schema.ts";

interface SinkDeps {
  readonly db: DbPool;
  /** Tells the publishers that there is something to send. */
  readonly announce: () => Promise<void>;
}

/** Routes of sinks. */
export function sinkRoutes(deps: SinkDeps): Route[] {
  return [listSinks(deps), replay(deps)];
}

function listSinks(deps: SinkDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/sinks",
    tag: "Events",
    summary: "Every sink with its place in the event log",
    permission: "sinks:manage",
    answers: { 200: { description: "All sinks.", schema: sinksOut } },
    handler: async () => {
      const rows = await sinksRead(deps.db);
      return { status: 200, body: { data: rows.map(showSink), next_cursor: null } };
    },
  });
}

function replay(deps: SinkDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/replay",
    tag: "Events",
    summary: "Send a sink's events again, from a time or from the beginning",
    description:
      "Sets the sink back to the first event recorded at or after `from`; never forward. Events keep their ids, so consumers know " +
      "them again; an SQS FIFO queue drops by itself what it was sent less than five minutes ago.",
    permission: "sinks:manage",
    params: z.object({ name: z.string().max(100) }),
    body: replayBody,
    answers: { 202: { description: "The sink was set back.", schema: replayOut } },
    handler: async ({ params, body }) => {
      const from = body.from === "beginning" ? body.from : timeField.parse(body.from);
      const events = await replaySink(deps.db, { name: params.name, from });
      await deps.announce();
      return { status: 202, body: { name: params.name, from: body.from, events } };
    },
  });
}

function showSink(row: SinkRow): z.input<typeof sinksOut>["data"][number] {
  return {
    name: row.name,
    kind: row.kind,
    paused: row.paused,
    publishing: row.publishing,
    lag_events: row.lag_events,
    positions: {
      acknowledged_events: row.acknowledged_events,
      log_events: row.log_events,
      lanes_behind: row.lanes_behind,
    },
    oldest_waiting_at: row.oldest_waiting_at?.toISOString() ?? null,
    last_error: row.last_error,
    last_error_at: row.last_error_at?.toISOString() ?? null,
  };
}
