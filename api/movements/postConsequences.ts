/** Movements that follow from another one: POST …/{id}/arrive for transfers in transit, POST …/{id}/reverse for mistakes. */
import { z } from "zod";
import { deriveId } from "../../domain/deriveId.ts";
import { type MovementCommand, timeFaults } from "../../pipelines/intake/index.ts";
import { arrivalCommands, reversalCommand } from "../../pipelines/movements/index.ts";
import { newId } from "../../platform/clock.ts";
import { idField } from "../http/fields.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { acceptResolved, answerAccepted } from "./answerAccepted.ts";
import type { MovementDeps } from "./movementDeps.ts";
import { acceptedOut, arrivalBody, reversalBody } from "./schema.ts";

const ANSWERS = {
  200: {
    description: "The final outcomes (Prefer: wait).",
    schema: acceptedOut,
    headers: ["Location", "Preference-Applied"],
  },
  202: { description: "Durably accepted.", schema: acceptedOut, headers: ["Location"] },
} as const;
const TAKEN_LIKE_OTHERS = "Answers like POST /v1/movements; a client that may not act at";

/** The route of arrivals. */
export function postArrival(deps: MovementDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/movements/{id}/arrive",
    tag: "Movements",
    summary: "Take in what a transfer in transit brought, and name what was lost",
    description: `In as many parts as it takes. A quantity and its losses are applied together or not at all. 409 not_in_transit where the movement is no transfer with in_transit; more than is on its way is rejected (transit_exceeded). ${TAKEN_LIKE_OTHERS} the destination gets 404.`,
    permission: "movements:write",
    params: z.object({ id: idField }),
    body: arrivalBody,
    reads: ["Prefer"],
    answers: ANSWERS,
    handler: async ({ params, body, caller, idempotencyScope, c }) => {
      const commands = await arrivalCommands(deps.db, {
        ...saidBy(body, { idempotencyScope, now: deps.clock.now() }),
        transferId: params.id,
        actor: caller.subject,
        warehouses: caller.warehouses,
        quantity: body.quantity,
        losses: body.losses ?? [],
        lot: body.lot,
      });
      return answerCommands(deps, { commands, body, prefer: c.req.header("prefer") });
    },
  });
}

/** The route of reversals. */
export function postReversal(deps: MovementDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/movements/{id}/reverse",
    tag: "Movements",
    summary: "Take a movement back",
    description: `Writes the opposite entries; the ledger itself is never changed. Each movement is reversed once, and only while what it brought is still there (else rejected: already_reversed, insufficient_stock, not_reversible). 409 not_applied where the movement was rejected or set aside. ${TAKEN_LIKE_OTHERS} both warehouses gets 404.`,
    permission: "movements:write",
    params: z.object({ id: idField }),
    body: reversalBody,
    reads: ["Prefer"],
    answers: ANSWERS,
    handler: async ({ params, body, caller, idempotencyScope, c }) => {
      const command = await reversalCommand(deps.db, {
        ...saidBy(body, { idempotencyScope, now: deps.clock.now() }),
        movementId: params.id,
        actor: caller.subject,
        warehouses: caller.warehouses,
      });
      return answerCommands(deps, {
        commands: [command],
        body,
        prefer: c.req.header("prefer"),
      });
    },
  });
}

interface SharedBody {
  readonly id?: string | undefined;
  readonly reason?: string | undefined;
  readonly occurred_at?: Date | undefined;
}

function saidBy(
  body: SharedBody,
  { idempotencyScope, now }: { idempotencyScope: string | undefined; now: Date },
) {
  const ownId = idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\n0`);
  return { id: body.id ?? ownId, reason: body.reason, occurredAt: body.occurred_at, now };
}

async function answerCommands(
  deps: MovementDeps,
  args: {
    readonly commands: MovementCommand[];
    readonly body: SharedBody;
    readonly prefer: string | undefined;
  },
): Promise<RouteAnswer> {
  const { commands, body, prefer } = args;
  const isGroup = commands.length > 1;
  const times = await timeFaults(deps.periods, body.occurred_at, deps.clock.now());
  const acceptances = await acceptResolved(
    deps,
    { commands, ...times, untimely: new Set(commands.keys()) },
    { isGroup, pointerOf: () => "" },
  );
  return answerAccepted(deps, { acceptances, requestId: commands[0]?.sourceId ?? null, prefer });
}
