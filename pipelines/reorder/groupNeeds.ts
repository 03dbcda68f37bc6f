/**
 * Gathers lines into orders: one draft a supplier and warehouse. Only where a supplier prices items of one warehouse in
 * several currencies does each currency get a draft of its own, since an order has one currency.
 */
import type { ScaledQuantity } from "../../domain/quantity.ts";
import type { NeedRow } from "./queries.ts";

/** A need whose supplier is chosen. */
export interface NeedWithSupplier extends NeedRow {
  readonly supplier_id: string;
  readonly supplier: string;
  readonly moq: string;
  readonly pack_size: string;
}

/** A need and what is ordered for it. */
export interface OrderLineNeed {
  readonly row: NeedWithSupplier;
  /** What the policy asks for, before MOQ and packs. */
  readonly need: ScaledQuantity;
  readonly quantity: ScaledQuantity;
}

/** The lines of one draft, by SKU. */
export interface OrderGroup {
  readonly supplierId: string;
  readonly warehouseId: string;
  readonly currency: string | null;
  /** The longest of its lines: the order is expected when all of it can be there. */
  readonly leadTimeDays: number | null;
  readonly lines: readonly OrderLineNeed[];
}

/** Groups lines that come sorted by supplier, warehouse and SKU; keeps that order. */
export function groupNeeds(lines: readonly OrderLineNeed[]): OrderGroup[] {
  const pairs = new Map<string, OrderLineNeed[]>();
  for (const line of lines) {
    const key = `${line.row.supplier_id}/${line.row.warehouse_id}`;
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, [line]);
    else pair.push(line);
  }
  return [...pairs.values()].flatMap(splitByCurrency);
}

/** A line without a price or currency of its own joins the first currency of its pair. */
function splitByCurrency(lines: readonly OrderLineNeed[]): OrderGroup[] {
  const named = lines.flatMap((line) => currencyOf(line) ?? []);
  const first = named[0] ?? lines[0]?.row.supplier_currency ?? null;
  const currencies = new Set(lines.map((line) => currencyOf(line) ?? first));
  return [...currencies].map((currency) =>
    toGroup(
      lines.filter((line) => (currencyOf(line) ?? first) === currency),
      currency,
    ),
  );
}

function currencyOf({ row }: OrderLineNeed): string | null {
  return row.unit_cost === null ? null : (row.currency ?? row.supplier_currency);
}

function toGroup(lines: readonly OrderLineNeed[], currency: string | null): OrderGroup {
  const first = lines[0];
  if (first === undefined) throw new Error("a group of no lines was made");
  const days = lines.flatMap((line) => line.row.lead_time_days ?? []);
  return {
    supplierId: first.row.supplier_id,
    warehouseId: first.row.warehouse_id,
    currency,
    leadTimeDays: days.length === 0 ? null : Math.max(...days),
    lines,
  };
}
