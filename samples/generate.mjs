// Writes the sample files of `npm run demo`: `node samples/generate.mjs [folder]` (default: here).
// Deterministic: own seeded chance, no clock; the CSV files come out byte for byte the same. Ends
// with an error when the planted bad rows and those that the independent fold finds differ.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultsOf, plantBadRows } from "./generator/badRows.mjs";
import { makeItems } from "./generator/catalogue.mjs";
import { makeCounts } from "./generator/counts.mjs";
import { quantityText, toCsv } from "./generator/csv.mjs";
import { expectedFigures } from "./generator/expectedFigures.mjs";
import {
  makePairs,
  makeSupplierItems,
  policyRows,
  suppliers,
  warehouses,
} from "./generator/partners.mjs";
import { seededRandom } from "./generator/seededRandom.mjs";
import { writeCatalogue, writeCounts } from "./generator/workbooks.mjs";
import { simulateYear } from "./generator/year.mjs";

const seed = 20250102;
const columns = {
  "warehouses.csv": "code,name,address,latitude,longitude,time_zone,allow_negative",
  "suppliers.csv":
    "code,name,contact_name,email,phone,address,city,country,currency,lead_time_days",
  "items.csv": "sku,name,unit,category,barcode,cost,price,currency,status",
  "supplier_items.csv":
    "supplier,sku,supplier_sku,unit_cost,currency,moq,pack_size,lead_time_days,preferred",
  "reorder_policies.csv": "sku,warehouse,method,reorder_point,reorder_quantity,min,max",
  "movements-2025.csv":
    "type,sku,warehouse,to_warehouse,quantity,unit_cost,currency,reference_type,reference_id,reason,occurred_at",
};

const folder = process.argv[2] ?? fileURLToPath(new URL(".", import.meta.url));
const tables = makeTables();
await writeTables(folder, tables);
const expected = await expectedFigures(folder);
requireSameFaults(plantedFaults(tables), expected.bad_rows);
await writeFile(join(folder, "expected.json"), `${JSON.stringify(expected, null, 2)}\n`);
const { rows } = expected.files["movements-2025.csv"];
process.stdout.write(
  `Wrote the samples: ${rows} movement rows, ${expected.bad_rows.length} bad rows.\n`,
);

function makeTables() {
  const random = seededRandom(seed);
  const items = makeItems(random);
  const supplierItems = makeSupplierItems(items, random);
  const pairs = makePairs(items, random);
  const { rows, stock } = simulateYear({ pairs, warehouses, random });
  const movements = rows.map((row) => ({ ...row, quantity: quantityText(row.quantity) }));
  const counts = makeCounts({ pairs, stock, random });
  const policies = policyRows(pairs);
  plantBadRows({ movements, items, supplierItems, policies, counts });
  return { items, supplierItems, policies, movements, counts };
}

async function writeTables(target, { items, supplierItems, policies, movements, counts }) {
  await mkdir(target, { recursive: true });
  const csvRows = {
    "warehouses.csv": warehouses,
    "suppliers.csv": suppliers,
    "items.csv": items,
    "supplier_items.csv": supplierItems,
    "reorder_policies.csv": policies,
    "movements-2025.csv": movements,
  };
  for (const [file, rows] of Object.entries(csvRows)) {
    await writeFile(join(target, file), toCsv(columns[file].split(","), rows));
  }
  await writeCatalogue(join(target, "catalogue.xlsx"), items);
  await writeCounts(join(target, "counts-2026-01.xlsx"), counts);
}

function plantedFaults({ items, supplierItems, policies, movements, counts }) {
  return [
    ...faultsOf("items.csv", items),
    ...faultsOf("catalogue.xlsx", items),
    ...faultsOf("supplier_items.csv", supplierItems),
    ...faultsOf("reorder_policies.csv", policies),
    ...faultsOf("movements-2025.csv", movements),
    ...faultsOf("counts-2026-01.xlsx", counts),
  ];
}

function requireSameFaults(planted, found) {
  const listed = (faults) => faults.map(({ file, line, kind }) => `${file}:${line} ${kind}`).sort();
  const [left, right] = [listed(planted), listed(found)].map((list) => list.join("\n"));
  if (left === right) return;
  throw new Error(`Bad rows differ.\nplanted:\n${left}\nfound by the fold:\n${right}`);
}
