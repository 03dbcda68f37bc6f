/** Jobs over HTTP: what there is, running one, and who may. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jobRoutes } from "../../../api/jobs/routes.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessRequest,
} from "../../support/apiHarness.ts";

describe("/v1/jobs", () => {
  let api: ApiHarness;
  const woken: string[] = [];

  beforeAll(async () => {
    api = await createApiHarness({
      routes: ({ db, clock }) =>
        jobRoutes({
          db,
          clock,
          jobWakeUps: {
            wake: async (ids) => {
              woken.push(...ids);
            },
          },
        }),
    });
  });
  afterAll(() => api.close());

  const run = (name: string, request: HarnessRequest = {}) =>
    api.request("POST", `/v1/jobs/${name}/run`, request);

  test("lists every job with its schedule and its last run", async () => {
    const started = await run("housekeeping");
    const { body } = await api.request("GET", "/v1/jobs", { role: "viewer" });
    expect(body.next_cursor).toBeNull();
    expect(body.data.map((job: { name: string }) => job.name)).toEqual([
      "refresh-views",
      "detect-low-stock",
      "plan-reorder",
      "generate-purchase-orders",
      "scheduled-reports",
      "verify-ledger",
      "verify-ledger-incremental",
      "import-inbox",
      "housekeeping",
      "protect-personal-data",
      "value-stock",
      "release-expired-reservations",
    ]);
    const orders = body.data[3];
    expect(orders).toMatchObject({
      cron: "0 6 * * *",
      time_zone: "UTC",
      when_missed: "latest",
      when_busy: "wait",
      last_run: null,
    });
    expect(orders.next_run_at).toMatch(/T06:00:00\.000Z$/);
    expect(body.data[8].last_run).toEqual(started.body);
  });

  test("running a job answers 202 with the queued run and wakes the runners", async () => {
    const answer = await run("verify-ledger");
    expect(answer.status).toBe(202);
    const { id } = answer.body;
    expect(answer.body).toMatchObject({
      job: "verify-ledger",
      status: "queued",
      trigger: "api",
      requested_by: "test-admin",
      slot: null,
      status_url: `/v1/jobs/verify-ledger/runs/${id}`,
    });
    expect(answer.headers.get("location")).toBe(answer.body.status_url);
    expect(woken).toContain(id);
    expect((await api.request("GET", answer.body.status_url)).body).toEqual(answer.body);
  });

  test("the same Idempotency-Key is the same run, also when its answer was never kept", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await run("housekeeping", { headers });
    await api.context.db.query("delete from idempotency_keys");
    const second = await run("housekeeping", { headers });
    expect(second.body.id).toBe(first.body.id);
  });

  test("jobs need jobs:run; a buyer may draft purchase orders and nothing else", async () => {
    for (const role of ["viewer", "operator", "analyst"] as const) {
      expect((await run("generate-purchase-orders", { role })).status, role).toBe(403);
    }
    expect((await run("generate-purchase-orders", { role: "buyer" })).status).toBe(202);
    const refused = await run("housekeeping", { role: "buyer" });
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    const service = { role: "service", scopes: ["jobs:run"] } as const;
    expect((await run("generate-purchase-orders", service)).status).toBe(202);
    expect((await run("housekeeping", { role: "none" })).status).toBe(401);
  });

  test("a token limited to warehouses may not run jobs, nor see what a run found", async () => {
    const limited = { warehouses: ["MAIN"] } as const;
    const refused = await run("generate-purchase-orders", limited);
    expect([refused.status, refused.body.code]).toEqual([403, "warehouses_limited"]);
    const { id } = (await run("refresh-views")).body;
    await api.context.db.query(
      `update job_runs set status = 'completed', outcome = '{"views": []}', started_at = now(), finished_at = now() where id = $1`,
      [id],
    );
    const path = `/v1/jobs/refresh-views/runs/${id}`;
    expect((await api.request("GET", path)).body).toMatchObject({
      outcome: { views: [] },
      duration_ms: 0,
    });
    expect((await api.request("GET", path, limited)).body.outcome).toBeNull();
  });

  test("runs are paged newest first", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift((await run("detect-low-stock")).body.id);
    }
    const list = (query: string) => api.request("GET", `/v1/jobs/detect-low-stock/runs?${query}`);
    const first = await list("limit=2");
    expect(first.body.data.map((one: { id: string }) => one.id)).toEqual(ids.slice(0, 2));
    const second = await list(`limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data.map((one: { id: string }) => one.id)).toEqual(ids.slice(2));
    expect(second.body.next_cursor).toBeNull();
    expect((await list("cursor=x")).body.code).toBe("cursor_invalid");
  });

  test("an unknown job or run is 404, also a run of another job", async () => {
    expect((await run("no-such-job")).status).toBe(404);
    expect((await api.request("GET", "/v1/jobs/nothing/runs")).status).toBe(404);
    const { id } = (await run("housekeeping")).body;
    expect((await api.request("GET", `/v1/jobs/refresh-views/runs/${id}`)).status).toBe(404);
    expect((await api.request("GET", `/v1/jobs/housekeeping/runs/${randomUUID()}`)).status).toBe(
      404,
    );
  });
});
