/**
 * The books of imports, as a property: whatever the file, however often its worker dies, whenever it is cancelled, every row has one
 * end, the counts are those of the rows, and levels and entities are what a plain model of the same table comes to.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  cancelImport,
  claimImports,
  commitImport,
  type ImportDeps,
  importRead,
  runImport,
} from "../../../pipelines/import/index.ts";
import { createWakeUps, type WakeUps } from "../../../platform/queues.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import {
  asDialect,
  type Fate,
  type ModelFile,
  type ModelState,
  type ModelWorld,
  randomFile,
} from "../../support/bookModel.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { Random } from "../../support/faultRun.ts";
import { acceptFile, importDepsOf } from "../../support/importRuns.ts";
import { expectSoundLedger } from "../../support/invariants.ts";

const RUNS = 60;
/** More than one chunk of staging; so large a file is tried now and then. */
const ROWS_LARGE = 5_300;
const OVER = ["completed", "completed_with_errors", "failed", "cancelled"];

let harness: ApiHarness;
let applier: { stop(): Promise<void> };
let lanes: WakeUps;
let worlds = 0;

beforeAll(async () => {
  harness = await createApiHarness({ env: { LOG_LEVEL: "silent" } }); // failures are what it is about
  const { config, log, storage, db } = harness.context;
  await storage.ensureBucket();
  const { REDIS_URL: redisUrl, REDIS_PREFIX: prefix } = config;
  lanes = createWakeUps({ name: "apply", redisUrl, prefix, log });
  applier = startApplyWorker(harness.context);
  await seedWarehouses(db, ["MAIN", "EAST"]);
});
afterAll(async () => {
  await applier.stop();
  await lanes.close();
  await harness.close();
});

interface Plan {
  readonly file: ModelFile;
  readonly text: string;
  readonly mode: "commit" | "dry_run";
  readonly onError: "skip" | "abort";
  /** The chance that a worker dies after a step. */
  readonly deaths: number;
  /** The step, counted over all workers, after which the import is cancelled. */
  readonly cancelAt: number | undefined;
  readonly random: Random;
}

test("every row of every file has one end, and the end is what the model says", {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 0x7fffffff }), async (seed) => {
      const random = new Random(`books ${seed}`);
      const world = await makeWorld();
      await checkBooks(world, makePlan(random, world));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  await expectSoundLedger(harness.context.db);
});

/** Names of this run's own, so that runs know nothing of one another. */
async function makeWorld(): Promise<ModelWorld> {
  worlds += 1;
  const tag = `W${worlds}`;
  const skus = Array.from({ length: 5 }, (_, n) => `${tag}-${n}`);
  const suppliers = [`${tag}-SUP-A`, `${tag}-SUP-B`];
  const { db } = harness.context;
  await seedItems(db, skus);
  await db.query({
    text: "insert into suppliers (id, code, name) select make_uuid7(), code, code from unnest($1::text[]) as s (code)",
    values: [suppliers],
  });
  return { tag, skus, suppliers };
}

function makePlan(random: Random, world: ModelWorld): Plan {
  const rows = random.next() < 0.05 ? ROWS_LARGE : random.between(0, 60);
  const file = randomFile(random, world, rows);
  return {
    file,
    text: asDialect(random, file),
    mode: random.pick(["commit", "commit", "dry_run"]),
    onError: random.next() < 0.2 ? "abort" : "skip",
    deaths: random.pick([0, 0.3, 0.6]),
    cancelAt: random.next() < 0.3 ? random.between(1, 8) : undefined,
    random,
  };
}

async function checkBooks(world: ModelWorld, plan: Plan): Promise<void> {
  const before = await stateOf(world, plan.file.kind);
  const id = await accept(plan);
  let row = await runToTheEnd(id, plan);
  await expectBalanced(id);
  if (row.mode === "dry_run") {
    expect(row.rows_applied).toBe(0);
    expect(await stateOf(world, plan.file.kind), "a dry run changes nothing").toEqual(before);
    if (!row.status.startsWith("completed")) return;
    await commitImport(harness.context.db, id);
    row = await runToTheEnd(id, plan);
    await expectBalanced(id);
  }
  const isCancelled = row.status === "cancelled";
  if (plan.onError === "abort" && fatesOf(plan.file, before).some(isRefused)) {
    expect(row).toMatchObject({
      status: expect.stringMatching(/failed|cancelled/),
      rows_applied: 0,
    });
    expect(await stateOf(world, plan.file.kind), "nothing goes in").toEqual(before);
    return;
  }
  await expectModelled(id, { world, file: plan.file, before, isCancelled });
  if (isCancelled) return;
  const isWhole = row.rows_rejected === 0;
  expect(row).toMatchObject({ status: isWhole ? "completed" : "completed_with_errors" });
}

function isRefused(fate: Fate): boolean {
  return fate === "invalid" || fate === "rejected";
}

/** What becomes of each row where all are fed. */
function fatesOf({ rows }: ModelFile, before: ReadonlyMap<string, string>): Fate[] {
  const model: ModelState = new Map(before);
  return rows.map((row) => (row.isInvalid ? "invalid" : row.feed(model)));
}

const accept = ({ file, mode, onError, text }: Plan): Promise<string> =>
  acceptFile(harness.context, {
    kind: file.kind as "movements", // of the kinds that the model makes
    mode,
    onError,
    content: text,
  });

