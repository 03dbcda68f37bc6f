/** What a dry run foresees, that it writes nothing, and what its commit tells where things have changed since. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
  await seedItems(harness.context.db, ["BOLT", "NUT", "WASHER", "SCREW"]);
  await seedWarehouses(harness.context.db, ["MAIN", "NORTH", "OPEN"]);
  await harness.context.db.query("update warehouses set allow_negative = true where code = 'OPEN'");
  await harness.importFile({
    kind: "movements",
    content:
      "type,sku,warehouse,quantity\nreceipt,BOLT,MAIN,10\nreceipt,NUT,MAIN,10\nreceipt,SCREW,MAIN,10\n",
  });
  await harness.importFile({
    kind: "reorder_policies",
    content: "sku,warehouse,method,min,max\nBOLT,MAIN,min_max,5,20\nNUT,NORTH,min_max,3,9\n",
  });
});
afterAll(() => harness.close());

const header = "type,sku,warehouse,quantity,to_warehouse\n";

function dryRun(kind: string, content: string) {
  return harness.importFile({ kind, content, mode: "dry_run" });
}

async function commit(id: string, body?: object) {
  const answer = await harness.request("POST", `/v1/imports/${id}/commit`, body ? { body } : {});
  if (answer.status !== 202) return answer.body;
  return harness.finished(id);
}

/** Every row of every table by where it lies and who wrote it, without what an import tells of itself. */
async function everyRow(): Promise<Record<string, string>> {
  const { db } = harness.context;
  const { rows: tables } = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' order by 1`,
  );
  const own = ["imports", "import_rows", "job_runs"];
  const found: Record<string, string> = {};
  for (const { name } of tables.filter((table) => !own.includes(table.name))) {
    const where = name.startsWith("events") ? "where type not like 'stockline.import.%'" : "";
    const { rows } = await db.query<{ rows: string }>(
      `select coalesce(string_agg(t.ctid || ' ' || t.xmin, ',' order by t.ctid), '') as rows from ${name} t ${where}`,
    );
    found[name] = rows[0]?.rows ?? "";
  }
  return found;
}

describe("a dry run", () => {
  test("of every kind writes nothing but its own rows and its own event", async () => {
    await waitFor("low stock of the seed to be settled", async () => {
      const open = await harness.context.db.query("select from low_stock_checks limit 1");
      return open.rowCount === 0;
    });
    const before = await everyRow();
    const files: Record<string, string> = {
      items: "sku,name\nBOLT,Other\nNEW-1,New\n",
      suppliers: "code,name\nS-NEW,New\n",
      warehouses: "code,name\nMAIN,Other\nW-NEW,New\n",
      reorder_policies: "sku,warehouse,method,min,max\nBOLT,MAIN,min_max,1,2\n",
      movements: `${header}receipt,BOLT,MAIN,1,\nissue,BOLT,MAIN,999,\n`,
      counts: "sku,warehouse,quantity\nBOLT,MAIN,3\n",
    };
    for (const [kind, content] of Object.entries(files)) {
      expect(await dryRun(kind, content)).toMatchObject({ rows_applied: 0, rows_rejected: 0 });
    }
    const after = await everyRow();
    const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
    // the lane in which the import's own event got its place, and what workers move by themselves: their mark, pairs to look at
    const others = ["lanes", "event_lanes", "inbox_horizon", "low_stock_checks"];
    // who started each import, and the keys of personal data, which the first import of suppliers makes
    others.push("audit_log", "audit_chain", "audit_head", "personal_keys");
    expect(changed.filter((table) => !others.includes(table))).toEqual([]);
  });

  test("of movements tells rows that find too little, in the order of the file, and no row after them that finds enough", async () => {
    const rows = [
      "issue,BOLT,MAIN,8,",
      "issue,BOLT,MAIN,5,",
      "issue,BOLT,MAIN,2,",
      "transfer,NUT,MAIN,4,NORTH",
      "issue,NUT,NORTH,4,",
      "issue,WASHER,OPEN,7,",
      "hold,SCREW,MAIN,10,",
      "issue,SCREW,MAIN,1,",
    ];
    const { preview } = await dryRun("movements", `${header}${rows.join("\n")}\n`);
    expect(preview).toEqual({
      rows_by_type: { issue: 6, transfer: 1, hold: 1 },
      rows_short: 2,
      negative_levels: [
        { sku: "BOLT", warehouse: "MAIN", on_hand: "10", lowest: "-5", row: 3 },
        { sku: "SCREW", warehouse: "MAIN", on_hand: "10", lowest: "-1", row: 9 },
      ],
      negative_levels_total: 2,
      reorder_crossings: [
        {
          sku: "BOLT",
          warehouse: "MAIN",
          direction: "low",
          position: "10",
          after: "0",
          reorder_at: "5",
        },
      ],
      reorder_crossings_total: 1,
      questions: [],
    });
  });

  test("of movements lists at most 100 levels, and counts all", async () => {
    const skus = Array.from({ length: 120 }, (_, nth) => `MANY-${String(nth).padStart(3, "0")}`);
    await seedItems(harness.context.db, skus);
    const content = `${header}${skus.map((sku) => `issue,${sku},MAIN,1,`).join("\n")}\n`;
    const { preview } = await dryRun("movements", content);
    expect(preview.negative_levels).toHaveLength(100);
    expect(preview).toMatchObject({ negative_levels_total: 120, rows_short: 120 });
    expect(preview.negative_levels[0]).toMatchObject({ sku: "MANY-000", lowest: "-1" });
  });

  test("of counts tells what would change, by how much, and who would cross the reorder point", async () => {
    const content =
      "sku,warehouse,quantity\nBOLT,MAIN,4\nNUT,MAIN,10\nNUT,NORTH,6\nSCREW,MAIN,1\nSCREW,MAIN,12.5\n";
    const { preview } = await dryRun("counts", content);
    expect(preview).toEqual({
      levels_changed: 3,
      levels_unchanged: 1,
      variance_up: "8.5",
      variance_down: "6",
      largest_variances: [
        {
          sku: "BOLT",
          warehouse: "MAIN",
          lot: null,
          on_hand: "10",
          counted: "4",
          difference: "-6",
        },
        { sku: "NUT", warehouse: "NORTH", lot: null, on_hand: "0", counted: "6", difference: "6" },
        {
          sku: "SCREW",
          warehouse: "MAIN",
          lot: null,
          on_hand: "10",
          counted: "12.5",
          difference: "2.5",
        },
      ],
      reorder_crossings: [
        {
          sku: "BOLT",
          warehouse: "MAIN",
          direction: "low",
          position: "10",
          after: "4",
          reorder_at: "5",
        },
        {
          sku: "NUT",
          warehouse: "NORTH",
          direction: "recovered",
          position: "0",
          after: "6",
          reorder_at: "3",
        },
      ],
      reorder_crossings_total: 2,
      questions: [],
    });
  });
});

