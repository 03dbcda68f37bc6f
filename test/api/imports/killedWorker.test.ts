/** A real workers process is killed in the middle of an import; another one takes over and ends it with every row once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool, type DbPool } from "../../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { endLease } from "../../support/faultedImport.ts";
import { formOf } from "../../support/importHarness.ts";
import { type Instance, type RunningProcess, startInstance } from "../../support/instance.ts";
import { waitFor } from "../../support/waitFor.ts";

const ROWS = 20_000;
const TAKE_OVER_MS = 80_000;

let instance: Instance;
let db: DbPool;
let successor: RunningProcess | undefined;

beforeAll(async () => {
  instance = await startInstance({ processes: ["api", "workers"] });
  const url = instance.database.writerUrl;
  db = createPool({ url, applicationName: "test", max: 2, role: "stockline_writer" });
  await seedItems(
    db,
    Array.from({ length: 50 }, (_, nth) => `K-${nth}`),
  );
  await seedWarehouses(db, ["MAIN"]);
});
afterAll(async () => {
  await db.end();
  await instance.stop();
});

test("an import outlives its killed worker", { timeout: TAKE_OVER_MS + 20_000 }, async () => {
  const lines = Array.from({ length: ROWS }, (_, nth) => `receipt,K-${nth % 50},MAIN,1`);
  const content = `type,sku,warehouse,quantity\n${lines.join("\n")}\n`;
  const response = await fetch(`${instance.url}/v1/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${await instance.token("operator")}` },
    body: formOf({ kind: "movements", content }),
  });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  const read = async () => (await instance.call("GET", `/v1/imports/${id}`)).body;
  await waitFor("the import to be under way", async () => (await read()).rows_read > 0);
  await instance.processes.workers?.kill();
  const atKill = await read();
  expect(["reading", "checking", "applying"]).toContain(atKill.status);
  successor = await instance.start("workers");
  const done = await waitFor(
    "the end of the import",
    async () => {
      const body = await read();
      return body.finished_at === null ? undefined : body;
    },
    { timeoutMs: TAKE_OVER_MS },
  );
  expect(done).toMatchObject({ status: "completed", rows_total: ROWS, rows_applied: ROWS });
  const { rows } = await db.query<{ on_hand: string; entries: number }>(
    "select sum(on_hand)::text as on_hand, sum(version)::int as entries from stock_levels",
  );
  expect(rows).toEqual([{ on_hand: `${ROWS}.0000`, entries: ROWS }]);
});

test("an import that kills every worker ends as failed, and the next import runs", {
  timeout: TAKE_OVER_MS + 20_000,
}, async () => {
  await successor?.kill();
  const send = async (content: string): Promise<string> => {
    const response = await fetch(`${instance.url}/v1/imports`, {
      method: "POST",
      headers: { authorization: `Bearer ${await instance.token("operator")}` },
      body: formOf({ kind: "movements", content }),
    });
    return ((await response.json()) as { id: string }).id;
  };
  const head = "type,sku,warehouse,quantity\n";
  const id = await send(`${head}receipt,K-1,MAIN,7\n`);
  for (let lost = 0; lost < 3; lost += 1) {
    await endLease(db, id);
    const dying = { STOCKLINE_FAIL_POINTS: "import.before_commit=kill@1" };
    await (await instance.start("workers", dying)).exited;
  }
  await endLease(db, id);
  const next = await send(`${head}receipt,K-2,MAIN,7\n`);
  await instance.start("workers", { IMPORT_WORKERS_LOST_MAX: "3" });
  const read = async (of: string) => (await instance.call("GET", `/v1/imports/${of}`)).body;
  const over = (of: string) =>
    waitFor(`the end of ${of}`, async () => {
      const body = await read(of);
      return body.finished_at === null ? undefined : body;
    });
  expect(await over(id)).toMatchObject({
    status: "failed",
    rows_applied: 0,
    error: { code: "workers_lost", detail: expect.stringContaining("3 workers in a row died") },
  });
  expect(await over(next)).toMatchObject({ status: "completed", rows_applied: 1 });
});
