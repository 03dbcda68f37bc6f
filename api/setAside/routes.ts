/** /v1/set-aside-movements: movements that no batch can be written with, and what an operator decides about each. */
import { z } from "zod";
import {
  discardSetAside,
  retrySetAside,
  type SetAsideRow,
  type Steered,
  setAsidePage,
} from "../../pipelines/apply/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, isTimePart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseLimited } from "../lanes/refuseLimited.ts";
import { discardBody, setAsideOut, setAsideQuery, steeredOut } from "./schema.ts";

interface SetAsideDeps {
  readonly db: DbPool;
  readonly wakeLanes: (lanes: Iterable<number>) => void;
  /** Tells publishers that there is an event to send. */
  readonly announce: () => Promise<void>;
}

const TAG = "Operations";
const idParams = z.object({ id: idField });

/** Routes of movements that are set aside. */
export function setAsideRoutes(deps: SetAsideDeps): Route[] {
  return [listSetAside(deps), postRetry(deps), postDiscard(deps)];
}

function listSetAside({ db }: SetAsideDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/set-aside-movements",
    tag: TAG,
    summary: "List movements that could not be written, the oldest first",
    description:
      "A movement that fails every batch by something that is neither stock nor input, such as a fault in the product, is set aside so that its lane goes on. It is still accepted: send it back once the cause is mended, or discard it.",
    permission: "lanes:manage",
    query: setAsideQuery,
    answers: { 200: { description: "A page of movements.", schema: pageOf(setAsideOut) } },
    handler: async ({ query: { limit, cursor, lane }, caller }) => {
      refuseLimited(caller);
      const after = decodeCursor(cursor, [isTimePart, isIdPart]);
      const rows = await setAsidePage(db, { after, lane, limit: limit + 1 });
      const page = toPage(rows, {
        limit,
        keyOf: (row) => [row.set_aside_key, row.id],
        show: showSetAside,
      });
      return { status: 200, body: page };
    },
  });
}

function postRetry({ db, wakeLanes, announce }: SetAsideDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/set-aside-movements/{id}/retry",
    tag: TAG,
    summary: "Send a movement back to be applied",
    description:
      "It keeps its id and stands behind everything that was accepted for its item meanwhile; an atomic group goes back whole. Told by the event movement.retried.",
    permission: "lanes:manage",
    params: idParams,
    answers: { 202: { description: "Accepted again.", schema: steeredOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const steered = await retrySetAside(db, { id: params.id, actor: caller.subject });
      wakeLanes(steered.lanes);
      await announce();
      return { status: 202, body: showSteered(steered, "accepted") };
    },
  });
}

function postDiscard({ db, announce }: SetAsideDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/set-aside-movements/{id}/discard",
    tag: TAG,
    summary: "Reject a movement for good",
    description:
      "Its outcome is rejected with the code discarded and the reason, and final; an atomic group is discarded whole. Told by the events movement.rejected and movement.discarded.",
    permission: "lanes:manage",
    params: idParams,
    body: discardBody,
    answers: { 200: { description: "Rejected.", schema: steeredOut } },
    handler: async ({ params, body, caller }) => {
      refuseLimited(caller);
      const { reason } = body;
      const steered = await discardSetAside(db, { id: params.id, actor: caller.subject, reason });
      await announce();
      return { status: 200, body: showSteered(steered, "rejected") };
    },
  });
}

function showSetAside(row: SetAsideRow): z.input<typeof setAsideOut> {
  return {
    id: row.id,
    type: row.type,
    sku: row.sku,
    warehouse: row.warehouse,
    to_warehouse: row.to_warehouse,
    quantity: row.quantity,
    lane: row.lane,
    group: row.group_id,
    error: row.error,
    set_aside_at: row.set_aside_at.toISOString(),
    movement: row.movement,
    status_url: `/v1/movements/${row.id}`,
  };
}

function showSteered({ movements }: Steered, status: "accepted" | "rejected") {
  return { movements: movements.map((id) => ({ id, status })) };
}