async function runToTheEnd(id: string, plan: Plan) {
  const { db } = harness.context;
  let steps = 0;
  let cancelled: Promise<unknown> | undefined;
  const deps = depsOf(() => {
    steps += 1;
    if (steps === plan.cancelAt) {
      cancelled = cancelImport(db, id).catch(() => undefined); // one that is over stays as it is
      throw new Error("killed while somebody cancels");
    }
    if (plan.random.next() < plan.deaths) throw new Error("killed");
  });
  for (let worker = 0; ; worker += 1) {
    await cancelled;
    await db.query({ text: "update imports set lease_until = null where id = $1", values: [id] });
    await claimImports(db, { owner: `worker-${worker}`, limit: 10, lossesMax: 10 });
    await runImport(deps, { id, owner: `worker-${worker}`, signal: new AbortController().signal });
    const row = await importRead(db, { id });
    if (row !== undefined && OVER.includes(row.status)) return row;
  }
}

const depsOf = (afterStep: () => void): ImportDeps =>
  importDepsOf(harness.context, {
    wakeLanes: (ids) => void lanes.wake([...ids].map(String)),
    afterStep,
  });

async function expectBalanced(id: string): Promise<void> {
  const { rows } = await harness.context.db.query({
    text: `
      select i.rows_total = i.rows_applied + i.rows_rejected + i.rows_skipped as balanced,
        row(i.rows_total, i.rows_applied, i.rows_rejected, i.rows_invalid) = (
          select count(*), count(*) filter (where state = 'applied'),
            count(*) filter (where state in ('invalid', 'rejected')), count(*) filter (where state = 'invalid')
          from import_rows where import_id = i.id) as agrees
      from imports i where i.id = $1::uuid`,
    values: [id],
  });
  expect(rows).toEqual([{ balanced: true, agrees: true }]);
}

interface Modelled {
  readonly world: ModelWorld;
  readonly file: ModelFile;
  readonly before: ReadonlyMap<string, string>;
  readonly isCancelled: boolean;
}

/**
 * Rows come to the ends of the model, in their order; a cancelled import stops at one of them, and nothing after it went in. Movements
 * keep their order item by item, so it may stop earlier for one item than for another.
 */
async function expectModelled(
  id: string,
  { world, file, before, isCancelled }: Modelled,
): Promise<void> {
  const { rows: found } = await harness.context.db.query<{
    state: string;
    error_code: string | null;
  }>({
    text: "select state, error_code from import_rows where import_id = $1::uuid order by row_number",
    values: [id],
  });
  const states = found.map(({ state }) => state);
  const queueOf = (at: number): string =>
    ["movements", "counts"].includes(file.kind)
      ? (file.rows[at]?.cells[file.header.indexOf("sku")] ?? "")
      : "all";
  const lastFed = new Map<string, number>();
  for (const [at, state] of states.entries()) {
    if (["applied", "rejected"].includes(state)) lastFed.set(queueOf(at), at);
  }
  const isFed = (at: number): boolean => at <= (lastFed.get(queueOf(at)) ?? -1);
  const model: ModelState = new Map(before);
  const wanted = states.map((_, at) => {
    const row = file.rows[at];
    if (row === undefined) return "no such row";
    if (row.isInvalid) return "invalid";
    return isFed(at) ? row.feed(model) : "skipped";
  });
  const ended = states.map((state) =>
    state === "staged" || state === "unread" ? "skipped" : state,
  );
  const differing = wanted.flatMap((fate: Fate | "no such row", at) =>
    // Of one that is cancelled early nobody has found out yet what is wrong with it.
    fate === ended[at] || (!isFed(at) && ended[at] === "skipped" && isCancelled)
      ? []
      : [{ fate, found: ended[at], code: found[at]?.error_code, cells: file.rows[at]?.cells }],
  );
  expect(differing, "rows that end otherwise").toEqual([]);
  for (const key of model.keys()) if (key.startsWith("id ")) model.delete(key);
  expect(await stateOf(world, file.kind)).toEqual(model);
}

const STATES: Readonly<Record<string, string>> = {
  items:
    "select sku as name, name as n, category, trim_scale(cost)::text as cost from inventory_items where sku like $1",
  suppliers:
    "select code as name, name as n, city, lead_time_days::text from suppliers where code like $1",
  supplier_items: `select s.code || '/' || i.sku as name, t.supplier_sku, trim_scale(t.moq)::text as moq
    from supplier_items t join suppliers s on s.id = t.supplier_id join inventory_items i on i.id = t.item_id where i.sku like $1`,
  reorder_policies: `select i.sku || '/' || w.code as name, method, trim_scale(min_quantity)::text as min, trim_scale(max_quantity)::text as max
    from reorder_policies t join inventory_items i on i.id = t.item_id join warehouses w on w.id = t.warehouse_id where i.sku like $1`,
  purchase_orders: `select o.number as name, string_agg(i.sku || ' ' || trim_scale(l.quantity), ', ' order by i.sku collate "C") as lines
    from purchase_orders o join purchase_order_lines l on l.purchase_order_id = o.id join inventory_items i on i.id = l.item_id
    where o.number like $1 group by o.number`,
};
const LEVELS = `select i.sku || '/' || w.code as name, trim_scale(s.on_hand)::text as on_hand
  from stock_levels s join inventory_items i on i.id = s.item_id join warehouses w on w.id = s.warehouse_id where i.sku like $1`;

/** What the world has of the kind: levels as a figure, entities as their fields. */
async function stateOf(world: ModelWorld, kind: string): Promise<Map<string, string>> {
  const { rows } = await harness.context.db.query<Record<string, string | null>>({
    text: STATES[kind] ?? LEVELS,
    values: [`${world.tag}-%`],
  });
  return new Map(
    rows.map(({ name, ...fields }): [string, string] => [
      name ?? "",
      STATES[kind] === undefined
        ? (fields["on_hand"] ?? "")
        : JSON.stringify(Object.values(fields).map((field) => field ?? "")),
    ]),
  );
}
