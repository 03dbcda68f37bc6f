/** GET /v1/movements/{id} and GET /v1/movements?request=: where movements stand. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import { customerMovementIds, readMovementCustomer } from "../../pipelines/customers/index.ts";
import {
  type MovementRow,
  movementOriginalRead,
  movementsOfRequestRead,
  movementsRead,
  type OriginalRow,
} from "../../pipelines/movements/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { mayUseWarehouse } from "../http/warehouseLimit.ts";
import { showMovement } from "./answerAccepted.ts";
import type { MovementDeps } from "./movementDeps.ts";
import { movementOut, movementPage } from "./schema.ts";

/** Names what is listed: the movements of a request, or of a customer. */
const listQuery = z
  .strictObject({
    request: idField.optional().describe("Movements that one request brought, by id."),
    customer: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        "Issues and returns of this customer, also under an earlier reference; the newest first.",
      ),
    ...pageQuery,
  })
  .refine(({ request, customer }) => (request === undefined) !== (customer === undefined), {
    message: "either request or customer, to name the movements",
    params: { code: "request_or_customer" },
  });

/** The route of one movement. */
export function getMovement({ db, personal }: Pick<MovementDeps, "db" | "personal">): Route {
  return defineRoute({
    method: "get",
    path: "/v1/movements/{id}",
    tag: "Movements",
    summary: "Where a movement stands",
    permission: "read",
    params: z.object({ id: idField }),
    answers: { 200: { description: "The movement.", schema: movementPage } },
    handler: async ({ params, caller }) => {
      const [[row], original, customer] = await Promise.all([
        movementsRead(db, [params.id]),
        movementOriginalRead(db, params.id),
        readMovementCustomer({ db, personal }, params.id),
      ]);
      if (row === undefined || !mayUseWarehouse(caller, row.warehouse)) {
        throw new NotFoundError("movement", params.id);
      }
      const details = detailsOf(row, original, caller);
      const noted = customer === undefined ? {} : { customer };
      return { status: 200, body: { ...showMovement(row), ...details, ...noted } };
    },
  });
}

/** What the movement is, without another end that the caller may not see. Between the two reads it may have been decided: then only its standing is told. */
function detailsOf(row: MovementRow, original: OriginalRow | undefined, caller: Caller) {
  const isSame = original?.status === row.status || original?.status === "set_aside";
  if (original === undefined || !isSame) return {};
  const { to_warehouse: other } = original;
  const details = {
    type: original.type,
    to_warehouse: other !== null && mayUseWarehouse(caller, other) ? other : null,
    quantity: original.quantity,
    lots: original.lots,
    reversed_by: original.reversed_by,
  };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
}

/** The route of a request's movements. */
export function listMovements(deps: Pick<MovementDeps, "db" | "personal">): Route {
  return defineRoute({
    method: "get",
    path: "/v1/movements",
    tag: "Movements",
    summary: "Where the movements of one request, or of one customer, stand",
    permission: "read",
    query: listQuery,
    answers: { 200: { description: "The movements.", schema: pageOf(movementOut) } },
    handler: async ({ query, caller }) => {
      const [after] = decodeCursor(query.cursor, [isIdPart]) ?? [];
      const rows = await readListed(deps, query, { after, limit: query.limit + 1 });
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.id],
        show: (row) => row,
      });
      const data = page.data.filter((row) => mayUseWarehouse(caller, row.warehouse));
      return {
        status: 200,
        body: { data: data.map(showMovement), next_cursor: page.next_cursor },
      };
    },
  });
}

async function readListed(
  { db, personal }: Pick<MovementDeps, "db" | "personal">,
  { request, customer }: z.output<typeof listQuery>,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<MovementRow[]> {
  if (customer === undefined) {
    const { after: afterId, limit } = page;
    return movementsOfRequestRead(db, { requestId: request ?? "", afterId, limit });
  }
  const ids = await customerMovementIds({ db, personal }, { reference: customer, ...page });
  const rows = new Map((await movementsRead(db, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => rows.get(id) ?? []);
}
