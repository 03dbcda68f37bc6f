/**
 * Exports opened by readers that are not ours, held against the JSON lines of the same report: DuckDB for all but workbooks, and
 * psql, sqlite3, LibreOffice and pandas where they are installed.
 */
import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPORTS } from "../../../pipelines/export/index.ts";
import type { ReportColumn } from "../../../pipelines/export/reportDefinitions.ts";
import { writeParquet } from "../../../pipelines/export/writeParquet.ts";
import { projectRoot } from "../../../platform/projectRoot.ts";
import { testBackends } from "../../support/backends.ts";
import { createReportHarness, type ReportHarness } from "../../support/reportHarness.ts";
import { createValuationStage } from "../../support/valuationStage.ts";

const run = promisify(execFile);
const REPORT = "current_inventory";
const { columns } = REPORTS[REPORT];
const NAMES = columns.map(({ name }) => name);
/** Guarded in CSV and XLSX, as they are elsewhere. */
const HOSTILE = {
  "00123": '=HYPERLINK("http://x.example","y")',
  "A,B;C": 'two\nlines, "quoted"; tab\there',
  ÜNÏ: "日本 🙂 ﻿",
  NULL: "NA",
} as const;

type Row = Readonly<Record<string, string>>;

let harness: ReportHarness;
let folder: string;
/** The report's rows, as JSON.parse reads them: texts, empty for null. */
let rows: Row[];
const files = new Map<string, string>();

