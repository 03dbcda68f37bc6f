/** /v1/periods: what may be closed and by whom, and that no batch in flight gets past a close. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { periodRoutes } from "../../../api/periods/routes.ts";
import { createClosedPeriods } from "../../../pipelines/periods/index.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let api: ApiHarness;

beforeAll(async () => {
  api = await createApiHarness({ routes: ({ db }) => periodRoutes({ db }) });
});
afterAll(() => api.close());

const close = (month: string, options = {}) =>
  api.request("POST", `/v1/periods/${month}/close`, options);

describe("closing a month", () => {
  test("answers the same however often it is asked for", async () => {
    const first = await close("2026-01");
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      month: "2026-01",
      status: "closed",
      closed_by: "test-admin",
    });
    expect((await close("2026-01")).body).toEqual(first.body);
  });

  test("is refused for a month that is not over, that is none, and to whom may not", async () => {
    const thisMonth = new Date().toISOString().slice(0, 7);
    const early = await close(thisMonth);
    expect([early.status, early.body.code]).toEqual([422, "period_not_over"]);
    expect(early.body.errors[0].pointer).toBe("/path/month");
    expect((await close("2026-13")).body.code).toBe("month_format");
    expect((await close("0000-01")).body.code).toBe("month_format");
    expect((await close("2026-02", { role: "operator" })).status).toBe(403);
    expect((await close("2026-02", { warehouses: ["W"] })).status).toBe(403);
    expect((await api.request("GET", "/v1/periods")).body.data).toHaveLength(1);
  });

  test("waits for a batch that holds a lane, and then shows to the next one", async () => {
    const batch = await api.context.db.connect();
    await batch.query("begin");
    await batch.query("select id from lanes where id = 77 for update");
    const closing = close("2025-12");
    await waitFor("the close to wait for the lane", async () => {
      const { rows } = await api.context.db.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    const { rows: seen } = await batch.query(
      "select month from closed_periods where month = '2025-12-01'",
    );
    expect(seen).toEqual([]);
    await batch.query("commit");
    batch.release();
    expect((await closing).body).toMatchObject({ month: "2025-12", status: "closed" });
  });

  test("lists the closed months, the latest first, page by page", async () => {
    await close("2025-11");
    const first = await api.request("GET", "/v1/periods?limit=2", { role: "viewer" });
    const months = (answer: typeof first) =>
      answer.body.data.map((row: { month: string }) => row.month);
    expect(months(first)).toEqual(["2026-01", "2025-12"]);
    const next = await api.request("GET", `/v1/periods?limit=2&cursor=${first.body.next_cursor}`);
    expect(months(next)).toEqual(["2025-11"]);
    expect((await api.request("GET", "/v1/periods?cursor=WyJ4Il0")).status).toBe(422);
  });
});

test("the look-up of closed months asks once for many, and again after a failure", async () => {
  let statements = 0;
  let failing = true;
  const periods = createClosedPeriods({
    query: async (query) => {
      statements += 1;
      if (failing) throw new Error("away");
      return api.context.db.query<never>(query);
    },
  });
  await expect(periods.read()).rejects.toThrow("away");
  failing = false;
  const sets = await Promise.all([periods.read(), periods.read(), periods.read()]);
  expect(sets[0]?.has("2026-01")).toBe(true);
  expect(statements).toBe(2);
});
