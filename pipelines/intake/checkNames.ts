/** What a line names must exist, be live and fit the item: SKU, warehouses, unit, currency, lot. Pure; look-ups come in. */
import type { Tracking } from "../../domain/movement.ts";
import { listUnits, toStockUnits } from "../../domain/stockUnits.ts";
import type { ItemEntry, WarehouseEntry } from "../catalogue/index.ts";
import type { Report } from "./checkLine.ts";
import type { MovementLine } from "./movementLine.ts";

/** What the names of a line stand for; undefined where there is no such thing for this caller. */
export interface LineNames {
  readonly item: ItemEntry | undefined;
  readonly warehouse: WarehouseEntry | undefined;
  readonly toWarehouse: WarehouseEntry | undefined;
}

/** Checks the names; answers the quantity in stock units, or undefined where it has none. */
export function checkNames(
  line: MovementLine,
  names: LineNames,
  report: Report,
): string | undefined {
  checkWarehouse("warehouse", { code: line.warehouse, entry: names.warehouse }, report);
  if (line.to_warehouse !== undefined) {
    checkWarehouse("to_warehouse", { code: line.to_warehouse, entry: names.toWarehouse }, report);
  }
  const { item } = names;
  if (item === undefined) {
    report("sku", "unknown_sku", { thing: "sku", found: line.sku, expected: "the SKU of an item" });
    return undefined;
  }
  checkItem(line, item, report);
  const quantity = stockQuantity(line, item, report);
  if (quantity !== undefined) checkTracking(line, { item, quantity }, report);
  return quantity;
}

function checkWarehouse(
  field: string,
  { code, entry }: { code: string; entry: WarehouseEntry | undefined },
  report: Report,
): void {
  const fault = { thing: field, found: code };
  if (entry === undefined) {
    report(field, "unknown_warehouse", { ...fault, expected: "the code of a warehouse" });
  } else if (entry.status === "archived") {
    const expected = "a warehouse that is not archived";
    report(field, "warehouse_archived", { ...fault, expected });
  }
}

function checkItem(line: MovementLine, item: ItemEntry, report: Report): void {
  if (item.status === "archived") {
    report("sku", "item_archived", {
      thing: "sku",
      found: line.sku,
      expected: "an item that is not archived",
    });
  }
  if (line.currency !== undefined && item.currency !== null && line.currency !== item.currency) {
    report("currency", "currency_mismatch", {
      thing: "currency",
      found: line.currency,
      expected: `the item's currency ${item.currency}`,
    });
  }
}

/** The line's quantity in stock units. */
function stockQuantity(line: MovementLine, item: ItemEntry, report: Report): string | undefined {
  const { unit, quantity } = line;
  if (unit === undefined || unit === item.unit) return quantity;
  const factor = Object.hasOwn(item.units ?? {}, unit) ? item.units?.[unit] : undefined;
  if (factor === undefined) {
    report("unit", "unknown_unit", {
      thing: "unit",
      found: unit,
      expected: `a unit of the item: ${listUnits(item.unit, item.units)}`,
    });
    return undefined;
  }
  const converted = toStockUnits(quantity, factor);
  if ("quantity" in converted) return converted.quantity;
  const pack = `${factor} ${item.unit} each`;
  report("quantity", converted.fault, {
    thing: `quantity in ${unit} (${pack})`,
    found: quantity,
    expected:
      converted.fault === "unit_inexact"
        ? `a quantity that 4 decimals of the stock unit "${item.unit}" hold exactly`
        : `less than 100,000,000,000,000 of the stock unit "${item.unit}"`,
  });
  return undefined;
}

/** What an item's tracking says of the lot and of the quantity. That a lot is missing depends on what is there: the fold decides. */
function checkTracking(
  line: MovementLine,
  { item, quantity }: { item: ItemEntry; quantity: string },
  report: Report,
): void {
  const field = line.serial === undefined ? "lot" : "serial";
  const found = line.serial ?? line.lot;
  if (found === undefined) return;
  const tracking: Tracking = item.tracking;
  if (tracking === "none") {
    const expected = `nothing: the item is not tracked by lot or serial number`;
    report(field, "lot_not_tracked", { thing: field, found, expected });
  } else if (tracking === "lot" && field === "serial") {
    const expected = "nothing: the item is tracked by lot, which is named by lot";
    report(field, "not_allowed", { thing: field, found, expected });
  } else if (tracking === "serial" && !isOfOnePiece(line.type, quantity)) {
    report("quantity", "serial_quantity", {
      thing: "quantity",
      found: quantity,
      expected: `${line.type === "count" ? "0 or 1" : "1"}: a serial number is one piece`,
    });
  }
}

function isOfOnePiece(type: MovementLine["type"], quantity: string): boolean {
  if (quantity === "1") return true;
  return (type === "adjustment" && quantity === "-1") || (type === "count" && quantity === "0");
}
