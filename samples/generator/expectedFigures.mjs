// What an import of the samples must come to, worked out from the written files alone: an
// independent, deliberately plain fold. It shares no rule with the product and knows nothing of
// what the generator planted; quantities are bigints of ten-thousandths.
import { readTable } from "./readTables.mjs";
import { checksOf, scaled } from "./rowChecks.mjs";

/** Sample files in the order in which they are imported; the catalogue is kept in two forms. */
const files = {
  "warehouses.csv": "warehouses",
  "suppliers.csv": "suppliers",
  "items.csv": "items",
  "catalogue.xlsx": "items",
  "supplier_items.csv": "supplier_items",
  "reorder_policies.csv": "reorder_policies",
  "movements-2025.csv": "movements",
  "counts-2026-01.xlsx": "counts",
};

/** The contents of expected.json for the sample files in `folder`. */
export async function expectedFigures(folder) {
  const books = await readBooks(folder);
  const policies = goodRows(books, "reorder_policies.csv");
  const preferred = goodRows(books, "supplier_items.csv").filter((row) => row.preferred === "true");
  const state = { levels: new Map(), books, policies, preferred };
  applyMovements(state, "movements-2025.csv");
  const afterMovements = figures(state);
  for (const row of goodRows(books, "counts-2026-01.xlsx")) {
    state.levels.set(`${row.sku}|${row.warehouse}`, scaled(row.quantity));
  }
  return {
    files: fileFigures(books),
    bad_rows: Object.values(books).flatMap((book) => book.bad.sort((a, b) => a.line - b.line)),
    movement_types: countBy(goodRows(books, "movements-2025.csv"), (row) => row.type),
    after_movements: afterMovements,
    after_counts: figures(state),
  };
}

async function readBooks(folder) {
  const books = {};
  const known = { items: new Set(), warehouses: new Set(), suppliers: new Set() };
  for (const [file, kind] of Object.entries(files)) {
    const rows = await readTable(folder, file);
    books[file] = checkBook({ file, kind, rows, known });
  }
  return books;
}

function checkBook({ file, kind, rows, known }) {
  const seen = new Set();
  const book = { kind, rows, bad: [] };
  rows.forEach((row, at) => {
    const fault = checksOf[kind]?.(row, { known, seen });
    if (fault !== undefined) addFault({ book, file, at, row, fault, stage: "check" });
    else known[kind]?.add(row.sku ?? row.code);
  });
  return book;
}

function addFault({ book, file, at, row, fault: [column, kind], stage }) {
  const value = row[column];
  book.bad.push({ file, line: at + 2, data_row: at + 1, column, kind, value, stage });
}

function goodRows(books, file) {
  const bad = new Set(books[file].bad.map((fault) => fault.data_row));
  return books[file].rows.filter((_, at) => !bad.has(at + 1));
}

const outgoing = new Set(["issue", "transfer", "scrap", "supplier_return"]);

function applyMovements({ levels, books }, file) {
  const mayBeNegative = new Set(
    goodRows(books, "warehouses.csv")
      .filter((row) => row.allow_negative === "true")
      .map((row) => row.code),
  );
  const book = books[file];
  const invalid = new Set(book.bad.map((fault) => fault.data_row));
  book.rows.forEach((row, at) => {
    if (invalid.has(at + 1)) return;
    const key = `${row.sku}|${row.warehouse}`;
    const change = outgoing.has(row.type) ? -scaled(row.quantity) : scaled(row.quantity);
    const after = (levels.get(key) ?? 0n) + change;
    if (after < 0n && !mayBeNegative.has(row.warehouse)) {
      addFault({ book, file, at, row, fault: ["quantity", "insufficient_stock"], stage: "engine" });
      return;
    }
    levels.set(key, after);
    if (row.type !== "transfer") return;
    const target = `${row.sku}|${row.to_warehouse}`;
    levels.set(target, (levels.get(target) ?? 0n) + scaled(row.quantity));
  });
}

function fileFigures(books) {
  return Object.fromEntries(
    Object.entries(books).map(([file, { kind, rows, bad }]) => {
      const engine = bad.filter((fault) => fault.stage === "engine").length;
      const figure = { kind, rows: rows.length, invalid: bad.length - engine, rejected: engine };
      return [file, { ...figure, applied: rows.length - bad.length }];
    }),
  );
}

function figures({ levels, policies, preferred }) {
  const units = new Map();
  for (const [key, quantity] of levels) {
    const code = key.split("|")[1];
    units.set(code, (units.get(code) ?? 0n) + quantity);
  }
  const low = policies.flatMap((policy) => lowLine({ policy, levels, preferred }));
  const drafts = new Set(low.map((line) => `${line.supplier}|${line.warehouse}`));
  return {
    levels: levels.size,
    stock_units: Object.fromEntries([...units].map(([code, quantity]) => [code, plain(quantity)])),
    low_stock_lines: low.length,
    low_stock_by_warehouse: countBy(low, (line) => line.warehouse),
    purchase_order_drafts: drafts.size,
    low_stock: low,
  };
}

/** A policy whose stock is at or below its threshold, with what the order must then be. */
function lowLine({ policy, levels, preferred }) {
  const { sku, warehouse, method } = policy;
  const available = levels.get(`${sku}|${warehouse}`) ?? 0n;
  const threshold = scaled(method === "min_max" ? policy.min : policy.reorder_point);
  if (available > threshold) return [];
  const source = preferred.find((row) => row.sku === sku);
  const wanted =
    method === "min_max" ? scaled(policy.max) - available : scaled(policy.reorder_quantity);
  const least = wanted > scaled(source.moq) ? wanted : scaled(source.moq);
  const pack = scaled(source.pack_size);
  const order = ((least + pack - 1n) / pack) * pack;
  const figure = {
    sku,
    warehouse,
    method,
    available: plain(available),
    threshold: plain(threshold),
  };
  return [{ ...figure, supplier: source.supplier, order_quantity: plain(order) }];
}

function plain(tenThousandths) {
  const sign = tenThousandths < 0n ? "-" : "";
  const digits = String(tenThousandths < 0n ? -tenThousandths : tenThousandths).padStart(5, "0");
  const fraction = digits.slice(-4).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -4)}${fraction === "" ? "" : `.${fraction}`}`;
}

function countBy(rows, keyOf) {
  const counts = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}
