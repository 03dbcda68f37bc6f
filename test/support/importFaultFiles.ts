/** Files for the faults of imports: tables of every kind made from a seed, some of whose rows are wrong, as CSV, gzip or workbook. */
import { gzipSync } from "node:zlib";
import ExcelJS from "exceljs";
import type { Random } from "./faultRun.ts";

export interface MadeFile {
  readonly kind: string;
  readonly name: string;
  readonly content: Uint8Array;
  readonly rows: number;
}

interface Table {
  readonly kind: string;
  readonly header: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** SKUs and codes that the files name; `seedFileItems` of faultedImport.ts makes them. */
export const FILE_SKUS = Array.from({ length: 400 }, (_, n) => `FILE-${n}`);
const WAREHOUSES = ["MAIN", "EAST"];
/** One row in so many names something that does not exist. */
const WRONG_EVERY = 100;

/** Receipts first and often, so that most issues find stock; equal rows, transfers and rows that lack stock among them. */
export function movementTable(random: Random, rows: number, reason = "moved"): Table {
  const header = "type,sku,warehouse,to_warehouse,quantity,reference_type,reference_id,reason";
  return { kind: "movements", header: header.split(","), lines: linesOf(rows, movementLine) };

  function movementLine(n: number): string[] {
    const sku = n % WRONG_EVERY === 7 ? `NO-${n}` : random.pick(FILE_SKUS);
    const from = random.pick(WAREHOUSES);
    const to = from === "MAIN" ? "EAST" : "MAIN";
    const type = random.pick(["receipt", "receipt", "issue", "transfer", "adjustment"]);
    const sign = type === "adjustment" && random.next() < 0.5 ? "-" : "";
    const quantity = `${sign}${random.between(1, 9)}.${random.between(1, 9)}`;
    const target = type === "transfer" ? to : "";
    // Every second row has the reference of the row before it: rows may be alike.
    return [type, sku, from, target, quantity, "line", String(Math.floor(n / 2)), reason];
  }
}

/**
 * The same with figures and days that could be read either way: only the last rows show how. Written with semicolons, decimal commas
 * and the day first.
 */
export function ambiguousFile(random: Random, rows: number): MadeFile {
  const header = ["type", "sku", "warehouse", "quantity", "occurred_at"];
  const lines = linesOf(rows, (n) => {
    const isLast = n > rows - 3;
    const sku = n % WRONG_EVERY === 7 ? `NO-${n}` : random.pick(FILE_SKUS);
    const quantity = isLast ? "2,5" : `${random.between(1, 9)},${random.between(100, 999)}`;
    const day = isLast ? "25/02/2025" : `0${random.between(1, 9)}/0${random.between(1, 9)}/2025`;
    return ["receipt", sku, random.pick(WAREHOUSES), quantity, day];
  });
  const text = `${[header, ...lines].map((cells) => cells.join(";")).join("\n")}\n`;
  return { kind: "movements", name: "ambiguous.csv", content: Buffer.from(text), rows };
}

/** New items, changed ones and wrong ones. */
export function itemTable(random: Random, rows: number): Table {
  const header = ["sku", "name", "category", "cost", "currency", "barcode"];
  const line = (n: number) => {
    const sku = n % 3 === 0 && n / 3 < FILE_SKUS.length ? (FILE_SKUS[n / 3] ?? "") : `NEW-${n}`;
    const cost = n % WRONG_EVERY === 7 ? "1.23456" : `${random.between(1, 99)}.25`;
    return [sku, `Item ${n}`, random.pick(["A", "B", ""]), cost, "EUR", String(4_000_000_000 + n)];
  };
  return { kind: "items", header, lines: linesOf(rows, line) };
}

/** Suppliers, one of a hundred twice. */
export function supplierTable(random: Random, rows: number): Table {
  const line = (n: number) => {
    const code = `S-${n % WRONG_EVERY === 7 ? n - 1 : n}`;
    return [code, `Supplier ${n}`, random.pick(["Berlin", "Zürich", "東京"]), String(n % 40)];
  };
  return {
    kind: "suppliers",
    header: ["code", "name", "city", "lead_time_days"],
    lines: linesOf(rows, line),
  };
}

/** Policies of the file's items; some whose maximum lies below their minimum. */
export function policyTable(random: Random, rows: number): Table {
  const line = (n: number) => {
    const min = random.between(1, 20);
    const max = n % WRONG_EVERY === 7 ? min - 1 : min + random.between(0, 20);
    const warehouse = WAREHOUSES[Math.floor(n / FILE_SKUS.length)] ?? `NOWHERE-${n}`;
    return [
      FILE_SKUS[n % FILE_SKUS.length] ?? "",
      warehouse,
      "min_max",
      String(min),
      String(Math.max(0, max)),
    ];
  };
  return {
    kind: "reorder_policies",
    header: ["sku", "warehouse", "method", "min", "max"],
    lines: linesOf(rows, line),
  };
}

/** Counts of every level, again and again. */
export function countTable(random: Random, rows: number): Table {
  const line = (n: number) => [
    n % WRONG_EVERY === 7 ? `NO-${n}` : random.pick(FILE_SKUS),
    random.pick(WAREHOUSES),
    String(random.between(0, 500)),
    "2025-03-01T08:00:00Z",
  ];
  return {
    kind: "counts",
    header: ["sku", "warehouse", "quantity", "counted_at"],
    lines: linesOf(rows, line),
  };
}

/** Orders of three lines each, one of a hundred of which names no item, so that its whole order stays out. */
export function orderTable(random: Random, rows: number): Table {
  const line = (n: number) => {
    const order = Math.floor(n / 3);
    const sku = n % WRONG_EVERY === 7 ? `NO-${n}` : (FILE_SKUS[(n * 7) % FILE_SKUS.length] ?? "");
    const supplier = `S-${1 + (order % 5)}`;
    const warehouse = WAREHOUSES[order % 2] ?? "";
    return [`PO-${order}`, supplier, warehouse, sku, String(random.between(1, 50)), "1.5", "EUR"];
  };
  return {
    kind: "purchase_orders",
    header: ["order", "supplier", "warehouse", "sku", "quantity", "unit_cost", "currency"],
    lines: linesOf(rows, line),
  };
}

function linesOf(rows: number, line: (n: number) => string[]): string[][] {
  return Array.from({ length: rows }, (_, n) => line(n));
}

/** The table as CSV. */
export function asCsv({ kind, header, lines }: Table): MadeFile {
  const text = `${[header, ...lines].map((cells) => cells.join(",")).join("\n")}\n`;
  return { kind, name: `${kind}.csv`, content: Buffer.from(text), rows: lines.length };
}

/** The table as gzip of CSV. */
export function asGzip(table: Table): MadeFile {
  const plain = asCsv(table);
  return { ...plain, name: `${plain.name}.gz`, content: gzipSync(plain.content) };
}

/** The table as a workbook, figures as numbers. */
export async function asWorkbook({ kind, header, lines }: Table): Promise<MadeFile> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet("Data");
  sheet.addRow([...header]);
  for (const cells of lines) {
    sheet.addRow(cells.map((cell) => (/^-?\d{1,9}(\.\d+)?$/.test(cell) ? Number(cell) : cell)));
  }
  const content = new Uint8Array(await book.xlsx.writeBuffer());
  return { kind, name: `${kind}.xlsx`, content, rows: lines.length };
}
