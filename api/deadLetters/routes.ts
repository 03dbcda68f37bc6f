/** /v1/dead-letters: inbound records that could not be taken, to be mended and replayed or given up; /v1/sources: what is read. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import {
  discardDeadLetter,
  type LetterRow,
  listDeadLetters,
  readDeadLetter,
  readSources,
  replayDeadLetter,
  type SteerDeps,
} from "../../pipelines/ingest/index.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, isTimePart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseLimited } from "../lanes/refuseLimited.ts";
import {
  discardBody,
  discardedOut,
  letterOut,
  lettersQuery,
  replayBody,
  replayedOut,
  sourcesOut,
  wholeLetterOut,
} from "./schema.ts";

const TAG = "Streams in";
const idParams = z.object({ id: idField });

/** Routes of dead letters and sources. */
export function deadLetterRoutes(deps: SteerDeps): Route[] {
  return [
    listSources(deps),
    listLetters(deps),
    readLetter(deps),
    postReplay(deps),
    postDiscard(deps),
  ];
}

function listSources({ db }: SteerDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/sources",
    tag: TAG,
    summary: "What is read from brokers, how far, and by whom",
    description:
      "Every source that ever kept a place here, or has dead letters. An SQS queue keeps its own place and has no shards.",
    permission: "sources:manage",
    answers: { 200: { description: "All sources.", schema: sourcesOut } },
    handler: async ({ caller }) => {
      refuseLimited(caller);
      return { status: 200, body: { data: await readSources(db), next_cursor: null } };
    },
  });
}

function listLetters(deps: SteerDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/dead-letters",
    tag: TAG,
    summary: "List inbound records that could not be taken, the oldest first",
    permission: "sources:manage",
    query: lettersQuery,
    answers: { 200: { description: "A page of letters.", schema: pageOf(letterOut) } },
    handler: async ({ query: { limit, cursor, ...filter }, caller }) => {
      refuseLimited(caller);
      const after = decodeCursor(cursor, [isTimePart, isIdPart]);
      const rows = await listDeadLetters(deps, { ...filter, after, limit: limit + 1 });
      const page = toPage(rows, {
        limit,
        keyOf: (row) => [row.created_key, row.id],
        show: showLetter,
      });
      return { status: 200, body: page };
    },
  });
}

function readLetter(deps: SteerDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/dead-letters/{id}",
    tag: TAG,
    summary: "Read a dead letter with what it holds",
    permission: "sources:manage",
    params: idParams,
    answers: { 200: { description: "The letter.", schema: wholeLetterOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const row = await readDeadLetter(deps, params.id);
      if (row === undefined) throw new NotFoundError("dead letter", params.id);
      const { payload, encoding, mended } = row;
      return { status: 200, body: { ...showLetter(row), payload, encoding, mended } };
    },
  });
}

function postReplay(deps: SteerDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/dead-letters/{id}/replay",
    tag: TAG,
    summary: "Take a dead letter in, as it came or mended",
    description:
      "Accepts the movement and resolves the letter in one transaction. 422 with the reason where the event still can't be taken; " +
      "the letter then stays. 409 already_resolved where it was replayed or discarded. A signature is not asked for: whoever " +
      "replays answers for the event.",
    permission: "sources:manage",
    params: idParams,
    body: replayBody,
    answers: { 202: { description: "Accepted.", schema: replayedOut } },
    handler: async ({ params, body, caller }) => {
      refuseLimited(caller);
      const { movementId, isRepeat } = await replayDeadLetter(deps, {
        id: params.id,
        actor: caller.subject,
        mended: body.event,
      });
      const statusUrl = `/v1/movements/${movementId}`;
      const answer = { id: params.id, movement_id: movementId, repeat: isRepeat };
      return { status: 202, body: { ...answer, status: "replayed", status_url: statusUrl } };
    },
  });
}

function postDiscard({ db }: SteerDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/dead-letters/{id}/discard",
    tag: TAG,
    summary: "Give a dead letter up",
    permission: "sources:manage",
    params: idParams,
    body: discardBody,
    answers: { 200: { description: "Discarded.", schema: discardedOut } },
    handler: async ({ params, body, caller }) => {
      refuseLimited(caller);
      await discardDeadLetter(db, { id: params.id, actor: caller.subject, reason: body.reason });
      return { status: 200, body: { id: params.id, status: "discarded" } };
    },
  });
}

function showLetter(row: LetterRow): z.input<typeof letterOut> {
  const { id, origin, position, code, reason, status, bytes } = row;
  const { event_id, event_source, event_type, movement_id, resolved_by, resolution } = row;
  return {
    id,
    origin,
    position,
    code,
    reason,
    status,
    event_id,
    event_source,
    event_type,
    bytes,
    parked_at: row.created_at.toISOString(),
    movement_id,
    resolved_at: row.resolved_at?.toISOString() ?? null,
    resolved_by,
    resolution,
  };
}
