/** The watched prefix: each new object becomes an import once, whoever looks, and nothing that lies there is lost or changed. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takeInbox } from "../../../pipelines/import/index.ts";
import { fileLimitsOf } from "../../../platform/fileLimits.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

const ITEMS = "sku,name\n";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness({ env: { IMPORT_BYTES_MAX: "2000" } });
});
afterAll(() => harness.close());

/** A prefix of its own: all tests share a bucket. */
function anInbox() {
  const { db, storage, config } = harness.context;
  const prefix = `inbox-${randomUUID()}/`;
  const deps = { db, storage, limits: fileLimitsOf(config), prefix };
  return {
    prefix,
    drop: (name: string, text: string) => storage.putText(`${prefix}${name}`, text, "text/csv"),
    take: () => takeInbox(deps, new AbortController().signal),
    imports: async () => {
      const { rows } = await db.query<{ id: string; source_key: string; created_by: string }>(
        "select id, source_key, created_by from imports where starts_with(source_key, $1) order by id",
        [prefix],
      );
      return rows;
    },
  };
}

const quiet = { imports_started: 0, refused: 0, waiting: 0, refusals: [] };

test("each new object becomes an import once, also when many look at the same time", async () => {
  const inbox = anInbox();
  await inbox.drop("items/a.csv", `${ITEMS}IN-1,a\n`);
  await inbox.drop("items/2026/b.csv", `${ITEMS}IN-2,b\n`);
  await inbox.drop("suppliers/c.csv", "code,name\nIN-3,c\n");
  await inbox.drop("items/.keep", "");
  const outcomes = await Promise.all([inbox.take(), inbox.take(), inbox.take()]);
  expect(outcomes.map((outcome) => outcome.imports_started).reduce((a, b) => a + b)).toBe(3);
  expect(await inbox.take()).toEqual({ ...quiet, objects: 3 });
  const imports = await inbox.imports();
  expect(imports.map(({ created_by }) => created_by)).toEqual(["inbox", "inbox", "inbox"]);
  for (const { id } of imports) {
    expect(await harness.finished(id)).toMatchObject({ status: "completed", rows_applied: 1 });
  }
});

test("an object that is written anew is imported anew; the same content under another name is known", async () => {
  const inbox = anInbox();
  const first = `${ITEMS}NEW-1,a\n`;
  await inbox.drop("items/daily.csv", first);
  await inbox.take();
  const [before] = await inbox.imports();
  await harness.finished(before?.id ?? "");
  await inbox.drop("items/daily.csv", `${ITEMS}NEW-1,a\nNEW-2,b\n`);
  await inbox.drop("items/copy.csv", first);
  expect(await inbox.take()).toMatchObject({ objects: 2, imports_started: 2 });
  const ends = [];
  for (const { id, source_key: key } of (await inbox.imports()).slice(1)) {
    const { status, rows_applied: applied, error } = await harness.finished(id);
    ends.push(`${key.slice(inbox.prefix.length)}: ${status}, ${applied} ${error?.code ?? "rows"}`);
  }
  expect(ends.toSorted()).toEqual([
    "items/copy.csv: failed, 0 duplicate_import",
    "items/daily.csv: completed, 2 rows",
  ]);
});

test("what can't become an import is noted once with its reason and told as an event; the object stays", async () => {
  const inbox = anInbox();
  await inbox.drop("items/empty.csv", "");
  await inbox.drop("items/large.csv", `${ITEMS}${"x".repeat(2_000)}`);
  await inbox.drop("stock/a.csv", ITEMS);
  await inbox.drop("loose.csv", ITEMS);
  const outcome = await inbox.take();
  expect(outcome).toMatchObject({ objects: 4, imports_started: 0, refused: 4 });
  expect(
    outcome.refusals
      .map(({ key, code }) => `${key.slice(inbox.prefix.length)}: ${code}`)
      .toSorted(),
  ).toEqual([
    "items/empty.csv: file_empty",
    "items/large.csv: file_too_large",
    "loose.csv: unknown_kind",
    "stock/a.csv: unknown_kind",
  ]);
  const { rows } = await harness.context.db.query<{ type: string; key: string }>(
    "select type, data ->> 'object_key' as key from events where starts_with(data ->> 'object_key', $1)",
    [inbox.prefix],
  );
  expect(rows).toHaveLength(4);
  expect(rows[0]?.type).toMatch(/import\.refused$/);
  expect(await inbox.take()).toEqual({ ...quiet, objects: 4 });
});

test("a folder's mapping counts for its files, which wait while it can't be read", async () => {
  const inbox = anInbox();
  await inbox.drop("items/_mapping.json", '{ "columns": ');
  await inbox.drop("items/a.csv", "Artikel;Bezeichnung\nMAP-1;Tee\n");
  const waiting = await inbox.take();
  expect(waiting).toMatchObject({ objects: 1, imports_started: 0, waiting: 1, refused: 1 });
  expect(waiting.refusals[0]).toMatchObject({
    code: "mapping_invalid",
    detail: expect.stringContaining("the folder's files wait until it is mended"),
  });
  expect(await inbox.take()).toMatchObject({ waiting: 1, refused: 0 });
  const columns = { Artikel: "sku", Bezeichnung: "name" };
  await inbox.drop("items/_mapping.json", JSON.stringify({ columns }));
  expect(await inbox.take()).toMatchObject({ imports_started: 1, waiting: 0 });
  const [begun] = await inbox.imports();
  expect(await harness.finished(begun?.id ?? "")).toMatchObject({ rows_applied: 1 });
});
