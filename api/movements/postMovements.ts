/** POST /v1/movements accepts movements durably and answers at once. */
import { deriveId } from "../../domain/deriveId.ts";
import { type MovementLine, resolveMovements } from "../../pipelines/intake/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { newId } from "../../platform/clock.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { acceptResolved, answerAccepted } from "./answerAccepted.ts";
import type { MovementDeps } from "./movementDeps.ts";
import { acceptedOut, movementBatch, movementBody, movementLine } from "./schema.ts";

/** The route. */
export function postMovements(deps: MovementDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/movements",
    tag: "Movements",
    summary: "Accept one movement, or up to 10,000",
    description:
      "202 is a promise: from then on the movement survives the loss of any process and is applied or rejected exactly once, in the order of acceptance for its item. With `Prefer: wait=<seconds>` (at most 30) the final outcomes are answered with 200 if they came in time. `atomic: true` makes the lines one group: all are applied or none; where only some of its ids were sent before, the answer is 409 group_partly_known, and 409 not_one_group where all were and not as one group. status_url lists the lines that this request brought; a line that an earlier request brought is answered here all the same, and listed under that one (a single line by its own URL).",
    permission: "movements:write",
    rateClass: "movements",
    body: movementBody,
    bodyForm: (raw) =>
      typeof raw === "object" && raw !== null && "movements" in raw ? movementBatch : movementLine,
    reads: ["Prefer"],
    answers: {
      200: {
        description: "The final outcomes (Prefer: wait).",
        schema: acceptedOut,
        headers: ["Location", "Preference-Applied"],
      },
      202: { description: "Durably accepted.", schema: acceptedOut, headers: ["Location"] },
    },
    handler: async ({ body, caller, idempotencyScope, c }) => {
      const single = !("movements" in body);
      const lines: MovementLine[] = single ? [body] : body.movements;
      const isGroup = !single && body.atomic === true;
      const requestId = single ? null : requestIdOf(lines, caller, idempotencyScope);
      const pointerOf = (place: number) => (single ? "" : `/movements/${place}`);
      const resolved = await resolveMovements(
        lines,
        {
          catalogue: deps.catalogue,
          periods: deps.periods,
          customers: deps.customers,
          clock: deps.clock,
          idOf: (place) =>
            idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\n${place}`),
          warehouses: caller.warehouses,
          actor: caller.subject,
          sourceId: requestId,
          groupId: isGroup ? deriveId(`${requestId}\ngroup`) : null,
        },
        pointerOf,
      );
      return answerAccepted(deps, {
        acceptances: await acceptResolved(deps, resolved, { isGroup, pointerOf }),
        requestId,
        prefer: c.req.header("prefer"),
      });
    },
  });
}

/** Id of a request; the same lines sent again are the same request, so that its status_url finds them. */
function requestIdOf(
  lines: readonly MovementLine[],
  caller: Caller,
  idempotencyScope: string | undefined,
): string {
  const ids = lines.flatMap((line) => line.id ?? []);
  if (ids.length === lines.length) return deriveId(`${caller.subject}\n${ids.join("\n")}\nrequest`);
  return idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\nrequest`);
}
