/** Imports that are interrupted: whatever dies between or inside two steps, the next worker ends with the same rows and stock. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cancelImport,
  claimImports,
  type ImportDeps,
  importFaultsList,
  importRead,
  runImport,
} from "../../../pipelines/import/index.ts";
import { createPool, type DbPool } from "../../../platform/postgres.ts";
import { createWakeUps, type WakeUps } from "../../../platform/queues.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { acceptFile, importDepsOf } from "../../support/importRuns.ts";
import { waitFor } from "../../support/waitFor.ts";

/** Three chunks of staging, and three of feeding. */
const ROWS = 11_000;

let harness: ApiHarness;
let applier: { stop(): Promise<void> };
let lanes: WakeUps;

beforeAll(async () => {
  harness = await createApiHarness({ env: { LOG_LEVEL: "silent" } }); // failures are what it is about
  const { db, config, log, storage } = harness.context;
  await storage.ensureBucket();
  lanes = createWakeUps({
    name: "apply",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
  });
  applier = startApplyWorker(harness.context);
  await seedItems(
    db,
    Array.from({ length: 20 }, (_, nth) => `R-${nth}`),
  );
  await seedWarehouses(db, ["MAIN"]);
});
afterAll(async () => {
  await applier.stop();
  await lanes.close();
  await harness.close();
});

const depsOf = (more: Partial<ImportDeps> = {}): ImportDeps =>
  importDepsOf(harness.context, {
    wakeLanes: (ids) => void lanes.wake([...ids].map(String)),
    ...more,
  });
const sent = (kind: "items" | "movements", content: string): Promise<string> =>
  acceptFile(harness.context, { kind, content });

/** Every row a receipt of 1; every hundredth names nothing that exists. */
function movements(): string {
  const lines = Array.from({ length: ROWS }, (_, nth) =>
    nth % 100 === 99 ? "receipt,NOPE,MAIN,1" : `receipt,R-${nth % 20},MAIN,1`,
  );
  return `type,sku,warehouse,quantity\n${lines.join("\n")}\n`;
}

async function onHand(): Promise<number> {
  const { rows } = await harness.context.db.query<{ total: string }>(
    "select coalesce(sum(on_hand), 0) as total from stock_levels",
  );
  return Number(rows[0]?.total);
}

/** Lets whoever holds the import be dead for long enough. */
async function expireLease(id: string): Promise<void> {
  await harness.context.db.query(
    "update imports set lease_until = now() - interval '1 second' where id = $1",
    [id],
  );
}

/** Claims the import and runs it until it ends or dies; answers its row. */
async function runOnce(id: string, deps: ImportDeps, owner: string) {
  await expireLease(id);
  await claimImports(deps.db, { owner, limit: 10, lossesMax: 10 });
  await runImport(deps, { id, owner, signal: new AbortController().signal });
  const row = await importRead(harness.context.db, { id });
  if (row === undefined) throw new Error("the import is gone");
  return row;
}

const OVER = ["completed", "completed_with_errors", "failed", "cancelled"];

