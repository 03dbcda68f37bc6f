/** Sinks: how far each is in the event log, pausing and resuming, and sending from an earlier place again. */
import type { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import {
  pauseSink,
  replaySink,
  resumeSink,
  type SinkRow,
  sinksRead,
} from "../../pipelines/publish/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { letterRoutes } from "./letterRoutes.ts";
import { refuseLimited } from "./refuseLimited.ts";
import { replayBody, replayOut, sinkOut, sinkParams, sinksOut } from "./schema.ts";

export interface SinkDeps {
  readonly db: DbPool;
  /** Tells the publishers that there is something to send. */
  readonly announce: () => Promise<void>;
}

/** Routes of sinks and their dead letters. */
export function sinkRoutes(deps: SinkDeps): Route[] {
  return [
    listSinks(deps),
    getSink(deps),
    postReplay(deps),
    postPause(deps),
    postResume(deps),
    ...letterRoutes(deps),
  ];
}

const TAG = "Sinks";

function listSinks({ db }: SinkDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/sinks",
    tag: TAG,
    summary: "List sinks with their places in the event log",
    permission: "sinks:manage",
    answers: { 200: { description: "All sinks.", schema: sinksOut } },
    handler: async ({ caller }) => {
      refuseLimited(caller);
      const rows = await sinksRead(db);
      return { status: 200, body: { data: rows.map(showSink), next_cursor: null } };
    },
  });
}

function getSink({ db }: SinkDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/sinks/{name}",
    tag: TAG,
    summary: "Read one sink",
    permission: "sinks:manage",
    params: sinkParams,
    answers: { 200: { description: "The sink.", schema: sinkOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      return { status: 200, body: await readSink(db, params.name) };
    },
  });
}

function postReplay(deps: SinkDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/replay",
    tag: TAG,
    summary: "Send events to a sink again",
    description:
      "Sets the sink back: to the log's beginning, to the first event recorded at or after a time, behind a cursor of GET /v1/events, or to a position of one lane. It never moves forward, so nothing is skipped. Consumers know repeats by lane and position. An Amazon FIFO queue drops an event that it got in the last five minutes.",
    permission: "sinks:manage",
    params: sinkParams,
    body: replayBody,
    answers: { 202: { description: "The sink was set back.", schema: replayOut } },
    handler: async ({ params, body, caller }) => {
      refuseLimited(caller);
      const events = await replaySink(deps.db, { name: params.name, from: body.from.place });
      await deps.announce();
      return { status: 202, body: { name: params.name, from: body.from.text, events } };
    },
  });
}

function postPause({ db }: SinkDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/pause",
    tag: TAG,
    summary: "Pause a sink",
    description:
      "Nothing more is sent to it, after two seconds at the latest. It keeps its place and its backlog; other sinks go on.",
    permission: "sinks:manage",
    params: sinkParams,
    answers: { 200: { description: "The sink as it is now.", schema: sinkOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      await pauseSink(db, { name: params.name, actor: caller.subject });
      return { status: 200, body: await readSink(db, params.name) };
    },
  });
}

function postResume(deps: SinkDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/resume",
    tag: TAG,
    summary: "Let a paused sink go on",
    description: "It goes on where it stood; nothing is skipped.",
    permission: "sinks:manage",
    params: sinkParams,
    answers: { 200: { description: "The sink as it is now.", schema: sinkOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      await resumeSink(deps.db, { name: params.name, actor: caller.subject });
      await deps.announce();
      return { status: 200, body: await readSink(deps.db, params.name) };
    },
  });
}

async function readSink(db: DbPool, name: string): Promise<z.input<typeof sinkOut>> {
  const [row] = await sinksRead(db, name);
  if (row === undefined) throw new NotFoundError("sink", name);
  return showSink(row);
}

function showSink(row: SinkRow): z.input<typeof sinkOut> {
  return {
    name: row.name,
    kind: row.kind,
    paused: row.paused,
    paused_by: row.paused_by,
    publishing: row.publishing,
    circuit: row.circuit,
    failing_since: row.failing_since?.toISOString() ?? null,
    lag_events: row.lag_events,
    lag_seconds: Math.round(row.lag_seconds * 1_000) / 1_000,
    positions: {
      acknowledged_events: row.acknowledged_events,
      log_events: row.log_events,
      lanes_behind: row.lanes_behind,
    },
    dead_letters: row.dead_letters,
    oldest_waiting_at: row.oldest_waiting_at?.toISOString() ?? null,
    last_error: row.last_error,
    last_error_at: row.last_error_at?.toISOString() ?? null,
  };
}
