/**
 * The committed sample files are what their generator writes, on any machine and at any time,
 * and expected.json says what they come to.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const samples = join(import.meta.dirname, "..", "..", "samples");
const SAMPLE_BYTES_MAX = 2_500_000;

const expectedSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      rows: z.number(),
      invalid: z.number(),
      rejected: z.number(),
      applied: z.number(),
    }),
  ),
  bad_rows: z.array(z.object({ file: z.string(), line: z.number(), kind: z.string() })),
  after_movements: z.object({
    low_stock_lines: z.number(),
    low_stock: z.array(z.object({ sku: z.string() })),
  }),
});

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stockline-samples-"));
  await run(process.execPath, [join(samples, "generate.mjs"), folder]);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function dataFiles(): Promise<string[]> {
  const names = await readdir(samples);
  return names.filter((name) => /\.(csv|xlsx|json)$/.test(name)).sort();
}

async function lines(file: string): Promise<string[]> {
  return (await readFile(join(samples, file), "utf8")).trimEnd().split("\n");
}

async function cells(path: string): Promise<unknown> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(path);
  return workbook.worksheets.map((sheet) => [sheet.name, sheet.getSheetValues()]);
}

async function readExpected() {
  return expectedSchema.parse(JSON.parse(await readFile(join(samples, "expected.json"), "utf8")));
}

describe("the sample generator", () => {
  test("writes the same set of files as is committed", async () => {
    expect((await readdir(folder)).sort()).toEqual(await dataFiles());
  });

  test("writes CSV and JSON byte for byte as committed", async () => {
    const texts = (await dataFiles()).filter((name) => !name.endsWith(".xlsx"));
    for (const name of texts) {
      const [made, committed] = await Promise.all(
        [folder, samples].map((place) => readFile(join(place, name))),
      );
      expect(made?.equals(committed ?? Buffer.alloc(0)), `${name} differs from a new run`).toBe(
        true,
      );
    }
  });

  test("writes Excel files with the committed cells", async () => {
    const books = (await dataFiles()).filter((name) => name.endsWith(".xlsx"));
    expect(books).toEqual(["catalogue.xlsx", "counts-2026-01.xlsx"]);
    for (const name of books) {
      expect(await cells(join(folder, name)), name).toEqual(await cells(join(samples, name)));
    }
  });
});

describe("the committed samples", () => {
  test("stay small", async () => {
    const sizes = await Promise.all(
      (await dataFiles()).map(async (name) => (await stat(join(samples, name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(SAMPLE_BYTES_MAX);
  });

  test("have as many rows as expected.json says, and its books balance", async () => {
    const { files } = await readExpected();
    for (const [name, figures] of Object.entries(files)) {
      expect(figures.applied + figures.invalid + figures.rejected, name).toBe(figures.rows);
      if (name.endsWith(".csv")) expect((await lines(name)).length - 1, name).toBe(figures.rows);
    }
  });

  test("hold movements in the order of time, but for the row with an impossible date", async () => {
    const times = (await lines("movements-2025.csv"))
      .slice(1)
      .map((line) => line.slice(line.lastIndexOf(",") + 1))
      .filter((time) => time !== "2025-02-30T10:00:00Z");
    expect(times).toEqual([...times].sort());
  });

  test("hold one bad row of every listed kind, on the listed line", async () => {
    const { bad_rows: badRows } = await readExpected();
    const movements = await lines("movements-2025.csv");
    const lineOf = (kind: string) =>
      movements[(badRows.find((row) => row.kind === kind)?.line ?? 0) - 1];
    expect(lineOf("unknown_sku")).toContain("CUP-999");
    expect(lineOf("not_a_number")).toContain(",abc,");
    expect(lineOf("not_positive")).toContain(",-4,");
    expect(lineOf("unknown_type")).toMatch(/^sale,/);
    expect(lineOf("too_many_decimals")).toContain(",2.12345,");
    expect(lineOf("invalid_date")).toContain("2025-02-30");
    expect(lineOf("insufficient_stock")).toContain(",99999,");
    expect(lineOf("missing_destination")).toMatch(/^transfer,[^,]+,RTM,,/);
  });

  test("are described by README.md: rows of every file, and every bad row", async () => {
    const { files, bad_rows: badRows } = await readExpected();
    const readme = await lines("README.md");
    const has = (...parts: string[]) =>
      readme.some((line) => parts.every((part) => line.includes(part)));
    for (const [name, { rows, applied, invalid, rejected }] of Object.entries(files)) {
      const figures = [rows, applied, invalid + rejected].map((one) => one.toLocaleString("en-US"));
      expect(has(`| \`${name}\``, `| ${figures.join(" | ")} |`), name).toBe(true);
    }
    for (const { file, line, kind } of badRows) {
      expect(has(`\`${file}\``, `| ${line} |`, `\`${kind}\``), `${file} ${line}`).toBe(true);
    }
  });

  test("end with some tens of items low", async () => {
    const { after_movements: end } = await readExpected();
    expect(end.low_stock_lines).toBe(end.low_stock.length);
    expect(end.low_stock_lines).toBeGreaterThan(20);
    expect(end.low_stock_lines).toBeLessThan(100);
  });

  test("carry barcodes with a true EAN-13 check digit", async () => {
    const barcodes = (await lines("items.csv")).join("\n").match(/\b20\d{11}\b/g) ?? [];
    expect(barcodes.length).toBeGreaterThan(300);
    const wrong = barcodes.filter((code) => {
      const sum = [...code].reduce(
        (total, digit, at) => total + Number(digit) * (at % 2 ? 3 : 1),
        0,
      );
      return sum % 10 !== 0;
    });
    expect(wrong).toEqual([]);
  });
});