beforeAll(async () => {
  harness = await createReportHarness();
  folder = mkdtempSync(join(testBackends().home, "readers-"));
  const { db } = harness.context;
  const stage = await createValuationStage(db);
  for (const [sku, name] of Object.entries(HOSTILE)) {
    const item = await stage.item(sku);
    await stage.post(item, [
      { type: "receipt", quantity: "100.5", cost: "0.1234", on: "2025-01-01T00:00:00Z" },
      { type: "issue", quantity: "40.25", on: "2025-04-11T00:00:00Z" },
    ]);
    await db.query("update inventory_items set name = $2 where id = $1", [item.id, name]);
  }
  await stage.post(await stage.item("HUGE"), [
    { type: "receipt", quantity: "99999999999999.1234", at: "C", on: "2024-01-02T00:00:00Z" },
  ]);
  for (const format of ["jsonl", "csv", "csv.gz", "parquet", "xlsx"]) {
    const done = await harness.run({ report: REPORT, format, parameters: { fresh: true } });
    const path = join(folder, `stock.${format}`);
    writeFileSync(path, await harness.download(done));
    files.set(format, path);
  }
  rows = readFileSync(fileOf("jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => asTexts(JSON.parse(line)));
  expect(rows).toHaveLength(5);
});
afterAll(() => harness.close());

function fileOf(format: string): string {
  return files.get(format) ?? "";
}

function asTexts(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a spreadsheet would run begins with an apostrophe in CSV and XLSX. */
function guarded(all: readonly Row[]): Row[] {
  return all.map((row) => ({ ...row, name: (row["name"] ?? "").replace(/^=/, "'=") }));
}

async function duck(statement: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    await connection.run("set autoinstall_known_extensions = false");
    const reader = await connection.runAndReadAll(statement);
    return reader.getRowObjectsJson().map(asTexts);
  } finally {
    instance.closeSync();
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A column of a Parquet file as the text that JSON lines have. */
function asText({ name, type }: ReportColumn): string {
  switch (type) {
    case "decimal":
      return `regexp_replace(cast("${name}" as varchar), '\\.?0+$', '') as "${name}"`;
    case "timestamp":
      return `cast(epoch_ms("${name}") as varchar) as "${name}"`;
    default:
      return `cast("${name}" as varchar) as "${name}"`;
  }
}

const MOMENTS = columns.filter(({ type }) => type === "timestamp").map(({ name }) => name);

/** Moments as the milliseconds since 1970. */
function inMs(all: readonly Row[]): Row[] {
  return all.map((row) => ({
    ...row,
    ...Object.fromEntries(MOMENTS.map((name) => [name, String(Date.parse(row[name] ?? ""))])),
  }));
}

describe("DuckDB", () => {
  test("reads Parquet with its types, exactly", async () => {
    const file = quoted(fileOf("parquet"));
    const types = await duck(`describe select * from read_parquet(${file})`);
    const words = { text: "VARCHAR", integer: "BIGINT", date: "DATE" } as const;
    expect(types.map((one) => [one["column_name"], one["column_type"]])).toEqual(
      columns.map(({ name, type, precision, scale }) => {
        if (type === "decimal") return [name, `DECIMAL(${precision},${scale})`];
        return [name, type === "timestamp" ? "TIMESTAMP WITH TIME ZONE" : words[type]];
      }),
    );
    const shown = columns.map(asText).join(", ");
    expect(await duck(`select ${shown} from read_parquet(${file})`)).toEqual(
      inMs(rows.map((row) => ({ ...row, on_hand: (row["on_hand"] ?? "").replace(/\.?0+$/, "") }))),
    );
  });

  test.each(["csv", "csv.gz"])("reads %s, the byte order mark past", async (format) => {
    const source = `read_csv(${quoted(fileOf(format))}, all_varchar = true, header = true)`;
    expect(await duck(`select * from ${source}`)).toEqual(guarded(rows));
  });

  test("reads JSON lines", async () => {
    const found = await duck(
      `select * from read_json(${quoted(fileOf("jsonl"))}, format = 'newline_delimited', convert_strings_to_integers = false, dateformat = 'no', timestampformat = 'no')`,
    );
    expect(found).toEqual(rows);
  });

  test("can skip row groups of a ledger export by its statistics, and finds few texts in dictionaries", async () => {
    const history = REPORTS.movement_history.columns;
    const start = Date.parse("2026-03-01T00:00:00Z");
    const lines = Array.from({ length: 6_000 }, (_, nth) => historyLine(history, start, nth));
    const file = join(folder, "ledger.parquet");
    const options = { columns: history, metadata: {}, groupRows: 2_000 };
    writeFileSync(file, await buffer(writeParquet(piecesOf(lines), options)));
    const groups = await duck(
      `select path_in_schema as name, row_group_num_rows as rows, stats_min_value as least, stats_max_value as most, stats_null_count as nulls, encodings
       from parquet_metadata(${quoted(file)}) order by row_group_id, column_id`,
    );
    const of = (name: string) => groups.filter((one) => one["name"] === name);
    expect(of("recorded_at").map(({ rows: count }) => count)).toEqual(["2000", "2000", "2000"]);
    const [first, second, third] = of("recorded_at");
    expect((first?.["most"] ?? "") < (second?.["least"] ?? "")).toBe(true);
    expect((second?.["most"] ?? "") < (third?.["least"] ?? "")).toBe(true);
    for (const { name } of history.filter((column) => column.name !== "lot")) {
      expect([name, of(name).every((one) => one["least"] !== "" && one["most"] !== "")]).toEqual([
        name,
        true,
      ]);
    }
    expect(of("lot").map(({ nulls }) => nulls)).toEqual(["2000", "2000", "2000"]);
    for (const name of ["type", "warehouse", "currency"]) {
      expect(of(name).map(({ encodings }) => encodings)).toEqual(
        Array(3).fill(expect.stringContaining("DICTIONARY")),
      );
    }
    const later = `count(*) as entries, sum(quantity) as quantity from read_parquet(${quoted(file)}) where recorded_at >= make_timestamp(${(start + 4_000_000) * 1_000})`;
    expect(await duck(`select ${later}`)).toMatchObject([{ entries: "2000" }]);
  });
});

async function* piecesOf(lines: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let at = 0; at < lines.length; at += 777) yield lines.slice(at, at + 777);
}

/** An entry each second. */
function historyLine(history: readonly ReportColumn[], start: number, nth: number): string {
  return JSON.stringify(
    history.map(({ name, type }) => {
      if (name === "lot") return null;
      if (type === "timestamp") return start + nth * 1_000;
      if (type === "decimal") return `${nth}.25`;
      if (type === "integer") return nth;
      return ["type", "warehouse", "currency"].includes(name) ? `T${nth % 5}` : `text ${nth}`;
    }),
  );
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

describe.skipIf(!isInstalled("psql"))("psql", () => {
  test("copies the CSV into a table of proper types", async () => {
    const types = { text: "text", integer: "bigint", timestamp: "timestamptz", date: "date" };
    const table = columns
      .map(({ name, type, precision, scale }) => {
        const own = type === "decimal" ? `numeric(${precision},${scale})` : types[type];
        return `"${name}" ${own}`;
      })
      .join(", ");
    const { stdout } = await run("psql", [
      testBackends().adminUrl,
      "-XAtq",
      "-v",
      "ON_ERROR_STOP=1",
      ...["-c", `create temp table stock (${table})`],
      ...["-c", `\\copy stock from ${quoted(fileOf("csv"))} with (format csv, header true)`],
      ...["-c", 'select json_agg(s order by sku collate "C") from stock s'],
    ]);
    const found = JSON.parse(stdout.replaceAll(/("\w+"):(-?\d[\d.]*)/g, '$1:"$2"')).map(asTexts);
    const wanted = guarded(rows).toSorted((one, other) =>
      (one["sku"] ?? "") < (other["sku"] ?? "") ? -1 : 1,
    );
    expect(found.map(comparable)).toEqual(wanted.map(comparable));
  });
});

/** Decimals without the zeros that a type of fixed scale adds, moments as milliseconds. */
function comparable(row: Row): Row {
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const text = row[name] ?? "";
      if (type === "decimal" && text.includes(".")) return [name, text.replace(/\.?0+$/, "")];
      return [name, type === "timestamp" ? String(Date.parse(text)) : text];
    }),
  );
}

describe.skipIf(!isInstalled("sqlite3"))("sqlite3", () => {
  test("imports the CSV", async () => {
    const { stdout } = await run("sqlite3", [
      ":memory:",
      "-cmd",
      `.import --csv "${fileOf("csv")}" stock`,
      "-json",
      "select * from stock",
    ]);
    expect(JSON.parse(stdout)).toEqual(guarded(rows));
  });
});

const PYTHON = process.env["STOCKLINE_PYTHON"] ?? "python3";
const hasPandas =
  spawnSync(PYTHON, ["-c", "import pandas, pyarrow"], { stdio: "ignore" }).status === 0;

/** Says what the two tables of the example hold: values as texts, "" for none. */
const TELL = `
import json
def tell(value):
    if pd.isna(value): return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
print(json.dumps({
    "types": {name: str(kind) for name, kind in stock.dtypes.items()},
    "stock": [{name: tell(row[name]) for name in stock.columns} for _, row in stock.iterrows()],
    "history": history.to_dict("records"),
}))
`;

describe.skipIf(!hasPandas)("pandas", () => {
  test("reads Parquet and CSV by the lines of docs/analysts.md, exactly", async () => {
    const guide = readFileSync(join(projectRoot(), "docs/analysts.md"), "utf8");
    const [, example = ""] = /```python\n(.*?)```/s.exec(guide) ?? [];
    copyFileSync(fileOf("parquet"), join(folder, "current_inventory.parquet"));
    copyFileSync(fileOf("csv.gz"), join(folder, "movement_history.csv.gz"));
    const { stdout } = await run(PYTHON, ["-c", example + TELL], { cwd: folder });
    const { types, stock, history } = JSON.parse(stdout);
    expect(types).toMatchObject({ sku: "string[pyarrow]", on_hand: "decimal128(18, 4)[pyarrow]" });
    expect(stock.map(comparable)).toEqual(rows.map(comparable));
    expect(history).toEqual(guarded(rows));
  });
});

describe.skipIf(!isInstalled("soffice"))("LibreOffice", () => {
  test("opens the workbook and saves its sheets as they are shown", {
    timeout: 180_000,
  }, async () => {
    const profile = `-env:UserInstallation=file://${join(folder, "profile")}`;
    // comma, quote, UTF-8, first line, quoted texts, cells as they are, no formulas, every sheet
    const filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1";
    const options = ["--headless", "--convert-to", filter, "--outdir", folder, fileOf("xlsx")];
    await run("soffice", [profile, ...options], { timeout: 170_000 });
    const sheet = readFileSync(join(folder, `stock-${REPORT}.csv`));
    const found: Row[] = parse(sheet, { columns: true, bom: true });
    expect(Object.keys(found[0] ?? {})).toEqual(NAMES);
    const texts = columns.filter(({ type }) => type === "text").map(({ name }) => name);
    for (const [nth, row] of guarded(rows).entries()) {
      const opened = found[nth] ?? {};
      for (const name of texts) expect([name, opened[name]]).toEqual([name, row[name]]);
      for (const { name } of columns.filter(({ type }) => type === "decimal")) {
        const text = row[name] ?? "";
        // more digits than a double holds stay a text, to the last
        if (text.length > 16) expect([name, opened[name]]).toEqual([name, text]);
        else expect([name, Number(opened[name])]).toEqual([name, Number(text)]);
      }
    }
    const notes = readFileSync(join(folder, "stock-notes.csv"), "utf8");
    for (const { name, description } of columns) {
      expect(notes).toContain(name);
      expect(notes).toContain(description.split(",")[0]);
    }
  });
});
