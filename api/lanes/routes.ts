/** /v1/lanes: how the 256 lanes of movements stand, and letting one go on that was halted. */
import { z } from "zod";
import { type LaneStateRow, laneStatesRead, resumeLane } from "../../pipelines/apply/index.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseLimited } from "./refuseLimited.ts";
import { DEPTH_MAX, laneOut, laneParams, lanesQuery, resumedOut } from "./schema.ts";

interface LaneDeps {
  readonly db: DbPool;
  readonly wakeLanes: (lanes: Iterable<number>) => void;
  /** Tells publishers that there is an event to send. */
  readonly announce: () => Promise<void>;
}

const TAG = "Operations";

/** Routes of lanes. */
export function laneRoutes(deps: LaneDeps): Route[] {
  return [listLanes(deps), postResume(deps)];
}

function listLanes({ db }: LaneDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/lanes",
    tag: TAG,
    summary: "How the lanes of movements stand",
    description:
      "Each item's movements go through one of 256 lanes, in order. A halted lane stands still until it is resumed: what it carries is safe and waits.",
    permission: "lanes:manage",
    query: lanesQuery,
    answers: {
      200: {
        description: "All lanes.",
        schema: z.object({ data: z.array(laneOut), next_cursor: z.null() }),
      },
    },
    handler: async ({ query, caller }) => {
      refuseLimited(caller);
      const halted = query.halted === undefined ? undefined : query.halted === "true";
      const rows = await inTransaction(
        db,
        (tx) => laneStatesRead(tx, { depthMax: DEPTH_MAX, halted }),
        { readOnly: true, indexProbes: true },
      );
      return { status: 200, body: { data: rows.map(showLane), next_cursor: null } };
    },
  });
}

function postResume({ db, wakeLanes, announce }: LaneDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/lanes/{id}/resume",
    tag: TAG,
    summary: "Let a halted lane go on",
    description:
      "Mend the cause first: a lane that fails again is halted again. Told by the event lane.resumed.",
    permission: "lanes:manage",
    params: laneParams,
    answers: { 200: { description: "The lane goes on.", schema: resumedOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      await resumeLane(db, { lane: params.id, actor: caller.subject });
      wakeLanes([params.id]);
      await announce();
      return { status: 200, body: { id: params.id, status: "resumed" } };
    },
  });
}

function showLane(row: LaneStateRow): z.input<typeof laneOut> {
  return {
    id: row.id,
    depth: row.depth,
    depth_is_bounded: row.depth >= DEPTH_MAX,
    oldest_accepted_at: row.oldest_accepted_at?.toISOString() ?? null,
    set_aside: row.set_aside,
    events: row.next_position - 1,
    last_decided_at: row.last_decided_at?.toISOString() ?? null,
    halted_at: row.halted_at?.toISOString() ?? null,
    halted_reason: row.halted_reason,
  };
}
