/** A real workers process is killed in the middle of an import; another one takes over and ends it with every row once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool, type DbPool } from "../../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { formOf } from "../../support/importHarness.ts";
import { type Instance, startInstance } from "../../support/instance.ts";
import { waitFor } from "../../support/waitFor.ts";

const ROWS = 20_000;
const TAKE_OVER_MS = 80_000;

let instance: Instance;
let db: DbPool;

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
  await instance.start("workers");
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
