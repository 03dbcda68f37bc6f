/** Reordering on the command line against a whole running product: low stock, and replays of demand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Instance, startInstance } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";
import { runLine } from "./cliFixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "stockline-cli-"));
let instance: Instance;
let env: Record<string, string>;

beforeAll(async () => {
  instance = await startInstance();
  env = { STOCKLINE_URL: instance.url, STOCKLINE_TOKEN: await instance.token("admin") };
  await importText("warehouses", "code,name\nMAIN,Main\n");
  await importText("suppliers", "code,name\nACME,Acme\n");
  await importText("items", "sku,name\nTEA-1,Tea\nLOW-1,Low\nLOW-2,Low too\n");
  await importText("supplier_items", "supplier,sku,unit_cost,currency\nACME,TEA-1,2.5,EUR\n");
  const policies = ["TEA-1", "LOW-1", "LOW-2"].map((sku) => `${sku},MAIN,min_max,5,20\n`);
  await importText("reorder_policies", `sku,warehouse,method,min,max\n${policies.join("")}`);
}, 120_000);

afterAll(async () => {
  await instance.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runLine(args, env);

async function importText(kind: string, text: string) {
  const file = join(folder, `${kind}.csv`);
  writeFileSync(file, text);
  return run("import", file, "--kind", kind);
}

test("low stock is told by the workers in the transaction of its movement, and the sweep finds nothing more", async () => {
  const rows = ["type,sku,warehouse,quantity", "receipt,LOW-1,MAIN,9", "issue,LOW-1,MAIN,4"];
  const moved = await importText("movements", `${rows.join("\n")}\n`);
  expect(moved.out).toContain("2 applied");
  const pool = new pg.Pool({ connectionString: instance.env["DATABASE_URL"], max: 1 });
  try {
    const { rows: edges } = await pool.query(
      `select e.type, e.xmin = m.xmin as together
       from events e
       join stock_movements m on m.movement_id = (e.data ->> 'movement_id')::uuid
       join inventory_items i on i.id = m.item_id
       where i.sku = 'LOW-1' and e.type like 'stockline.stock.%'
       order by e.position`,
    );
    expect(edges.at(-1)).toEqual({ type: "stockline.stock.low", together: true });
    expect(edges.every(({ together }) => together === true)).toBe(true);
    // the policies' own positions are noted, and looked at by the workers each second
    await waitFor("the noted positions to be looked at", async () => {
      const { rowCount } = await pool.query("select from low_stock_checks limit 1");
      return rowCount === 0;
    });
    const before = await lowPairs(pool);
    const sweep = z.object({ outcome: z.object({ low: z.number(), recovered: z.number() }) });
    const found = await run("jobs", "run", "detect-low-stock", "--wait", "--json");
    expect(sweep.parse(JSON.parse(found.out)).outcome).toEqual({ low: 0, recovered: 0 });
    expect(await lowPairs(pool)).toEqual(before);
    expect(before).toContain("LOW-1");
  } finally {
    await pool.end();
  }
});

/** Items that are told as low. */
async function lowPairs(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ sku: string }>(
    "select i.sku from low_stock_alerts a join inventory_items i on i.id = a.item_id order by i.sku",
  );
  return rows.map(({ sku }) => sku);
}

test("simulate replays a demand file under policies, tells what came of each, and writes the days", async () => {
  const demand = join(folder, "demand.csv");
  const days = join(folder, "days.csv");
  const lines = Array.from({ length: 8 }, (_, at) => `2026-03-0${at + 1},5`);
  writeFileSync(demand, `day,quantity\n${lines.join("\n")}\n`);
  const found = await run(
    ...["simulate", "TEA-1", "MAIN", "--policy", "stored", "--policy", "min_max:min=0,max=10"],
    ...["--demand", demand, "--warm-up-days", "0", "--lead-time-days", "2"],
    ...["--days-file", days],
  );
  expect(found).toMatchObject({ status: 0, err: "" });
  const [head, , ...policies] = found.out.trimEnd().split("\n");
  expect(head).toBe(
    "TEA-1 at MAIN, 2026-03-01 to 2026-03-08: demand 40, ACME, 2 days, unit cost 2.5 EUR",
  );
  // by hand: 6.875 pieces of 2.50 kept for 8 days at 20 % a year, 25 an order, half of the cost of each of 10 pieces not served
  expect(policies.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["min_max", "5", "8", "100.00 %", "0", "6.875", "2", "0.0753", "50", "0", "50.0753"],
    ["min_max", "0", "8", "75.00 %", "2", "1.875", "3", "0.0205", "75", "12.5", "87.5205"],
  ]);
  const figures = [
    ...["5,5,0,0,15", "5,5,0,0,10", "5,5,0,15,5", "5,5,0,0,0"],
    ...["5,5,15,0,10", "5,5,0,15,5", "5,5,0,0,0", "5,5,15,0,10"],
    ...["5,5,0,0,5", "5,5,0,10,0", "5,0,0,0,0", "5,5,10,0,5"],
    ...["5,5,0,10,0", "5,0,0,0,0", "5,5,10,0,5", "5,5,0,10,0"],
  ];
  const replayed = figures.map((line, at) => `min_max,2026-03-0${(at % 8) + 1},${line}`);
  expect(readFileSync(days, "utf8")).toBe(
    `policy,day,demand,served,received,ordered,closing\n${replayed.join("\n")}\n`,
  );
});

test("simulate says what it can't read", async () => {
  const file = join(folder, "bad.csv");
  writeFileSync(file, "day,quantity\n2026-03-01,five\n");
  const bad = await run("simulate", "TEA-1", "MAIN", "--demand", file);
  expect(bad.status).toBe(2);
  expect(bad.err).toContain(
    'line 2 is "2026-03-01,five"; expected a day and a quantity, such as 2026-03-01,12',
  );
  const policy = await run("simulate", "TEA-1", "MAIN", "--policy", "min_max:min");
  expect(policy).toMatchObject({ status: 2, out: "" });
  expect(policy.err).toContain('"min" is no member of a policy; expected name=value');
  const unknown = await run("simulate", "NO-1", "MAIN");
  expect(unknown.status).not.toBe(0);
  expect(unknown.err).toContain("NO-1");
});
