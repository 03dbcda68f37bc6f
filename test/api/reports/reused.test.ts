/** Reports that are asked for again: answered from a finished one exactly where writing them anew would tell the same rows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportReport } from "../../../pipelines/export/index.ts";
import { newId } from "../../../platform/clock.ts";
import type { HarnessRequest } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createReportHarness, type ReportHarness } from "../../support/reportHarness.ts";

let harness: ReportHarness;
const AGAIN = { headers: {} } as const;

beforeAll(async () => {
  harness = await createReportHarness();
  await seedItems(harness.context.db, ["TEA"]);
  await seedWarehouses(harness.context.db, ["MAIN", "NORTH"]);
  await refresh();
});
afterAll(() => harness.close());

async function refresh(): Promise<void> {
  await harness.context.db.query({
    text: "select refresh_view($1)",
    values: ["v_current_inventory"],
  });
}

const run = (body: object, request: HarnessRequest = AGAIN) => harness.run(body, request);

/** What every commit of stock leaves behind: the item's lane goes on. */
async function commitSomething(lane = 3): Promise<void> {
  await harness.context.db.query({
    text: "update lanes set next_position = next_position + 1 where id = $1",
    values: [lane],
  });
}

async function lookups(): Promise<Record<string, number>> {
  const { values } = await harness.context.metrics.cacheLookups.get();
  const ours = values.filter(({ labels }) => labels.cache === "reports");
  return Object.fromEntries(ours.map(({ labels, value }) => [String(labels.result), value]));
}

test("a report of the ledger answers again until something is committed", async () => {
  const body = { report: "movement_history", format: "csv" };
  const first = await run(body);
  expect(first).toMatchObject({ status: "completed", reused: false });
  const again = await run(body);
  const { as_of, rows, bytes, objects, manifest_key } = first;
  expect(again).toMatchObject({ reused: true, as_of, rows, bytes, objects, manifest_key });
  expect(again.id).not.toBe(first.id);
  expect(await harness.download(again)).toEqual(await harness.download(first));
  await commitSomething();
  const anew = await run(body);
  expect(anew).toMatchObject({ status: "completed", reused: false });
  expect(anew.objects[0].key).not.toBe(first.objects[0].key);
  expect(await lookups()).toMatchObject({ hit: 1, miss: 2 });
  const { rows: told } = await harness.context.db.query({
    text: "select type from events where partition_key = $1",
    values: [again.id],
  });
  expect(told).toEqual([{ type: "stockline.report.completed" }]);
});

test("a report of a view answers again until the view is refreshed, whatever is committed", async () => {
  const body = { report: "current_inventory", format: "jsonl" };
  const first = await run(body);
  await commitSomething();
  expect(await run(body)).toMatchObject({ reused: true, as_of: first.as_of });
  await refresh();
  expect(await run(body)).toMatchObject({ reused: false });
});

test("what is told of an entity counts, what is told of reports and imports does not", async () => {
  const body = { report: "supplier_performance", format: "csv" };
  await run(body);
  const { db } = harness.context;
  const tell = async (type: string) => {
    await db.query({
      text: `with moved as (update lanes set next_position = next_position + 1 where id = 260 returning next_position - 1 as position)
        insert into events (lane, position, id, type, subject, partition_key, data, recorded_at)
        select 260, position, $1, $2, 's', 'p', '{}', now() from moved`,
      values: [newId(), type],
    });
  };
  await tell("stockline.import.completed");
  expect(await run(body)).toMatchObject({ reused: true });
  await tell("stockline.purchase_order.sent");
  expect(await run(body)).toMatchObject({ reused: false });
});

test("nothing is shared between parameters, formats or warehouses that a caller is limited to", async () => {
  const body = { report: "movement_history", format: "csv", parameters: { sku_prefix: "T" } };
  const limited = (...warehouses: string[]) => ({ ...AGAIN, warehouses }) as const;
  const all = await run(body);
  for (const other of [
    await run({ ...body, format: "jsonl" }),
    await run({ ...body, parameters: {} }),
    await run({ ...body, parameters: { sku_prefix: "T", warehouse: "MAIN" } }),
    await run(body, limited("MAIN")),
    await run(body, limited("MAIN", "NORTH")),
  ]) {
    expect(other.reused).toBe(false);
    expect(other.objects[0].key).not.toBe(all.objects[0].key);
  }
  const same = await run(body, limited("NORTH", "MAIN"));
  expect(same).toMatchObject({ reused: true, warehouses: ["NORTH", "MAIN"] });
  expect(await run(body, { ...AGAIN, role: "admin" })).toMatchObject({ reused: true });
});

test("no-cache has it written anew, and reports of valuations always are", async () => {
  const body = { report: "movement_history", format: "xlsx" };
  await run(body);
  expect(await run(body, { headers: { "cache-control": "no-cache" } })).toMatchObject({
    reused: false,
  });
  for (const report of ["stock_valuation", "stock_ageing", "inventory_turnover", "abc_analysis"]) {
    await run({ report, format: "csv" });
    expect(await run({ report, format: "csv" })).toMatchObject({ reused: false });
  }
});

test("of many that ask at once one is written", async () => {
  await commitSomething();
  await harness.stopWorker();
  const body = { report: "movement_history", format: "parquet" };
  const asked = await Promise.all(Array.from({ length: 8 }, () => harness.ask(body, AGAIN)));
  const worker = () => ({
    ...harness.context,
    owner: newId(),
    stopping: new AbortController().signal,
  });
  for (let open = true; open; ) {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => exportReport(worker(), null)));
    open = outcomes.some((outcome) => outcome !== "none");
  }
  harness.startWorker();
  const { rows } = await harness.context.db.query<{ reused: boolean; files: number }>({
    text: `select reused_id is not null as reused, count(distinct objects)::int as files, count(*)::int as reports
      from reports where id = any($1) and status = 'completed' group by 1 order by 1`,
    values: [asked.map(({ body: { id } }) => id)],
  });
  expect(rows).toEqual([
    { reused: false, files: 1, reports: 1 },
    { reused: true, files: 1, reports: 7 },
  ]);
});
