// Reads the written sample files back, as an importer would: CSV text and the first Excel sheet.
// Cells come out as strings; Excel numbers as their shortest decimal text, dates in RFC 3339.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { fromCsv } from "./csv.mjs";

/** The rows of a sample file as objects of strings keyed by plain column names. */
export async function readTable(folder, file) {
  const path = join(folder, file);
  return file.endsWith(".xlsx") ? readSheet(path) : fromCsv(await readFile(path, "utf8"));
}

async function readSheet(path) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(path);
  const sheetRows = workbook.worksheets[0].getSheetValues().slice(1);
  const [header, ...rows] = sheetRows.map((row) => Array.from(row).slice(1));
  const names = header.map((title) => title.toLowerCase().replaceAll(" ", "_"));
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, cellText(row[at])])));
}

function cellText(value) {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  return String(value);
}
