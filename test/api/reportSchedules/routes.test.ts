/** Report schedules over HTTP, the job that asks for what they call for, and the webhook that is told. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportScheduleRoutes } from "../../../api/reportSchedules/routes.ts";
import { askScheduled } from "../../../pipelines/export/index.ts";
import { verifyWebhook } from "../../../platform/webhookRequest.ts";
import type { HarnessRequest } from "../../support/apiHarness.ts";
import { createReportHarness, type ReportHarness } from "../../support/reportHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

const PATH = "/v1/report-schedules";
const SIGNAL = new AbortController().signal;
const KEY = "a key of the tests, long enough to sign with";

let api: ReportHarness;

beforeAll(async () => {
  api = await createReportHarness({
    env: { WEBHOOK_SIGNING_KEY: KEY, WEBHOOK_PRIVATE_ALLOWED: "true" },
    routes: reportScheduleRoutes,
  });
  for (const code of ["MAIN", "NORTH"]) {
    await api.context.db.query({
      text: "insert into warehouses (id, code, name) values ($1, $2, $2)",
      values: [randomUUID(), code],
    });
  }
});
afterAll(() => api.close());

const call = (method: string, path: string, body?: unknown, options: HarnessRequest = {}) =>
  api.request(method, path, { role: "analyst", body, ...options });
const create = (body: object = {}, options: HarnessRequest = {}) =>
  call("POST", PATH, { report: "low_stock", cron: "0 6 * * *", ...body }, options);
const seenUntil = (id: string, at: string) =>
  api.context.db.query("update report_schedules set seen_until = $2 where id = $1", [id, at]);
const askedFor = async (id: string) => {
  const { rows } = await api.context.db.query(
    "select id, slot, partition_day, parameters, prefix, warehouses, requested_by, status from reports where schedule_id = $1 order by slot",
    [id],
  );
  return rows;
};

describe("schedules", () => {
  test("one is made with what was not said, read, changed under If-Match, listed and archived", async () => {
    const made = await create({ time_zone: "Europe/Berlin", name: "Low stock" });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.headers.get("location")).toBe(`${PATH}/${id}`);
    const whole = {
      id,
      name: "Low stock",
      report: "low_stock",
      format: "csv",
      parameters: {},
      cron: "0 6 * * *",
      time_zone: "Europe/Berlin",
      status: "active",
      catch_up: "all",
      period: null,
      incremental: null,
      first_day: null,
      delivery: { prefix: "reports/", webhook: null },
      warehouses: null,
      created_by: "test-analyst",
      version: 1,
    };
    expect(made.body).toMatchObject({ ...whole, webhook_secret: null });
    expect(made.body.next_run_at).toMatch(/T0[45]:00:00\.000Z$/);
    expect((await call("GET", `${PATH}/${id}`)).body).toMatchObject(whole);
    const headers = { "if-match": '"1"' };
    const paused = await call("PATCH", `${PATH}/${id}`, { status: "paused" }, { headers });
    expect(paused.headers.get("etag")).toBe('"2"');
    expect(paused.body).toMatchObject({ ...whole, status: "paused", version: 2 });
    expect(paused.body.next_run_at).toBeNull();
    const stale = await call("PATCH", `${PATH}/${id}`, { name: "x" }, { headers });
    expect([stale.status, stale.body.code]).toEqual([412, "stale_version"]);
    const listed = await call("GET", PATH);
    expect(listed.body.data.map((one: { id: string }) => one.id)).toContain(id);
    const gone = await call("DELETE", `${PATH}/${id}`);
    expect(gone.body).toMatchObject({ status: "archived", version: 3 });
    const after = await call("GET", PATH);
    expect(after.body.data.map((one: { id: string }) => one.id)).not.toContain(id);
  });

  test.each([
    [{ cron: "0 25 * * *" }, "cron_format", "/cron"],
    [{ cron: "0 0 30 2 *" }, "cron_format", "/cron"],
    [{ time_zone: "Berlin" }, "unknown_time_zone", "/time_zone"],
    [{ parameters: { as_of: "2026-01-01T00:00:00Z" } }, "not_allowed", "/parameters/as_of"],
    [{ period: "previous_day" }, "not_allowed", "/period"],
    [{ incremental: "day" }, "not_allowed", "/incremental"],
    [{ first_day: "2026-01-01" }, "not_allowed", "/first_day"],
    [{ delivery: { prefix: "inbox/" } }, "wrong_format", "/delivery/prefix"],
    [{ delivery: { prefix: "exports/../inbox/" } }, "invalid", "/delivery/prefix"],
    [{ delivery: { webhook: { url: "ftp://x.example" } } }, "url_refused", "/delivery/webhook/url"],
    [{ extra: 1 }, "unknown_field", "/extra"],
  ])("%j is refused as %s", async (body, code, pointer) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer })]);
    expect(answer.body.code).toBe(code);
  });

  test("a change that makes the whole wrong is refused", async () => {
    const { id } = (await create({ report: "movement_history", incremental: "day" })).body;
    const answer = await call("PATCH", `${PATH}/${id}`, { report: "low_stock" });
    expect([answer.status, answer.body.code]).toEqual([422, "not_allowed"]);
  });

  test("only its maker and admins see one, and a limited token only what is within its limits", async () => {
    const { id } = (await create()).body;
    const as = (options: HarnessRequest) => call("GET", `${PATH}/${id}`, undefined, options);
    expect((await as({ role: "admin" })).status).toBe(200);
    expect((await as({ role: "viewer" })).status).toBe(403);
    expect((await as({ role: "service", scopes: ["reports:run"] })).status).toBe(404);
    expect((await as({ warehouses: ["MAIN"] })).status).toBe(404);
    const limited = await create({}, { warehouses: ["MAIN"] });
    expect(limited.body.warehouses).toEqual(["MAIN"]);
    const foreign = { parameters: { warehouse: "NORTH" } };
    expect((await create(foreign, { warehouses: ["MAIN"] })).status).toBe(404);
  });
});

describe("askScheduled", () => {
  test("every slot since it was seen to is asked for once, however many ask, and tells of its moment", async () => {
    const { id } = (
      await create({ report: "stock_as_of", format: "csv", parameters: { warehouse: "MAIN" } })
    ).body;
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    await seenUntil(id, new Date(today - 3 * 86_400_000 + 7 * 3_600_000).toISOString());
    const asked = await Promise.all(
      Array.from({ length: 4 }, () => askScheduled(api.context.db, SIGNAL)),
    );
    const rows = await askedFor(id);
    const slots = rows.map((row) => row.slot.toISOString());
    const expected = [2, 1, 0]
      .map((days) => new Date(today - days * 86_400_000 + 6 * 3_600_000))
      .filter((slot) => slot.getTime() <= Date.now())
      .map((slot) => slot.toISOString());
    expect(slots).toEqual(expected);
    const ids = asked.flatMap(({ reports }) => reports);
    expect([ids.length, new Set(ids)]).toEqual([rows.length, new Set(rows.map((row) => row.id))]);
    expect(rows.map((row) => row.parameters)).toEqual(
      expected.map((slot) => ({ warehouse: "MAIN", as_of: slot })),
    );
    expect(rows[0]).toMatchObject({ warehouses: ["MAIN"], requested_by: "test-analyst" });
    const done = await waitFor("the reports", async () => {
      const now = await askedFor(id);
      return now.every((row) => row.status === "completed") ? now : undefined;
    });
    const shown = await call("GET", `/v1/reports/${done[0]?.id}`);
    expect(shown.body).toMatchObject({ schedule_id: id, slot: slots[0], delivery: null });
  });

  test.each([
    ["latest", 1],
    ["none", 0],
  ])("missed slots of catch_up %s: %i is asked for", async (catch_up, count) => {
    const cron = "0 0 1 1 *";
    const { id } = (await create({ catch_up, cron })).body;
    await seenUntil(id, "2024-06-01T00:00:00Z");
    await askScheduled(api.context.db, SIGNAL);
    expect((await askedFor(id)).length).toBe(count);
    await askScheduled(api.context.db, SIGNAL);
    expect((await askedFor(id)).length).toBe(count);
  });

  test("a period is the whole one before the slot, in the schedule's time zone", async () => {
    const { id } = (
      await create({
        report: "inventory_turnover",
        cron: "0 6 1 1 *",
        time_zone: "America/New_York",
        period: "previous_month",
        catch_up: "latest",
      })
    ).body;
    await seenUntil(id, "2025-06-01T00:00:00Z");
    await askScheduled(api.context.db, SIGNAL);
    const [row] = await askedFor(id);
    expect(row?.slot.toISOString()).toBe("2026-01-01T11:00:00.000Z");
    expect(row?.parameters).toEqual({
      from: "2025-12-01T05:00:00.000Z",
      to: "2026-01-01T05:00:00.000Z",
    });
  });

  test("a paused schedule asks for nothing, and does not make up for it later", async () => {
    const { id } = (await create({ status: "paused" })).body;
    await seenUntil(id, "2026-01-01T00:00:00Z");
    await askScheduled(api.context.db, SIGNAL);
    await call("PATCH", `${PATH}/${id}`, { status: "active" });
    await askScheduled(api.context.db, SIGNAL);
    expect(await askedFor(id)).toEqual([]);
  });
});

describe("the incremental ledger", () => {
  test("each closed day is written once below its own date, and never again", async () => {
    const day = (back: number) =>
      new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
    const { id } = (
      await create({
        report: "movement_history",
        format: "parquet",
        cron: "* * * * *",
        incremental: "day",
        first_day: day(3),
        delivery: { prefix: "exports/ledger/" },
      })
    ).body;
    await seenUntil(id, new Date(Date.now() - 120_000).toISOString());
    await askScheduled(api.context.db, SIGNAL);
    const days = (await askedFor(id)).map((row) => row.partition_day);
    // within a quarter of an hour after midnight yesterday is still open
    expect([
      [day(3), day(2), day(1)],
      [day(3), day(2)],
    ]).toContainEqual(days);
    const done = await waitFor("the partitions", async () => {
      const now = await askedFor(id);
      return now.every((row) => row.status === "completed") ? now : undefined;
    });
    const report = (await call("GET", `/v1/reports/${done[0]?.id}`)).body;
    expect(report.objects[0].key).toBe(
      `exports/ledger/movement_history/date=${day(3)}/${report.id}.parquet`,
    );
    expect(report.parameters).toEqual({
      from: `${day(3)}T00:00:00.000Z`,
      to: `${day(2)}T00:00:00.000Z`,
    });
    await seenUntil(id, new Date(Date.now() - 120_000).toISOString());
    await askScheduled(api.context.db, SIGNAL);
    expect((await askedFor(id)).map((row) => row.id)).toEqual(done.map((row) => row.id));
  });
});

describe("webhooks", () => {
  const seen: { headers: Record<string, string>; body: string }[] = [];
  const statuses = [503, 200, 410];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const headers = Object.entries(request.headers).map(([k, v]) => [k, String(v)]);
      seen.push({ headers: Object.fromEntries(headers), body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  let url = "";

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const run = async () => {
    const made = (await create({ cron: "0 0 1 1 *", delivery: { webhook: { url } } })).body;
    await seenUntil(made.id, "2025-06-01T00:00:00Z");
    await askScheduled(api.context.db, SIGNAL);
    return made;
  };
  const deliveryOf = async (id: string, status: string) => {
    const [row] = await askedFor(id);
    return waitFor(`the delivery to be ${status}`, async () => {
      // the pause before the next try is not waited for
      await api.context.db.query(
        "update reports set delivery_due = now() where id = $1 and delivery_attempts = 1 and delivery_error is not null",
        [row?.id],
      );
      const { body } = await call("GET", `/v1/reports/${row?.id}`);
      return body.delivery?.status === status ? body : undefined;
    });
  };

  test("one is told by a signed message with a link, again where it was not taken", async () => {
    const made = await run();
    expect(made.webhook_secret).toMatch(/^whsec_/);
    const report = await deliveryOf(made.id, "delivered");
    expect(report.delivery).toEqual({ status: "delivered", attempts: 2, error: null });
    expect(seen).toHaveLength(2);
    expect(new Set(seen.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([report.id]));
    for (const message of seen) {
      expect(verifyWebhook(made.webhook_secret, message, new Date())).toBe(true);
    }
    const { type, data } = JSON.parse(seen[1]?.body ?? "");
    expect(type).toBe("stockline.report.completed");
    expect(data).toMatchObject({
      id: report.id,
      schedule_id: made.id,
      rows: 0,
      status: "completed",
    });
    expect((await api.download(data)).length).toBe(report.bytes);
  });

  test("a message that is refused for good is not sent again", async () => {
    const made = await run();
    const report = await deliveryOf(made.id, "failed");
    expect(report.delivery).toEqual({
      status: "failed",
      attempts: 1,
      error: "the receiver answered 410; expected 200 to 299",
    });
  });
});
