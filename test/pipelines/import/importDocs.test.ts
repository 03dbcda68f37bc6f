/** docs/imports.md keeps up with what imports do: its tables are made from the rules, and it names every variable of theirs. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testBackends } from "../../support/backends.ts";
import { hostileFilesPage } from "../../support/hostileDocs.ts";
import { projectRoot } from "../../support/projectFiles.ts";

const guide = join(projectRoot, "docs/imports.md");

test("the tables of columns are those of the rules (mend: npm run docs:imports)", () => {
  const copy = join(testBackends().home, "imports.md");
  copyFileSync(guide, copy);
  execFileSync(process.execPath, [join(projectRoot, "scripts/writeImportDocs.mjs"), copy]);
  expect(readFileSync(copy, "utf8")).toBe(readFileSync(guide, "utf8"));
});

test("the page of files that were tried tells the cases of the tests (mend: run with -u)", async () => {
  await expect(hostileFilesPage()).toMatchFileSnapshot(join(projectRoot, "docs/hostile-files.md"));
});

test("every variable of imports is told", () => {
  const variables = readFileSync(join(projectRoot, ".env.example"), "utf8").match(/\bIMPORT_\w+/g);
  const text = readFileSync(guide, "utf8");
  expect([...new Set(variables)].filter((name) => !text.includes(name))).toEqual([]);
});

test("every code that a row or a file can be refused with is told", () => {
  const text = readFileSync(guide, "utf8");
  const told = new Set(text.match(/`\w+`/g)?.map((word) => word.slice(1, -1)));
  const missing = CODE_SOURCES.flatMap((file) => {
    const source = readFileSync(join(projectRoot, file), "utf8");
    return [...source.matchAll(/\bcode: "(\w+)"/g)].map(([, code = ""]) => code);
  }).filter((code) => !told.has(code));
  expect([...new Set(missing)]).toEqual([]);
});

/** Files whose codes all end up on a row or on a failed import. */
const CODE_SOURCES = [
  "pipelines/import/cellFormats.ts",
  "pipelines/import/checkRow.ts",
  "pipelines/import/csvFaults.ts",
  "pipelines/import/decideImport.ts",
  "pipelines/import/errorLimit.ts",
  "pipelines/import/fetchFile.ts",
  "pipelines/import/fileRows.ts",
  "pipelines/import/kinds/places.ts",
  "pipelines/import/listFormats.ts",
  "platform/csvReader.ts",
  "platform/gunzip.ts",
  "platform/xlsx/archive.ts",
  "platform/xlsx/sheetCell.ts",
  "platform/xlsx/sheetRows.ts",
  "platform/xlsx/workbookError.ts",
  "platform/xlsx/xmlPart.ts",
  "platform/xlsxReader.ts",
];
