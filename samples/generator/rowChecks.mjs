// The plainest reading of contract.md's columns: one check a file kind, in a flat order, which
// answers the first fault as [column, kind] or nothing. Used by expectedFigures.mjs only.

const movementTypes = new Set([
  "receipt",
  "issue",
  "transfer",
  "adjustment",
  "return",
  "supplier_return",
  "scrap",
]);

/** Checks by file kind: `(row, { known, seen }) => [column, kind] | undefined`. */
export const checksOf = {
  items(row, { seen }) {
    if (row.sku === "" || row.name === "") return ["sku", "missing_value"];
    if (!/^[A-Z]{3}$/.test(row.currency)) return ["currency", "invalid_currency"];
    if (seen.has(row.sku)) return ["sku", "duplicate_sku"];
    seen.add(row.sku);
    return undefined;
  },
  supplier_items(row, { known }) {
    if (!known.suppliers.has(row.supplier)) return ["supplier", "unknown_supplier"];
    if (!known.items.has(row.sku)) return ["sku", "unknown_sku"];
    return undefined;
  },
  reorder_policies(row, { known }) {
    const fault = placeFault(row, known);
    if (fault !== undefined) return fault;
    const inverted = row.method === "min_max" && scaled(row.max) < scaled(row.min);
    return inverted ? ["max", "max_below_min"] : undefined;
  },
  movements(row, { known }) {
    if (!movementTypes.has(row.type)) return ["type", "unknown_type"];
    const lost = row.type === "transfer" && row.to_warehouse === "";
    if (lost) return ["to_warehouse", "missing_destination"];
    return placeFault(row, known) ?? quantityFault(row) ?? timeFault(row, "occurred_at");
  },
  counts(row, { known }) {
    return (
      placeFault(row, known) ??
      quantityFault({ ...row, type: "count" }) ??
      timeFault(row, "counted_at")
    );
  },
};

function placeFault(row, known) {
  if (!known.items.has(row.sku)) return ["sku", "unknown_sku"];
  if (row.warehouse === "") return ["warehouse", "missing_value"];
  if (!known.warehouses.has(row.warehouse)) return ["warehouse", "unknown_warehouse"];
  return undefined;
}

function quantityFault({ type, quantity }) {
  if (quantity === "") return ["quantity", "missing_value"];
  if (!/^-?\d+(\.\d+)?$/.test(quantity)) return ["quantity", "not_a_number"];
  if (/\.\d{5,}$/.test(quantity)) return ["quantity", "too_many_decimals"];
  const value = scaled(quantity);
  if (type === "adjustment") return value === 0n ? ["quantity", "zero"] : undefined;
  const least = type === "count" ? 0n : 1n;
  return value < least ? ["quantity", "not_positive"] : undefined;
}

function timeFault(row, column) {
  const text = row[column];
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? new Date(text) : undefined;
  const same =
    time !== undefined &&
    !Number.isNaN(time.getTime()) &&
    time.toISOString().slice(0, 19) === text.slice(0, 19);
  return same ? undefined : [column, "invalid_date"];
}

/** Decimal text of at most four decimals as ten-thousandths. */
export function scaled(text) {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(String(text));
  const value = BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, "0"));
  return sign === "-" ? -value : value;
}
