/** Log levels change in running processes by the database and by a signal, run out by themselves, and only admins may. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { logLevelRoutes } from "../../../api/logLevels/routes.ts";
import { watchLogLevel } from "../../../pipelines/logLevels/index.ts";
import { createLog } from "../../../platform/log.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: ({ db }) => logLevelRoutes({ db }) });
});
afterAll(() => api.close());

const nothing = { level: null, until: null, set_by: null, set_at: null };

test("a level is set for one kind of process for a while, shown, and taken back", async () => {
  const set = await api.request("POST", "/v1/log-levels", {
    body: { process: "workers", level: "debug", minutes: 5 },
  });
  expect(set.status).toBe(200);
  const shown = await api.request("GET", "/v1/log-levels");
  expect(shown.body).toEqual(set.body);
  expect(shown.body.data).toEqual([
    { process: "api", ...nothing },
    {
      process: "workers",
      level: "debug",
      until: expect.stringMatching(/Z$/),
      set_by: "test-admin",
      set_at: expect.stringMatching(/Z$/),
    },
    { process: "jobs", ...nothing },
  ]);
  const { until, set_at } = shown.body.data[1];
  expect(Date.parse(until) - Date.parse(set_at)).toBe(5 * 60_000);
  const back = await api.request("POST", "/v1/log-levels", { body: { level: null } });
  expect(back.body.data[1]).toEqual({ process: "workers", ...nothing });
});

test("it is noted in the audit trail, refused to who is no admin, and a wrong one is told", async () => {
  const { rows } = await api.context.db.query<{ actor: string; action: string }>(
    "select actor, action from audit_log where entity_type = 'log_level' order by at limit 1",
  );
  expect(rows).toEqual([{ actor: "test-admin", action: expect.stringMatching(/insert|create/) }]);
  const operator = await api.request("POST", "/v1/log-levels", {
    role: "operator",
    body: { level: "debug" },
  });
  expect(operator.status).toBe(403);
  const wrong = await api.request("POST", "/v1/log-levels", { body: { level: "loud" } });
  expect(wrong.status).toBe(422);
  expect(wrong.body.errors[0].pointer).toBe("/level");
});

test("a running process heeds it, lets it run out, and a signal overrules it", async () => {
  const { db, config } = api.context;
  const log = createLog({ process: "test", level: "silent" });
  const quiet = { ...config, LOG_LEVEL: "silent" } as const;
  const watch = watchLogLevel("jobs", { db, log, config: quiet });
  try {
    await api.request("POST", "/v1/log-levels", { body: { process: "jobs", level: "fatal" } });
    await waitFor("the level that was set", () => log.level === "fatal");
    process.kill(process.pid, "SIGUSR2");
    await waitFor("debug by the signal", () => log.level === "debug");
    process.kill(process.pid, "SIGUSR2");
    await waitFor("the level that was set again", () => log.level === "fatal");
    await db.query("update log_levels set until = now() where process = 'jobs'");
    await waitFor("the configured level", () => log.level === "silent");
  } finally {
    await watch.stop();
  }
});