describe("a movement file", () => {
  const wanted = {
    status: "completed_with_errors",
    rows_total: ROWS,
    rows_applied: (ROWS / 100) * 99,
    rows_rejected: ROWS / 100,
    rows_skipped: 0,
  };

  test("whose worker dies after every single step is applied once", {
    timeout: 120_000,
  }, async () => {
    const before = await onHand();
    const id = await sent("movements", movements());
    const steps: string[] = [];
    const deps = depsOf({
      afterStep: (step) => {
        steps.push(step);
        if (step !== "finished") throw new Error(`killed after ${step}`);
      },
    });
    const done = await waitFor(
      "the end of the import",
      async () => {
        const row = await runOnce(id, deps, `worker-${steps.length}`);
        return OVER.includes(row.status) ? row : undefined;
      },
      { timeoutMs: 110_000 },
    );
    expect(done).toMatchObject(wanted);
    expect(new Set(steps)).toEqual(
      new Set([
        "staged",
        "read",
        "checked",
        "checked whole",
        "decided",
        "applied movements",
        "noted",
        "finished",
      ]),
    );
    expect((await onHand()) - before).toBe(wanted.rows_applied);
  });

  test("is applied once when commits are lost before and after they took place", {
    timeout: 120_000,
  }, async () => {
    const before = await onHand();
    const id = await sent("movements", movements());
    const { db, lost } = losingPool(harness.context.config.DATABASE_URL);
    try {
      const done = await waitFor(
        "the end of the import",
        async () => {
          const row = await runOnce(id, depsOf({ db }), `worker-${lost()}`);
          return OVER.includes(row.status) ? row : undefined;
        },
        { timeoutMs: 110_000 },
      );
      expect(done).toMatchObject(wanted);
      expect(lost()).toBeGreaterThan(5);
      expect((await onHand()) - before).toBe(wanted.rows_applied);
    } finally {
      await db.end();
    }
  });

  test("is run by one worker at a time, and a worker that lost its lease changes nothing", async () => {
    const before = await onHand();
    const id = await sent("movements", movements());
    const owners = await Promise.all(
      ["a", "b", "c"].map(async (owner) => ({
        owner,
        taken: await claimImports(harness.context.db, { owner, limit: 5, lossesMax: 10 }),
      })),
    );
    const winners = owners.filter(({ taken }) => taken.some((claimed) => claimed.id === id));
    expect(winners).toHaveLength(1);
    const { signal } = new AbortController();
    await Promise.all(owners.map(({ owner }) => runImport(depsOf(), { id, owner, signal })));
    expect(await importRead(harness.context.db, { id })).toMatchObject(wanted);
    expect((await onHand()) - before).toBe(wanted.rows_applied);
  });

  test("that is cancelled while it is applied keeps what is in, skips the rest, and balances", async () => {
    const before = await onHand();
    const id = await sent("movements", movements());
    const { db } = harness.context;
    let cancelled: Promise<unknown> | undefined;
    const deps = depsOf({
      afterStep: (step) => {
        if (step !== "applied movements") return;
        cancelled ??= cancelImport(db, id);
        if (cancelled !== undefined) throw new Error("killed so that the cancel is there first");
      },
    });
    await runOnce(id, deps, "one");
    await cancelled;
    const done = await runOnce(id, depsOf(), "two");
    expect(done.status).toBe("cancelled");
    expect(done.rows_applied).toBeGreaterThan(0);
    expect(done.rows_skipped).toBeGreaterThan(0);
    expect(done.rows_applied + done.rows_rejected + done.rows_skipped).toBe(ROWS);
    expect((await onHand()) - before).toBe(done.rows_applied);
  });

  test("that is cancelled before anything is applied ends at once", async () => {
    const id = await sent("movements", movements());
    expect(await cancelImport(harness.context.db, id)).toMatchObject({ status: "cancelled" });
    await expect(cancelImport(harness.context.db, id)).rejects.toMatchObject({
      code: "import_over",
    });
  });
});

test("an item file whose worker dies after every step makes each item and event once", async () => {
  const lines = Array.from({ length: 4_500 }, (_, nth) => `I-${nth},Item ${nth}`);
  const id = await sent("items", `sku,name\n${lines.join("\n")}\n`);
  let steps = 0;
  const deps = depsOf({
    afterStep: (step) => {
      steps += 1;
      if (step !== "finished") throw new Error(`killed after ${step}`);
    },
  });
  const done = await waitFor("the end of the import", async () => {
    const row = await runOnce(id, deps, `worker-${steps}`);
    return OVER.includes(row.status) ? row : undefined;
  });
  expect(done).toMatchObject({ status: "completed", rows_applied: 4_500 });
  const { rows } = await harness.context.db.query(
    "select count(*)::int as events, count(distinct partition_key)::int as items from events where subject like 'items/I-%'",
  );
  expect(rows).toEqual([{ events: 4_500, items: 4_500 }]);
});

