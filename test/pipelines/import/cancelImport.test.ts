/** A cancel at any moment: between any two steps, again and again, of every way of applying; the books balance each time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImportKind } from "../../../domain/importWords.ts";
import {
  cancelImport,
  claimImports,
  type ImportDeps,
  importRead,
  runImport,
} from "../../../pipelines/import/index.ts";
import { createWakeUps, type WakeUps } from "../../../platform/queues.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { acceptFile, importDepsOf } from "../../support/importRuns.ts";
import { waitFor } from "../../support/waitFor.ts";

let harness: ApiHarness;
let applier: { stop(): Promise<void> };
let lanes: WakeUps;

beforeAll(async () => {
  harness = await createApiHarness({ env: { LOG_LEVEL: "silent" } }); // failures are what it is about
  const { db, config, log, storage } = harness.context;
  await storage.ensureBucket();
  const redis = { redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, log };
  lanes = createWakeUps({ name: "apply", ...redis });
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

const depsOf = (afterStep: (step: string) => void): ImportDeps =>
  importDepsOf(harness.context, {
    wakeLanes: (ids) => void lanes.wake([...ids].map(String)),
    afterStep,
  });
const sent = (kind: ImportKind, mode: "commit" | "dry_run", content: string): Promise<string> =>
  acceptFile(harness.context, { kind, mode, content });

/** Runs the import, one worker after the other, until it is over; `afterStep` may throw to end a worker. */
async function runToEnd(id: string, afterStep: (step: string) => void) {
  const { db } = harness.context;
  let workers = 0;
  return waitFor("the end of the import", async () => {
    workers += 1;
    const owner = `worker-${workers}`;
    await db.query("update imports set lease_until = now() - interval '1 second' where id = $1", [
      id,
    ]);
    await claimImports(db, { owner, limit: 10, lossesMax: 10 });
    await runImport(depsOf(afterStep), { id, owner, signal: new AbortController().signal });
    const row = await importRead(db, { id });
    return row?.finished_at === null ? undefined : row;
  });
}

/** Names of the steps that an import of this kind takes. */
async function stepsOf(kind: ImportKind, mode: "commit" | "dry_run", content: string) {
  const steps = new Set<string>();
  await runToEnd(await sent(kind, mode, content), (step) => steps.add(step));
  steps.delete("finished");
  steps.delete("decided");
  return [...steps, ...(mode === "commit" ? ["decided"] : [])];
}

const FILES = {
  movements: `type,sku,warehouse,quantity\n${Array.from({ length: 6_000 }, (_, nth) =>
    nth % 100 === 99 ? "receipt,NOPE,MAIN,1" : `receipt,R-${nth % 20},MAIN,1`,
  ).join("\n")}\n`,
  items: `sku,name\n${Array.from({ length: 6_000 }, (_, nth) =>
    nth % 100 === 99 ? ",nameless" : `C-${nth},Item ${nth}`,
  ).join("\n")}\n`,
};

describe.each([
  ["movements", "commit"],
  ["items", "commit"],
  ["movements", "dry_run"],
  ["items", "dry_run"],
] as const)("a cancel of an import of %s (%s)", (kind, mode) => {
  test("after any step, asked for twice, ends it with balanced books", {
    timeout: 120_000,
  }, async () => {
    const content = FILES[kind];
    const steps = await stepsOf(kind, mode, content);
    expect(steps.length).toBeGreaterThan(3);
    for (const step of steps) {
      const id = await sent(kind, mode, content);
      let asked: Promise<unknown> | undefined;
      const cancelTwice = async () => {
        await cancelImport(harness.context.db, id);
        await cancelImport(harness.context.db, id).catch((thrown: unknown) => {
          expect(thrown).toMatchObject({ code: "import_over" });
        });
      };
      const row = await runToEnd(id, (done) => {
        if (done !== step || asked !== undefined) return;
        asked = cancelTwice();
        throw new Error(`the worker ends after ${step}, so that the cancel is there first`);
      });
      await asked;
      expect(row.status, step).toBe("cancelled");
      const { rows_total: total, rows_applied: applied, rows_rejected, rows_skipped } = row;
      expect(applied + rows_rejected + rows_skipped, step).toBe(total);
      await expect(cancelImport(harness.context.db, id)).rejects.toMatchObject({
        code: "import_over",
      });
      if (mode === "dry_run") expect(applied).toBe(0);
    }
  });
});

test("a cancel waits for a long step that holds the import, and is heard after it", async () => {
  const { db } = harness.context;
  const id = await sent("items", "commit", "sku,name\nLONG-1,a\n");
  const holder = await db.connect();
  try {
    await holder.query("begin");
    await holder.query("select from imports where id = $1 for update", [id]);
    const cancelled = cancelImport(db, id);
    await waitFor("the cancel to wait for longer than other statements may", async () => {
      const { rows } = await db.query<{ waits: boolean }>(
        `select now() - query_start > interval '2.5 seconds' as waits from pg_stat_activity
         where wait_event_type = 'Lock' and query like '%from imports%for no key update%'`,
      );
      return rows[0]?.waits === true;
    });
    await holder.query("commit");
    expect(await cancelled).toMatchObject({ status: "cancelled" });
  } finally {
    holder.release();
  }
});
