/**
 * Turns movement lines as clients write them (SKUs, codes) into commands (ids, lanes), or into faults placed by JSON pointer.
 * All look-ups of a request go together; nothing is accepted here.
 */
import { describeFault, type InputFault } from "../../domain/errors.ts";
import type { MovementType } from "../../domain/movement.ts";
import type { Clock } from "../../platform/clock.ts";
import type { CatalogueLookup, ItemEntry, WarehouseEntry } from "../catalogue/index.ts";
import { type HashedFields, hashMovementBody, type MovementCommand } from "./movementCommand.ts";

/** A line after the checks of its form: quantities are normalised decimal strings. */
export interface MovementLine {
  readonly id?: string | undefined;
  readonly type: MovementType;
  readonly sku: string;
  readonly warehouse: string;
  readonly to_warehouse?: string | undefined;
  readonly quantity: string;
  readonly unit?: string | undefined;
  readonly unit_cost?: string | undefined;
  readonly currency?: string | undefined;
  readonly expected_version?: number | undefined;
  readonly reason?: string | undefined;
  readonly reference?: { readonly type: string; readonly id: string } | undefined;
  readonly occurred_at?: Date | undefined;
}

interface ResolveOptions {
  readonly catalogue: Pick<CatalogueLookup, "itemsBySku" | "warehousesByCode">;
  readonly clock: Clock;
  /** Id of a line that names none, by its place. */
  readonly idOf: (place: number) => string;
  /** Codes that the caller is limited to; others are as if they did not exist. */
  readonly warehouses: readonly string[] | undefined;
  readonly actor: string;
  readonly sourceId: string | null;
}

/** Clocks of clients may be ahead by this much. */
const AHEAD_MS_MAX = 10 * 60_000;

/** Answers the commands of all lines, or every fault found. Pointers start at `pointerOf(place)`. */
export async function resolveMovements(
  lines: readonly MovementLine[],
  options: ResolveOptions,
  pointerOf: (place: number) => string,
): Promise<{ commands: MovementCommand[]; faults: InputFault[] }> {
  const codes = lines.flatMap((line) => [line.warehouse, line.to_warehouse ?? line.warehouse]);
  const [items, warehouses] = await Promise.all([
    options.catalogue.itemsBySku(distinct(lines.map((line) => line.sku))),
    options.catalogue.warehousesByCode(distinct(codes)),
  ]);
  const visible = (code: string) =>
    options.warehouses === undefined || options.warehouses.includes(code)
      ? warehouses.get(code)
      : undefined;
  const commands: MovementCommand[] = [];
  const faults: InputFault[] = [];
  lines.forEach((line, place) => {
    const report = (field: string, code: string, fault: Parameters<typeof describeFault>[0]) => {
      faults.push({ pointer: `${pointerOf(place)}/${field}`, code, detail: describeFault(fault) });
    };
    const parts: LineParts = {
      item: items.get(line.sku),
      warehouse: visible(line.warehouse),
      toWarehouse: line.to_warehouse === undefined ? undefined : visible(line.to_warehouse),
    };
    const before = faults.length;
    checkParts(line, parts, report);
    checkRules(line, options.clock, report);
    if (faults.length > before || parts.item === undefined || parts.warehouse === undefined) return;
    commands.push(
      toCommand({
        line,
        place,
        item: parts.item,
        warehouse: parts.warehouse,
        toWarehouse: parts.toWarehouse,
        options,
      }),
    );
  });
  return { commands, faults };
}

interface LineParts {
  readonly item: ItemEntry | undefined;
  readonly warehouse: WarehouseEntry | undefined;
  readonly toWarehouse: WarehouseEntry | undefined;
}
type Report = (field: string, code: string, fault: Parameters<typeof describeFault>[0]) => void;

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function checkParts(line: MovementLine, parts: LineParts, report: Report): void {
  checkItem(line, parts.item, report);
  checkWarehouse("warehouse", line.warehouse, parts.warehouse, report);
  if (line.to_warehouse !== undefined) {
    checkWarehouse("to_warehouse", line.to_warehouse, parts.toWarehouse, report);
  }
}