test("an item that gets stock and a cost between check and apply keeps its unit and its currency", async () => {
  const { db } = harness.context;
  await seedItems(db, ["T-UNIT", "T-COST", "T-FREE"]);
  const rows = "T-UNIT,a,bag,\nT-COST,b,,USD\nT-FREE,c,bag,USD\n";
  const id = await sent("items", `sku,name,unit,currency\n${rows}`);
  const dying = depsOf({
    afterStep: (step) => {
      if (step === "decided") throw new Error("killed so that receipts come in between");
    },
  });
  expect(await runOnce(id, dying, "one")).toMatchObject({ status: "applying", rows_invalid: 0 });
  const receipts = "receipt,T-UNIT,MAIN,1,\nreceipt,T-COST,MAIN,1,2\n";
  const receiving = await sent("movements", `type,sku,warehouse,quantity,unit_cost\n${receipts}`);
  expect(await runOnce(receiving, depsOf(), "other")).toMatchObject({ rows_applied: 2 });
  expect(await runOnce(id, depsOf(), "two")).toMatchObject({
    status: "completed_with_errors",
    rows_applied: 1,
    rows_rejected: 2,
  });
  const { rows: items } = await db.query(
    "select sku, unit, currency from inventory_items where sku like 'T-%' order by sku",
  );
  expect(items).toEqual([
    { sku: "T-COST", unit: "each", currency: "EUR" },
    { sku: "T-FREE", unit: "bag", currency: "USD" },
    { sku: "T-UNIT", unit: "each", currency: "EUR" },
  ]);
  expect(
    (await importFaultsList(db, { importId: id, after: 0, limit: 9 })).map(
      ({ error_code }) => error_code,
    ),
  ).toEqual(["unit_in_use", "currency_in_use"]);
});

test("a storage that is away is tried again, a file that is gone is not", async () => {
  const id = await sent("items", "sku,name\nGONE,a\n");
  const away = () => Promise.reject(new Error("connect ECONNREFUSED"));
  const { storage } = harness.context;
  const failing = depsOf({ storage: { ...storage, get: away, getRange: away } });
  expect(await runOnce(id, failing, "one")).toMatchObject({ status: "uploaded", attempts: 1 });
  const row = await importRead(harness.context.db, { id });
  await harness.context.storage.remove(row?.file_key ?? "");
  expect(await runOnce(id, depsOf(), "two")).toMatchObject({
    status: "failed",
    error_code: "file_missing",
  });
});

/** A pool that loses two commits of five, one before it took place and one after; the rest pass. */
function losingPool(url: string): { db: DbPool; lost: () => number } {
  const db = createPool({ url, applicationName: "losing", max: 4, role: "stockline_writer" });
  let commits = 0;
  let lost = 0;
  const connect = db.connect.bind(db);
  const losing = async (callback?: Parameters<typeof db.connect>[0]) => {
    if (callback !== undefined) return connect(callback); // single queries of the pool itself
    const client = await connect();
    const query = client.query.bind(client);
    const losingQuery = async (...args: Parameters<typeof query>) => {
      if (String(args[0]) !== "commit") return query(...args);
      commits += 1;
      const turn = commits % 9; // more than the commits of one attempt, so that each of them is lost at times
      if (turn !== 1 && turn !== 6) return query(...args);
      lost += 1;
      if (turn === 6) await query("commit");
      throw new Error("Connection terminated unexpectedly");
    };
    const isStream = (args: readonly unknown[]) =>
      typeof args[0] === "object" && args[0] !== null && "submit" in args[0];
    return new Proxy(client, {
      get: (target, name) => {
        if (name === "query") {
          return (...args: Parameters<typeof query>) =>
            isStream(args) ? query(...args) : losingQuery(...args);
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  Object.assign(db, { connect: losing });
  return { db, lost: () => lost };
}
