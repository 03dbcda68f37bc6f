// What Stockline must answer after the Northwind scenario, worked out from the data files alone.
// Independent on purpose: plain Node, its own CSV reader, no line of the product.
// Usage: STOCKLINE_NORTHWIND_DIR=<data> node test/northwind/oracle.mjs <folder for the results>
// Writes the import files that a column mapping cannot derive itself, and expected.json.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const source = process.env.STOCKLINE_NORTHWIND_DIR;
const target = process.argv[2];
if (source === undefined || target === undefined) {
  process.stderr.write(
    "The oracle needs the data folder in STOCKLINE_NORTHWIND_DIR and a folder for its results: " +
      "STOCKLINE_NORTHWIND_DIR=<data> node test/northwind/oracle.mjs <results>\n",
  );
  process.exit(64);
}

const warehouse = "NW";
/** Before the first order (1996-07-04), so that every issue finds its stock. */
const countedAt = "1996-07-01";
const [products, suppliers, orders, details] = await Promise.all(
  ["products", "suppliers", "orders", "order_details"].map(readRows),
);
const sold = sumBy(details, "product_id", (line) => Number(line.quantity));
await mkdir(target, { recursive: true });
const files = derivedFiles();
for (const [file, rows] of Object.entries(files)) {
  await writeFile(join(target, file), toCsv(rows));
}
const expected = expectedOutcome();
await writeFile(join(target, "expected.json"), `${JSON.stringify(expected, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(expected.summary)}\n`);

function derivedFiles() {
  const dateOf = new Map(orders.map((order) => [order.order_id, order.order_date]));
  return {
    "warehouses.csv": [{ code: warehouse, name: "Northwind", time_zone: "UTC" }],
    "items.csv": products.map((product) => ({
      product_id: product.product_id,
      product_name: product.product_name,
      quantity_per_unit: product.quantity_per_unit,
      category_id: product.category_id,
      unit_cost: price(product),
      unit_price: price(product),
      discontinued: product.discontinued,
    })),
    "supplier_items.csv": products.map((product) => ({
      supplier_id: product.supplier_id,
      product_id: product.product_id,
      unit_price: price(product),
      moq: moqOf(product),
      pack_size: packOf(product),
    })),
    "reorder_policies.csv": products.filter(isReordered).map((product) => ({
      sku: product.product_id,
      warehouse,
      method: "min_max",
      min: product.reorder_level,
      max: maxOf(product),
    })),
    "opening_counts.csv": products.map((product) => ({
      product_id: product.product_id,
      opening: Number(product.units_in_stock) + (sold.get(product.product_id) ?? 0),
      counted_at: countedAt,
    })),
    "purchase_orders.csv": openOrders().flatMap((order) =>
      order.lines.map((line) => ({
        order: orderNumber(order.supplier),
        supplier: order.supplier,
        warehouse,
        product_id: line.sku,
        units_on_order: line.quantity,
        unit_price: line.unit_cost,
        status: "sent",
      })),
    ),
    "order_lines.csv": details.map((line) => ({
      order_id: line.order_id,
      product_id: line.product_id,
      quantity: line.quantity,
      order_date: dateOf.get(line.order_id),
    })),
  };
}

function expectedOutcome() {
  const reordered = products.filter(isReordered);
  const low = (stockOf) => reordered.filter((one) => stockOf(one) <= Number(one.reorder_level));
  const byAvailable = low(available).map((product) => product.product_id);
  const short = low(position);
  const draftsBefore = draftsOf(low(available), available);
  const drafts = draftsOf(short, position);
  const levels = products.map((product) => ({
    sku: product.product_id,
    on_hand: Number(product.units_in_stock),
    incoming: Number(product.units_on_order),
  }));
  return {
    warehouse,
    rows: {
      suppliers: suppliers.length,
      products: products.length,
      ...Object.fromEntries(Object.entries(files).map(([file, rows]) => [file, rows.length])),
    },
    items: products.map((product) => ({
      sku: product.product_id,
      name: product.product_name,
      price: price(product),
      status: product.discontinued === "1" ? "discontinued" : "active",
    })),
    levels,
    noisy_prices: products.filter(isNoisy).map((product) => product.product_id),
    purchase_orders: openOrders().map(({ supplier, lines }) => ({
      number: orderNumber(supplier),
      supplier,
      lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    })),
    low_by_available: byAvailable,
    low_by_position: short.map((product) => product.product_id),
    drafts_before_orders: draftsBefore,
    drafts_after_orders: drafts,
    summary: {
      items: products.length,
      issued_units: total([...sold.values()]),
      opening_units: total(files["opening_counts.csv"].map((row) => row.opening)),
      final_units: total(levels.map((level) => level.on_hand)),
      incoming_units: total(levels.map((level) => level.incoming)),
      policies: reordered.length,
      low_by_available: byAvailable.length,
      low_by_position: short.length,
      purchase_orders: openOrders().length,
      drafts_before_orders: draftsBefore.length,
      draft_units_before_orders: unitsOf(draftsBefore),
      drafts_after_orders: drafts.length,
      draft_units_after_orders: unitsOf(drafts),
    },
  };
}

