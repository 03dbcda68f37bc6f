/** Reservations as reads. They are made, issued and released by movements. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import {
  RESERVATION_STATUSES,
  reservationRead,
  reservationsList,
} from "../../pipelines/stock/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { codeField, idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { filterOf } from "./resolveCodes.ts";
import { reservationEntry } from "./schema.ts";

interface ReservationDeps {
  readonly db: Db;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
}

const TAG = "Reservations";

/** The routes of reservations. */
export function reservationRoutes(deps: ReservationDeps): Route[] {
  return [listReservations(deps), readReservation(deps)];
}

function listReservations({ db, catalogue }: ReservationDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/reservations",
    tag: TAG,
    summary: "List reservations",
    description:
      "open: holds stock; issued: all of it was issued; released: the rest was released in time; expired: the rest was not released in time, and holds nothing from expires_at on.",
    permission: "read",
    query: z.strictObject({
      ...pageQuery,
      sku: codeField.optional(),
      warehouse: codeField.optional(),
      status: z.enum(RESERVATION_STATUSES).optional(),
    }),
    answers: {
      200: { description: "By id, the highest first.", schema: pageOf(reservationEntry) },
    },
    handler: async ({ query, caller }) => {
      const { limit, status } = query;
      const rows = await reservationsList(db, {
        ...(await filterOf(catalogue, query, caller)),
        status,
        codes: caller.warehouses,
        afterId: decodeCursor(query.cursor, [isIdPart])?.[0],
        limit: limit + 1,
      });
      const page = toPage(rows, { limit, keyOf: (row) => [row.id], show: (row) => row });
      return { status: 200, body: page };
    },
  });
}

function readReservation({ db }: ReservationDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/reservations/{id}",
    tag: TAG,
    summary: "Read a reservation",
    description: "Its id is that of the reserve movement.",
    permission: "read",
    params: z.object({ id: idField }),
    answers: { 200: { description: "The reservation.", schema: reservationEntry } },
    handler: async ({ params: { id }, caller }) => {
      const row = await reservationRead(db, { id, codes: caller.warehouses });
      if (row === undefined) throw new NotFoundError("reservation", id);
      return { status: 200, body: row };
    },
  });
}
