/** Dead letters of sinks: what a sink refused for ever, listed, sent again or given up. */
import type { z } from "zod";
import {
  discardLetter,
  type LetterRow,
  listLetters,
  releaseLetters,
} from "../../pipelines/publish/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { decodeCursor, isIdPart, isTimePart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseLimited } from "./refuseLimited.ts";
import {
  discardBody,
  letterOut,
  letterParams,
  lettersQuery,
  releasedOut,
  sinkParams,
} from "./schema.ts";

interface LetterDeps {
  readonly db: DbPool;
  readonly announce: () => Promise<void>;
}

const TAG = "Sinks";
const ORDER =
  "A key keeps its order: while one of its events is parked, later ones of the key wait behind it (code behind_refused) and are sent, in order, once it is sent or discarded. Other keys go on.";

/** Routes of dead letters. */
export function letterRoutes(deps: LetterDeps): Route[] {
  return [listDeadLetters(deps), postReplayAll(deps), postReplayOne(deps), postDiscard(deps)];
}

function listDeadLetters({ db }: LetterDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/sinks/{name}/dead-letters",
    tag: TAG,
    summary: "List the events that a sink refused, the oldest first",
    description: ORDER,
    permission: "sinks:manage",
    params: sinkParams,
    query: lettersQuery,
    answers: { 200: { description: "A page of dead letters.", schema: pageOf(letterOut) } },
    handler: async ({ params, query: { limit, cursor, status }, caller }) => {
      refuseLimited(caller);
      const after = decodeCursor(cursor, [isTimePart, isIdPart]);
      const rows = await listLetters(db, { sink: params.name, status, after, limit: limit + 1 });
      const page = toPage(rows, {
        limit,
        keyOf: (row) => [row.created_key, row.id],
        show: showLetter,
      });
      return { status: 200, body: page };
    },
  });
}

function postReplayAll(deps: LetterDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/dead-letters/replay",
    tag: TAG,
    summary: "Send all parked events of a sink again",
    description: ORDER,
    permission: "sinks:manage",
    params: sinkParams,
    answers: { 202: { description: "They will be sent.", schema: releasedOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const actor = caller.subject;
      const letters = await releaseLetters(deps.db, { sink: params.name, actor });
      await deps.announce();
      return { status: 202, body: { letters } };
    },
  });
}

function postReplayOne(deps: LetterDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/dead-letters/{id}/replay",
    tag: TAG,
    summary: "Send one parked event again",
    description: `${ORDER} Refused again, it is parked again.`,
    permission: "sinks:manage",
    params: letterParams,
    answers: { 202: { description: "It will be sent.", schema: releasedOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const { name: sink, id } = params;
      const letters = await releaseLetters(deps.db, { sink, id, actor: caller.subject });
      await deps.announce();
      return { status: 202, body: { letters } };
    },
  });
}

function postDiscard(deps: LetterDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/sinks/{name}/dead-letters/{id}/discard",
    tag: TAG,
    summary: "Give an event up for this sink",
    description: `${ORDER} The event stays in the log.`,
    permission: "sinks:manage",
    params: letterParams,
    body: discardBody,
    answers: { 204: { description: "Given up." } },
    handler: async ({ params, body, caller }) => {
      refuseLimited(caller);
      const { name: sink, id } = params;
      await discardLetter(deps.db, { sink, id, actor: caller.subject, reason: body.reason });
      await deps.announce();
      return { status: 204 };
    },
  });
}

function showLetter(row: LetterRow): z.input<typeof letterOut> {
  return {
    id: row.id,
    event_id: row.event_id,
    type: row.event_type,
    partition_key: row.partition_key,
    lane: row.lane,
    position: row.position,
    code: row.code,
    status: row.status,
    created_at: row.created_at.toISOString(),
    resolved_at: row.resolved_at?.toISOString() ?? null,
    resolved_by: row.resolved_by,
    reason: row.reason,
    event: JSON.parse(row.body),
  };
}