/** What is on order already: one purchase order a supplier, with its products' units_on_order. */
function openOrders() {
  const awaited = products.filter((product) => Number(product.units_on_order) > 0);
  return groupedBySupplier(awaited, (product) => ({
    sku: product.product_id,
    quantity: Number(product.units_on_order),
    unit_cost: price(product),
  }));
}

/** One draft a supplier: up to the maximum, at least the MOQ, then up to whole packs. */
function draftsOf(short, stockOf) {
  return groupedBySupplier(short, (product) => {
    const wanted = Math.max(maxOf(product) - stockOf(product), moqOf(product));
    const pack = packOf(product);
    return { sku: product.product_id, quantity: Math.ceil(wanted / pack) * pack };
  });
}

function unitsOf(drafts) {
  return total(drafts.flatMap((draft) => draft.lines.map((line) => line.quantity)));
}

function groupedBySupplier(list, lineOf) {
  const groups = new Map();
  for (const product of list) {
    const lines = groups.get(product.supplier_id) ?? [];
    groups.set(product.supplier_id, [...lines, lineOf(product)]);
  }
  return [...groups].map(([supplier, lines]) => ({ supplier, lines }));
}

function isReordered(product) {
  return Number(product.reorder_level) > 0 && product.discontinued === "0";
}

/** On hand, with nothing reserved or set aside; also the position while nothing is on order. */
function available(product) {
  return Number(product.units_in_stock);
}

function position(product) {
  return Number(product.units_in_stock) + Number(product.units_on_order);
}

function maxOf(product) {
  return 2 * Number(product.reorder_level);
}

/** Northwind knows no packs: every third product comes in sixes, so that rounding is tried too. */
function packOf(product) {
  return Number(product.product_id) % 3 === 0 ? 6 : 1;
}

/** Nor minimum orders: every fifth product is sold from 50 units, not a whole number of packs. */
function moqOf(product) {
  return Number(product.product_id) % 5 === 0 ? 50 : 1;
}

/** The price without its single-precision noise: 21.3500004 is 21.35. */
function price(product) {
  return String(Number(Number(product.unit_price).toFixed(4)));
}

/** True where the price has more decimals than the four that are kept. */
function isNoisy(product) {
  return (product.unit_price.split(".")[1] ?? "").length > 4;
}

function orderNumber(supplier) {
  return `NW-${supplier}`;
}

function sumBy(rows, key, valueOf) {
  const sums = new Map();
  for (const row of rows) sums.set(row[key], (sums.get(row[key]) ?? 0) + valueOf(row));
  return sums;
}

function total(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}

async function readRows(name) {
  const [header, ...rows] = parseCsv(await readFile(join(source, `${name}.csv`), "utf8"));
  return rows.map((cells) => Object.fromEntries(header.map((column, at) => [column, cells[at]])));
}

/** Rows of cells: comma, double quotes (doubled inside), line breaks allowed in quoted cells. */
function parseCsv(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error(`${rows.length}: row is not CSV; expected closed quotes.`);
    const [, quoted, plain, end] = match;
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n" && cell.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

function toCsv(rows) {
  const header = Object.keys(rows[0]);
  const line = (cells) => cells.map(quote).join(",");
  return `${[line(header), ...rows.map((row) => line(Object.values(row)))].join("\n")}\n`;
}

function quote(value) {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