function checkItem(line: MovementLine, item: ItemEntry | undefined, report: Report): void {
  if (item === undefined) {
    report("sku", "unknown_sku", { thing: "sku", found: line.sku, expected: "the SKU of an item" });
    return;
  }
  if (item.status === "archived") {
    report("sku", "item_archived", {
      thing: "sku",
      found: line.sku,
      expected: "an item that is not archived",
    });
  }
  if (item.tracking !== "none") {
    report("sku", "not_supported", {
      thing: `sku tracked by ${item.tracking}`,
      found: line.sku,
      expected: "an untracked item: lots and serial numbers are not applied in this version",
    });
  }
  if (line.unit !== undefined && line.unit !== item.unit) {
    report("unit", "not_supported", {
      thing: "unit",
      found: line.unit,
      expected: `the item's stock unit "${item.unit}": packs are not converted in this version`,
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

function checkWarehouse(
  field: string,
  code: string,
  warehouse: WarehouseEntry | undefined,
  report: Report,
): void {
  if (warehouse === undefined) {
    report(field, "unknown_warehouse", {
      thing: field,
      found: code,
      expected: "the code of a warehouse",
    });
  } else if (warehouse.status === "archived") {
    report(field, "warehouse_archived", {
      thing: field,
      found: code,
      expected: "a warehouse that is not archived",
    });
  }
}

/** Rules that hold between the fields of one line. */
function checkRules(line: MovementLine, clock: Clock, report: Report): void {
  checkQuantity(line, report);
  if (line.type === "transfer" && line.to_warehouse === undefined) {
    report("to_warehouse", "required", {
      thing: "to_warehouse",
      expected: "the code of the warehouse that a transfer goes to",
    });
  }
  if (line.type !== "transfer" && line.to_warehouse !== undefined) {
    report("to_warehouse", "not_allowed", {
      thing: "to_warehouse",
      found: line.to_warehouse,
      expected: `nothing: ${line.type} stays in its warehouse`,
    });
  }
  if (line.to_warehouse === line.warehouse) {
    report("to_warehouse", "same_warehouse", {
      thing: "to_warehouse",
      found: line.to_warehouse,
      expected: "another warehouse than the one it leaves",
    });
  }
  if (line.type !== "receipt" && line.unit_cost !== undefined) {
    report("unit_cost", "not_allowed", {
      thing: "unit_cost",
      found: line.unit_cost,
      expected: `nothing: only a receipt carries a cost, not ${line.type}`,
    });
  }
  if (
    line.occurred_at !== undefined &&
    line.occurred_at.getTime() > clock.now().getTime() + AHEAD_MS_MAX
  ) {
    report("occurred_at", "date_future", {
      thing: "occurred_at",
      found: line.occurred_at,
      expected: "a time that is not in the future",
    });
  }
}

function checkQuantity(line: MovementLine, report: Report): void {
  const zero = line.quantity === "0";
  const negative = line.quantity.startsWith("-");
  const fault = (expected: string) =>
    report("quantity", "quantity_sign", { thing: "quantity", found: line.quantity, expected });
  if (line.type === "adjustment") {
    if (zero) fault("a signed quantity other than 0 for adjustment");
  } else if (line.type === "count") {
    if (negative) fault("a counted quantity of 0 or more");
  } else if (zero || negative) {
    fault(`a quantity greater than 0 for ${line.type}`);
  }
}

interface CommandParts {
  readonly line: MovementLine;
  readonly place: number;
  readonly item: ItemEntry;
  readonly warehouse: WarehouseEntry;
  readonly toWarehouse: WarehouseEntry | undefined;
  readonly options: ResolveOptions;
}

function toCommand({
  line,
  place,
  item,
  warehouse,
  toWarehouse,
  options,
}: CommandParts): MovementCommand {
  const fields: HashedFields = {
    type: line.type,
    itemId: item.id,
    warehouseId: warehouse.id,
    toWarehouseId: toWarehouse?.id ?? null,
    quantity: line.quantity,
    ...optionalFields(line),
  };
  return {
    ...fields,
    id: line.id ?? options.idOf(place),
    lane: item.lane,
    bodyHash: hashMovementBody(fields),
    source: "api",
    sourceId: options.sourceId,
    actor: options.actor,
    occurredAt: line.occurred_at ?? options.clock.now(),
  };
}

/** What a line may leave out, with null for what it did. */
function optionalFields(line: MovementLine) {
  return {
    unitCost: line.unit_cost ?? null,
    currency: line.currency ?? null,
    expectedVersion: line.expected_version ?? null,
    reason: line.reason ?? null,
    referenceType: line.reference?.type ?? null,
    referenceId: line.reference?.id ?? null,
    occurredAt: line.occurred_at ?? null,
  };
}
