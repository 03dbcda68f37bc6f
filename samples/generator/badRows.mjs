// The deliberate mistakes: one row of each kind, planted at fixed places of the finished tables.
// A planted row carries `fault` ({ kind, column }), which is listed but never written to a file.

const movement = {
  type: "issue",
  sku: "CUP-005",
  warehouse: "RTM",
  quantity: "1",
  reference_type: "sales_order",
  reference_id: "SO-BAD",
};
const toLyon = { type: "transfer", reference_type: undefined, reference_id: undefined };

/** [share of the file before the row, cells that differ, column at fault, kind of error] */
const movementFaults = [
  [0.08, { sku: "CUP-999" }, "sku", "unknown_sku"],
  [0.17, { quantity: "abc" }, "quantity", "not_a_number"],
  [0.26, { quantity: "-4" }, "quantity", "not_positive"],
  [0.35, { warehouse: "" }, "warehouse", "missing_value"],
  [0.44, { type: "sale" }, "type", "unknown_type"],
  [0.53, { quantity: "2.12345" }, "quantity", "too_many_decimals"],
  [0.62, { occurred_at: "2025-02-30T10:00:00Z" }, "occurred_at", "invalid_date"],
  [0.71, { quantity: "99999" }, "quantity", "insufficient_stock"],
  [0.8, toLyon, "to_warehouse", "missing_destination"],
];

const supplierItem = {
  supplier: "NOBODY",
  sku: "KET-001",
  unit_cost: "19.90",
  currency: "EUR",
  moq: 1,
  pack_size: 1,
  lead_time_days: 5,
  preferred: "false",
};
const policy = { warehouse: "RTM", method: "min_max", min: "20", max: "5" };

/** Plants every bad row; changes the given tables in place. */
export function plantBadRows({ movements, items, supplierItems, policies, counts }) {
  for (const [share, cells, column, kind] of movementFaults) {
    const at = Math.floor(movements.length * share);
    const { occurred_at } = movements[at - 1];
    movements.splice(at, 0, { ...movement, occurred_at, ...cells, fault: { kind, column } });
  }
  plantInCatalogue(items);
  plant(supplierItems, 77, supplierItem, ["supplier", "unknown_supplier"]);
  const { sku } = items.find(
    (item) => !item.fault && !policies.some((row) => row.sku === item.sku),
  );
  plant(policies, 300, { ...policy, sku }, ["max", "max_below_min"]);
  const nowhere = { ...counts[150], warehouse: "RTD" };
  plant(counts, 150, nowhere, ["warehouse", "unknown_warehouse"]);
  const uncounted = { ...counts[250], warehouse: "LYS", quantity: undefined };
  plant(counts, 250, uncounted, ["quantity", "missing_value"]);
}

function plantInCatalogue(items) {
  const double = { ...items[40], name: `${items[40].name} (second entry)` };
  plant(items, 200, double, ["sku", "duplicate_sku"]);
  const odd = { ...items[10], sku: "GRD-900", name: "Molino demo grinder", barcode: "" };
  plant(items, 120, { ...odd, currency: "EURO" }, ["currency", "invalid_currency"]);
}

function plant(rows, at, row, [column, kind]) {
  rows.splice(at, 0, { ...row, fault: { kind, column } });
}

/** The planted rows of one file; `line` counts the header as line 1, as a spreadsheet shows it. */
export function faultsOf(file, rows) {
  return rows.flatMap((row, at) => (row.fault ? [{ file, line: at + 2, ...row.fault }] : []));
}
