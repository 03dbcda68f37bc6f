/**
 * Writes the files of the section import: the same bytes for the same arguments, whatever the machine. Movements are a history in the
 * order of time (every level is received once, then mostly issued from), so that every row of them is applied.
 */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import exceljs from "exceljs";

/** Items of the history, and its warehouses. */
export const HISTORY_ITEMS = 20_000;
export const HISTORY_WAREHOUSES = ["NORTH", "SOUTH", "WEST"] as const;

const BLOCK_ROWS = 5_000;
/** Movements of the history begin with this day and stand ten seconds apart. */
const FIRST_MS = Date.UTC(2025, 0, 1);
const STEP_MS = 10_000;
const CATEGORIES = ["Tools", "Fasteners", "Paint", "Garden", "Lighting", "Plumbing"] as const;
const ITEM_COLUMNS = "sku,name,description,unit,category,barcode,cost,price,currency,status".split(
  ",",
);

/** Columns of the history file, in its order. */
export const HISTORY_COLUMNS =
  "type,sku,warehouse,quantity,to_warehouse,unit_cost,reason,reference_type,reference_id,occurred_at";

/** Writes a history of movements as CSV. */
export async function writeHistory(file: string, rows: number): Promise<void> {
  await writeBlocks(file, { head: HISTORY_COLUMNS, rows, row: historyRow() });
}

/** Writes items as CSV, their SKUs beginning with the prefix. */
export async function writeItems(file: string, rows: number, prefix: string): Promise<void> {
  const row = (n: number) => itemCells(n, prefix).map(csvCell).join(",");
  await writeBlocks(file, { head: ITEM_COLUMNS.join(","), rows, row });
}

/** Writes the same items as a workbook, its texts in the shared table as Excel does it. */
export async function writeItemsWorkbook(
  file: string,
  rows: number,
  prefix: string,
): Promise<void> {
  const book = new exceljs.stream.xlsx.WorkbookWriter({ filename: file, useSharedStrings: true });
  const sheet = book.addWorksheet("Items");
  sheet.addRow(ITEM_COLUMNS).commit();
  for (let n = 0; n < rows; n += 1) {
    const cells: (string | number)[] = itemCells(n, prefix);
    cells[6] = Number(cells[6]);
    cells[7] = Number(cells[7]);
    sheet.addRow(cells).commit();
  }
  await book.commit();
}

function csvCell(text: string): string {
  return text.includes(",") ? `"${text}"` : text;
}

function itemCells(n: number, prefix: string): string[] {
  const cents = 100 + ((n * 7_919) % 90_000);
  const category = CATEGORIES[n % CATEGORIES.length] ?? "";
  return [
    `${prefix}-${String(n).padStart(7, "0")}`,
    `${category} article ${n}`,
    `Article ${n} of the catalogue, packed singly`,
    "each",
    category,
    `40${String(10_000_000_000 + n)}`,
    (cents / 100).toFixed(2),
    ((cents * 3) / 200).toFixed(2),
    "EUR",
    "active",
  ];
}

/** Row after row of the history: first a receipt into every level, then what a shop does. */
function historyRow(): (n: number) => string {
  const levels = HISTORY_ITEMS * HISTORY_WAREHOUSES.length;
  return (n) => {
    const level = n < levels ? n : Math.floor(levels * fraction(n) ** 2); // a few items sell most
    const sku = `SKU-${Math.floor(level / HISTORY_WAREHOUSES.length)}`;
    const place = level % HISTORY_WAREHOUSES.length;
    const warehouse = HISTORY_WAREHOUSES[place] ?? "";
    const at = new Date(FIRST_MS + n * STEP_MS).toISOString();
    const receipt = (quantity: number) =>
      `receipt,${sku},${warehouse},${quantity},,${(1 + (level % 90)).toFixed(2)},,purchase_order,PO-${n},${at}`;
    if (n < levels) return receipt(5_000);
    const kind = (n * 31) % 100;
    const quantity = 1 + (n % 5);
    if (kind < 12) return receipt(100 + quantity);
    if (kind < 17) {
      const other = HISTORY_WAREHOUSES[(place + 1) % HISTORY_WAREHOUSES.length] ?? "";
      return `transfer,${sku},${warehouse},${quantity},${other},,,transfer,T-${n},${at}`;
    }
    if (kind < 20) return `adjustment,${sku},${warehouse},-1,,,damaged,,,${at}`;
    if (kind < 23) return `return,${sku},${warehouse},1,,,,sales_order,SO-${n},${at}`;
    return `issue,${sku},${warehouse},${quantity},,,,sales_order,SO-${n},${at}`;
  };
}

/** A number from 0 to 1 that looks random and follows from n (a mix of Murmur's). */
function fraction(n: number): number {
  let mixed = Math.imul(n ^ (n >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

interface Blocks {
  readonly head: string;
  readonly rows: number;
  readonly row: (n: number) => string;
}

function writeBlocks(file: string, blocks: Blocks): Promise<void> {
  return pipeline(Readable.from(textOf(blocks)), createWriteStream(file));
}

function* textOf({ head, rows, row }: Blocks): Generator<string> {
  yield `${head}\n`;
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - from);
    yield `${Array.from({ length: count }, (_, n) => row(from + n)).join("\n")}\n`;
  }
}
