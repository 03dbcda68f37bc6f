/** POST /v1/movements accepts movements durably and answers at once; GET tells where they stand. */
import { z } from "zod";
import { deriveId } from "../../domain/deriveId.ts";
import { InvalidInputError, NotFoundError } from "../../domain/errors.ts";
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import {
  type Acceptance,
  type Intake,
  type MovementLine,
  resolveMovements,
} from "../../pipelines/intake/index.ts";
import {
  type MovementRow,
  movementsOfRequestRead,
  movementsRead,
  type OutcomeWaiter,
} from "../../pipelines/movements/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { type Clock, newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { acceptedOut, movementBatch, movementBody, movementLine, movementOut } from "./schema.ts";

interface MovementDeps {
  readonly db: Db;
  readonly intake: Intake;
  readonly catalogue: CatalogueLookup;
  readonly waiter: OutcomeWaiter;
  readonly clock: Clock;
}

/** Longest time that Prefer: wait may ask for. */
const WAIT_SECONDS_MAX = 30;

/** Routes of movements. */
export function movementRoutes(deps: MovementDeps): Route[] {
  return [postMovements(deps), getMovement(deps), listMovements(deps)];
}

function postMovements(deps: MovementDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/movements",
    tag: "Movements",
    summary: "Accept one movement, or up to 10,000",
    description:
      "202 is a promise: from then on the movement survives the loss of any process and is applied or rejected exactly once, in the order of acceptance for its item. With `Prefer: wait=<seconds>` (at most 30) the final outcomes are answered with 200 if they came in time.",
    permission: "movements:write",
    body: movementBody,
    bodyForm: (raw) =>
      typeof raw === "object" && raw !== null && "movements" in raw ? movementBatch : movementLine,
    answers: {
      200: { description: "The final outcomes (Prefer: wait).", schema: acceptedOut },
      202: { description: "Durably accepted.", schema: acceptedOut },
    },
    handler: async ({ body, caller, idempotencyScope, c }) => {
      const single = !("movements" in body);
      const lines: MovementLine[] = single ? [body] : body.movements;
      const requestId = requestIdOf(lines, caller, idempotencyScope);
      const { commands, faults } = await resolveMovements(
        lines,
        {
          catalogue: deps.catalogue,
          clock: deps.clock,
          idOf: (place) =>
            idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\n${place}`),
          warehouses: caller.warehouses,
          actor: caller.subject,
          sourceId: single ? null : requestId,
        },
        (place) => (single ? "" : `/movements/${place}`),
      );
      if (faults.length > 0) {
        throw new InvalidInputError(faults, faults.length === 1 ? faults[0]?.code : undefined);
      }
      const acceptances = await deps.intake.accept(commands);
      refuseReused(acceptances, single);
      const statusUrl = single
        ? `/v1/movements/${acceptances[0]?.id ?? ""}`
        : `/v1/movements?request=${requestId}`;
      return answerAccepted(deps, {
        acceptances,
        statusUrl,
        waitMs: waitMs(c.req.header("prefer")),
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

/** An id that was used for another body: the line is refused, and so is the request when all its lines are. */
function refuseReused(acceptances: readonly Acceptance[], single: boolean): void {
  const faults = acceptances.flatMap((acceptance, place) =>
    acceptance.result === "reused"
      ? [
          {
            pointer: single ? "/id" : `/movements/${place}/id`,
            code: "id_reused",
            detail: `id "${acceptance.id}" was used for another movement; use a new id for a new movement`,
          },
        ]
      : [],
  );
  if (faults.length > 0 && faults.length === acceptances.length) {
    throw new InvalidInputError(faults, "id_reused");
  }
}

interface AcceptedParts {
  readonly acceptances: readonly Acceptance[];
  readonly statusUrl: string;
  readonly waitMs: number;
}

async function answerAccepted(
  deps: MovementDeps,
  { acceptances, statusUrl, waitMs }: AcceptedParts,
): Promise<RouteAnswer> {
  const replayed = acceptances.every((acceptance) => acceptance.result === "repeat");
  const headers = {
    location: statusUrl,
    ...(replayed ? { "idempotency-replayed": "true" } : {}),
  };
  if (waitMs > 0) {
    const ids = acceptances.filter((one) => one.result !== "reused").map((one) => one.id);
    await deps.waiter.wait(ids, waitMs);
    const rows = new Map((await movementsRead(deps.db, ids)).map((row) => [row.id, row]));
    const data = acceptances.map((acceptance) => showOutcome(acceptance, rows.get(acceptance.id)));
    const final = data.every((entry) => entry.status !== "accepted");
    return {
      status: final ? 200 : 202,
      headers: { ...headers, "preference-applied": "wait" },
      body: { data, status_url: statusUrl },
    };
  }
  const data = acceptances.map((acceptance) => showOutcome(acceptance, undefined));
  return { status: 202, headers, body: { data, status_url: statusUrl } };
}

function showOutcome(acceptance: Acceptance, row: MovementRow | undefined) {
  if (acceptance.result === "reused") {
    return {
      id: acceptance.id,
      status: "rejected",
      code: "id_reused",
      detail: "the id was used for another movement; use a new id for a new movement",
    };
  }
  if (row !== undefined) return showMovement(row);
  return {
    id: acceptance.id,
    status: acceptance.result === "repeat" ? acceptance.status : "accepted",
  };
}

function showMovement(row: MovementRow) {
  const place = { id: row.id, status: row.status, sku: row.sku, warehouse: row.warehouse };
  switch (row.status) {
    case "accepted":
      return place;
    case "applied":
      return {
        ...place,
        balance_after: row.balance_after,
        version: row.version,
        applied_at: row.decided_at,
      };
    case "rejected":
      return { ...place, code: row.code, detail: row.detail, rejected_at: row.decided_at };
  }
}

/** Milliseconds that RFC 7240's "wait" preference asks for; 0 where it does not. */
function waitMs(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,9})(?:$|[,;\s])/i.exec(prefer ?? "")?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), WAIT_SECONDS_MAX) * 1_000;
}

function maySee(caller: Caller, row: MovementRow): boolean {
  return caller.warehouses === undefined || caller.warehouses.includes(row.warehouse);
}

function getMovement(deps: MovementDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/movements/{id}",
    tag: "Movements",
    summary: "Where a movement stands",
    permission: "read",
    params: z.object({ id: idField }),
    answers: { 200: { description: "The movement.", schema: movementOut } },
    handler: async ({ params, caller }) => {
      const [row] = await movementsRead(deps.db, [params.id]);
      if (row === undefined || !maySee(caller, row)) throw new NotFoundError("movement", params.id);
      return { status: 200, body: showMovement(row) };
    },
  });
}

function listMovements(deps: MovementDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/movements",
    tag: "Movements",
    summary: "Where the movements of one request stand",
    permission: "read",
    query: z.strictObject({ request: idField, ...pageQuery }),
    answers: { 200: { description: "The movements by id.", schema: pageOf(movementOut) } },
    handler: async ({ query, caller }) => {
      const [afterId] = decodeCursor(query.cursor, [isIdPart]) ?? [];
      const rows = await movementsOfRequestRead(deps.db, {
        requestId: query.request,
        afterId,
        limit: query.limit + 1,
      });
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.id],
        show: (row) => row,
      });
      const data = page.data.filter((row) => maySee(caller, row)).map(showMovement);
      return { status: 200, body: { data, next_cursor: page.next_cursor } };
    },
  });
}
