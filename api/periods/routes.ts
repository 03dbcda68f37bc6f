/** /v1/periods: closing a month for good, and the months that are closed. */
import { z } from "zod";
import {
  type ClosedPeriod,
  closedPeriodsPage,
  closePeriod,
} from "../../pipelines/periods/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { decodeCursor, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { AccessError } from "../http/problem.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { monthField, periodOut } from "./schema.ts";

interface PeriodDeps {
  readonly db: DbPool;
}

const TAG = "Periods";
const isMonthPart = (part: string): boolean => monthField.safeParse(part).success;

/** Routes of periods. */
export function periodRoutes(deps: PeriodDeps): Route[] {
  return [postClose(deps), listPeriods(deps)];
}

function postClose({ db }: PeriodDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/periods/{month}/close",
    tag: TAG,
    summary: "Close a month for good",
    description:
      "From the answer on no entry is dated into the month (occurred_at, UTC): later movements are refused, and accepted ones that are not applied yet are rejected, with period_closed. Only a month that is over can be closed, and it is never opened again; closing it again answers the same. A token limited to warehouses may not close periods.",
    permission: "periods:close",
    params: z.object({ month: monthField }),
    answers: { 200: { description: "The month, closed.", schema: periodOut } },
    handler: async ({ params, caller }) => {
      if (caller.warehouses !== undefined) {
        const detail = "the token is limited to warehouses, a period is closed for all of them";
        throw new AccessError(403, "forbidden", detail);
      }
      const closed = await closePeriod(db, { month: params.month, closedBy: caller.subject });
      return { status: 200, body: showPeriod(closed) };
    },
  });
}

function listPeriods({ db }: PeriodDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/periods",
    tag: TAG,
    summary: "List closed months, the latest first",
    permission: "read",
    query: z.strictObject(pageQuery),
    answers: { 200: { description: "A page of closed months.", schema: pageOf(periodOut) } },
    handler: async ({ query: { limit, cursor } }) => {
      const before = decodeCursor(cursor, [isMonthPart])?.[0];
      const rows = await closedPeriodsPage(db, { before, limit: limit + 1 });
      const page = toPage(rows, { limit, keyOf: (row) => [row.month], show: showPeriod });
      return { status: 200, body: page };
    },
  });
}

function showPeriod(period: ClosedPeriod) {
  return { ...period, status: "closed" };
}
