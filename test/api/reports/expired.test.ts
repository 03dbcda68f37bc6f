/** Reports that have served their time: the row says so before the file goes, and nothing dies in between unseen. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expireReports } from "../../../pipelines/export/index.ts";
import { seedWarehouses } from "../../support/catalogue.ts";
import { createReportHarness, type ReportHarness } from "../../support/reportHarness.ts";

let harness: ReportHarness;
const DAYS = { filesDays: 365, rowsDays: 730 };
const NOTHING = { reports_expired: 0, report_files_deleted: 0, reports_deleted: 0 };

beforeAll(async () => {
  harness = await createReportHarness();
  await seedWarehouses(harness.context.db, ["MAIN"]);
});
afterAll(() => harness.close());

const query = (text: string, ...values: unknown[]) => harness.context.db.query({ text, values });
const expire = (storage: { remove(key: string): Promise<void> } = harness.context.storage) =>
  expireReports({ ...harness.context, storage, ...DAYS }, new AbortController().signal);
const endedDaysAgo = (id: string, days: number) =>
  query(
    "update reports set finished_at = now() - make_interval(days => $2) where id = $1",
    id,
    days,
  );
/** Links that were given out before have died. */
const linksDie = () => query("update reports set expired_at = expired_at - interval '10 minutes'");
const shown = async (id: string) =>
  (await harness.request("GET", `/v1/reports/${id}`, { role: "analyst" })).body;
const body = { report: "movement_history", format: "csv" };

test("the report says expired first, and the file goes once no link leads to it", async () => {
  const report = await harness.run(body);
  const [{ key }] = report.objects;
  expect(report.expired_at).toBeNull();
  await endedDaysAgo(report.id, 364);
  expect(await expire()).toEqual(NOTHING);
  await endedDaysAgo(report.id, 366);
  expect(await expire()).toEqual({ ...NOTHING, reports_expired: 1 });
  expect(await shown(report.id)).toMatchObject({
    status: "completed",
    download_url: null,
    expired_at: expect.any(String),
    rows: report.rows,
  });
  expect((await harness.readText(key)).length).toBe(report.bytes - 2); // the mark is one character
  await linksDie();
  expect(await expire()).toEqual({ ...NOTHING, report_files_deleted: 1 });
  for (const gone of [key, report.manifest_key]) {
    await expect(harness.readText(gone)).rejects.toMatchObject({ code: "not_found" });
  }
  expect(await expire()).toEqual(NOTHING);
  await endedDaysAgo(report.id, 731);
  expect(await expire()).toEqual({ ...NOTHING, reports_deleted: 1 });
  const answer = await harness.request("GET", `/v1/reports/${report.id}`, { role: "analyst" });
  expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
});

test("a storage that is away leaves the files for the next run, and so does a run that is cut off", async () => {
  const report = await harness.run(body);
  await endedDaysAgo(report.id, 366);
  await expire();
  await linksDie();
  const away = async () => {
    throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  };
  expect(await expire({ remove: away })).toEqual(NOTHING);
  const cut = async (key: string) => {
    await harness.context.storage.remove(key);
    throw new Error("killed after the first of two");
  };
  await expect(expire({ remove: cut })).rejects.toThrow("killed");
  expect((await shown(report.id)).download_url).toBeNull();
  expect(await expire()).toEqual({ ...NOTHING, report_files_deleted: 1 });
});

test("a report that shows the file of another expires with it", async () => {
  const first = await harness.run(body, { headers: {} });
  const again = await harness.run(body, { headers: {} });
  expect(again.reused).toBe(true);
  await endedDaysAgo(again.id, 366); // alone it takes nothing away
  expect(await expire()).toEqual(NOTHING);
  await endedDaysAgo(first.id, 366);
  expect(await expire()).toEqual({ ...NOTHING, reports_expired: 2 });
  expect(await shown(again.id)).toMatchObject({ download_url: null });
  await linksDie();
  expect(await expire()).toEqual({ ...NOTHING, report_files_deleted: 2 });
  expect((await harness.run(body, { headers: {} })).reused).toBe(false);
});

test("a schedule's data set, a report that is to be told of, and an open one stay", async () => {
  const reports = [await harness.run(body), await harness.run(body), await harness.run(body)];
  const [partition, elsewhere, untold] = reports.map(({ id }) => id);
  await query("update reports set partition_day = '2020-01-01' where id = $1", partition);
  await query("update reports set prefix = 'exports/mine/' where id = $1", elsewhere);
  await query(
    "update reports set delivery_status = 'pending', delivery_due = now() + interval '1 day' where id = $1",
    untold,
  );
  for (const { id } of reports) await endedDaysAgo(id, 1_000);
  expect(await expire()).toEqual(NOTHING);
  for (const { id } of reports) {
    await expect(query("delete from reports where id = $1", id)).rejects.toThrow("has its file");
  }
});