describe("the commit of a dry run", () => {
  const items = (prefix: string) =>
    `sku,name\n${prefix}-1,One\n${prefix}-2,Two\n${prefix}-3,Three\n${prefix}-4,Four\n${prefix}-5,Five\n`;

  test("that changes nothing since says so, and can't be asked for twice", async () => {
    const dry = await dryRun("items", items("SAME"));
    expect(dry.changed_since_preview).toBeNull();
    const done = await commit(dry.id, { if_changed: "stop" });
    expect(done).toMatchObject({
      status: "completed",
      rows_applied: 5,
      preview: { creates: 5, updates: 0, unchanged: 0 },
      changed_since_preview: { rows: 0, rows_now_rejected: 0, rows_now_accepted: 0, examples: [] },
    });
    expect(await commit(dry.id)).toMatchObject({ code: "not_a_dry_run" });
  });

  test("goes on and tells how rows fare otherwise: made or changed meanwhile, refused, or good again", async () => {
    const { db } = harness.context;
    const dry = await dryRun("items", items("MOVED"));
    await seedItems(db, ["MOVED-1", "MOVED-2"]);
    await db.query("update inventory_items set name = 'Two' where sku = 'MOVED-2'");
    await seedItems(db, ["MOVED-3"]);
    await db.query("update inventory_items set status = 'archived' where sku = 'MOVED-3'");
    const done = await commit(dry.id);
    expect(done).toMatchObject({
      status: "completed_with_errors",
      rows_applied: 4,
      rows_rejected: 1,
    });
    expect(done.changed_since_preview).toEqual({
      rows: 3,
      rows_now_rejected: 1,
      rows_now_accepted: 0,
      creates_now_updates: 1,
      creates_now_unchanged: 1,
      examples: [
        { row: 2, foreseen: "create", now: "update" },
        { row: 3, foreseen: "create", now: "unchanged" },
        { row: 4, foreseen: "create", now: "item_archived" },
      ],
    });
  });

  test("with if_changed stop applies nothing where a row would fare otherwise", async () => {
    const dry = await dryRun("items", items("STOP"));
    await seedItems(harness.context.db, ["STOP-5"]);
    const done = await commit(dry.id, { if_changed: "stop" });
    expect(done).toMatchObject({
      status: "failed",
      error: { code: "preview_outdated" },
      rows_applied: 0,
      rows_skipped: 5,
      changed_since_preview: { rows: 1, creates_now_updates: 1 },
    });
    const again = await harness.importFile({ kind: "items", content: items("STOP") });
    expect(again).toMatchObject({ status: "completed", rows_applied: 5 });
  });

  test("of movements tells which rows were applied or refused against what was foreseen", async () => {
    const { db } = harness.context;
    await seedItems(db, ["FATE-1", "FATE-2", "FATE-3"]);
    const rows = ["issue,FATE-1,MAIN,2,", "receipt,FATE-2,MAIN,1,", "receipt,FATE-4,MAIN,1,"];
    const dry = await dryRun("movements", `${header}${rows.join("\n")}\n`);
    expect(dry).toMatchObject({ rows_rejected: 1, preview: { rows_short: 1 } });
    await harness.importFile({ kind: "movements", content: `${header}receipt,FATE-1,MAIN,5,\n` });
    await db.query("update inventory_items set status = 'archived' where sku = 'FATE-2'");
    await seedItems(db, ["FATE-4"]);
    const done = await commit(dry.id);
    expect(done).toMatchObject({ rows_applied: 2, rows_rejected: 1, rows_total: 3 });
    expect(done.changed_since_preview).toEqual({
      rows: 3,
      rows_now_rejected: 1,
      rows_now_accepted: 2,
      examples: [
        { row: 2, foreseen: "insufficient_stock", now: "apply" },
        { row: 3, foreseen: "apply", now: "item_archived" },
        { row: 4, foreseen: "unknown_sku", now: "apply" },
      ],
    });
  });

  test("of an import that is none, of one that is not over, or with another body, is refused", async () => {
    const done = await harness.importFile({ kind: "items", content: "sku,name\nPLAIN-1,a\n" });
    expect(await commit(done.id)).toMatchObject({ code: "not_a_dry_run" });
    const failed = await dryRun("items", "colour\nred\n");
    expect(await commit(failed.id)).toMatchObject({ code: "dry_run_not_completed" });
    const dry = await dryRun("items", "sku,name\nPLAIN-2,a\n");
    expect(await commit(dry.id, { if_changed: "maybe" })).toMatchObject({ status: 422 });
    expect(await commit(dry.id, { force: true })).toMatchObject({ status: 422 });
    await harness.context.db.query("update imports set rows_deleted_at = now() where id = $1", [
      dry.id,
    ]);
    expect(await commit(dry.id)).toMatchObject({ status: 409, code: "rows_expired" });
  });
});

