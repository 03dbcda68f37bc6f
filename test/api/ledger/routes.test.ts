/** The verification over HTTP: asking for one, and reading what the latest found. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ledgerRoutes } from "../../../api/ledger/routes.ts";
import { createJobRegistry } from "../../../jobs/jobRegistry.ts";
import { JobRunner } from "../../../pipelines/schedule/index.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

const PATH = "/v1/ledger/verify";

describe("/v1/ledger/verify", () => {
  let api: ApiHarness;
  let runner: JobRunner;

  beforeAll(async () => {
    api = await createApiHarness({
      routes: ({ db, clock }) =>
        ledgerRoutes({ db, clock, jobWakeUps: { wake: async () => undefined } }),
    });
    const { db, log, metrics } = api.context;
    runner = new JobRunner({ db, log, metrics, functions: createJobRegistry(api.context) });
  });
  afterAll(async () => {
    await runner.stop();
    await api.close();
  });

  test("answers 404 before the first verification, then what the latest found", async () => {
    expect((await api.request("GET", PATH)).status).toBe(404);
    const asked = await api.request("POST", PATH);
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ job: "verify-ledger", status: "queued" });
    await runner.run(asked.body.id);
    const sound = await api.request("GET", PATH, { role: "viewer" });
    expect(sound.body).toMatchObject({
      checked: { entries: 0, levels: 0, outcomes: 0, inbox: 0, undone: 0, events: 0 },
      difference_count: 0,
      differences: [],
      run: { id: asked.body.id, status: "completed" },
    });

    await api.context.db.query("update lanes set next_position = 2 where id = 7");
    const again = await api.request("POST", PATH);
    await runner.run(again.body.id);
    const { body } = await api.request("GET", PATH);
    expect(body).toMatchObject({
      difference_count: 1,
      differences: [{ check: "event_positions", lane: 7, sku: null }],
      run: { id: again.body.id },
    });
  });

  test("a misspelt field is refused, and starts no run", async () => {
    const runs = () => api.context.db.query("select from job_runs");
    const before = (await runs()).rowCount;
    const answer = await api.request("POST", PATH, { body: { mod: "incremental" } });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: "unknown_field", errors: [{ pointer: "/mod" }] },
    });
    expect((await runs()).rowCount).toBe(before);
  });

  test("an incremental one runs as a job of its own, and the latest of either is shown", async () => {
    await api.context.db.query("update lanes set next_position = 1 where id = 7");
    for (const mode of ["full", "incremental"]) {
      const asked = await api.request("POST", PATH, { body: { mode } });
      await runner.run(asked.body.id);
      expect((await api.request("GET", PATH)).body).toMatchObject({
        mode,
        difference_count: 0,
        anchor: { outside: "same" },
        run: {
          id: asked.body.id,
          job: mode === "full" ? "verify-ledger" : `verify-ledger-${mode}`,
        },
      });
    }
    const wrong = await api.request("POST", PATH, { body: { mode: "some" } });
    expect([wrong.status, wrong.body.code]).toEqual([422, "not_allowed"]);
  });

  test("needs ledger:verify to run and every warehouse to read", async () => {
    expect((await api.request("POST", PATH, { role: "buyer" })).status).toBe(403);
    const limited = { warehouses: ["MAIN"] } as const;
    expect((await api.request("POST", PATH, limited)).body.code).toBe("warehouses_limited");
    expect((await api.request("GET", PATH, limited)).body.code).toBe("warehouses_limited");
  });
});