describe("abort", () => {
  test("lets no movement in when a row would find too little, and names every such row", async () => {
    await seedItems(harness.context.db, ["STRICT"]);
    const rows = ["receipt,STRICT,MAIN,3,", "issue,STRICT,MAIN,2,", "issue,STRICT,MAIN,2,"];
    const done = await harness.importFile({
      kind: "movements",
      content: `${header}${rows.join("\n")}\n`,
      on_error: "abort",
    });
    expect(done).toMatchObject({
      status: "failed",
      error: { code: "rows_refused" },
      rows_applied: 0,
      rows_rejected: 1,
      rows_skipped: 2,
      errors_by_code: [{ code: "insufficient_stock", rows: 1 }],
    });
    expect(done.errors_sample).toEqual([
      {
        row: 4,
        column: "quantity",
        code: "insufficient_stock",
        detail:
          'quantity "2" is not valid; expected at most 1: what STRICT has at MAIN when its row comes',
        value: "2",
      },
    ]);
    expect((await harness.stock())["STRICT/MAIN"]).toBeUndefined();
  });

  test("goes on where each row finds enough by what the rows before it bring", async () => {
    await seedItems(harness.context.db, ["ENOUGH"]);
    const rows = [
      "receipt,ENOUGH,MAIN,3,",
      "transfer,ENOUGH,MAIN,3,NORTH",
      "issue,ENOUGH,NORTH,3,",
    ];
    const done = await harness.importFile({
      kind: "movements",
      content: `${header}${rows.join("\n")}\n`,
      on_error: "abort",
    });
    expect(done).toMatchObject({ status: "completed", rows_applied: 3 });
  });
});

describe("stop_after_errors", () => {
  const bad = Array.from({ length: 30 }, (_, nth) => `,nameless ${nth}`).join("\n");

  async function sendWith(content: string, stopAfterErrors: string) {
    const form = new FormData();
    form.set("kind", "items");
    form.set("stop_after_errors", stopAfterErrors);
    form.set("file", new Blob([content]), "file.csv");
    return harness.request("POST", "/v1/imports", { body: form });
  }

  test("ends the import with nothing applied as soon as so many rows are wrong", async () => {
    const sent = await sendWith(`sku,name\nSTOPPED-1,a\n${bad}\n`, "30");
    const done = await harness.finished(sent.body.id);
    expect(done).toMatchObject({
      status: "failed",
      error: { code: "too_many_errors" },
      stop_after_errors: 30,
      rows_total: 31,
      rows_applied: 0,
      rows_rejected: 30,
      rows_skipped: 1,
    });
  });

  test("counts also what only the catalogue can tell, and lets fewer pass", async () => {
    const rows = Array.from({ length: 5 }, (_, nth) => `receipt,NOBODY-${nth},MAIN,1,`).join("\n");
    const form = new FormData();
    form.set("file", new Blob([`${header}${rows}\nreceipt,BOLT,NORTH,1,\n`]), "file.csv");
    const sent = await harness.request("POST", "/v1/imports?kind=movements&stop_after_errors=5", {
      body: form,
    });
    expect(await harness.finished(sent.body.id)).toMatchObject({
      error: { code: "too_many_errors" },
      rows_rejected: 5,
      rows_skipped: 1,
    });
    const passing = await sendWith(`sku,name\nSTOPPED-2,a\n${bad}\n`, "31");
    expect(await harness.finished(passing.body.id)).toMatchObject({
      status: "completed_with_errors",
      rows_applied: 1,
    });
    expect((await sendWith("sku,name\nA,a\n", "0")).status).toBe(422);
  });
});
