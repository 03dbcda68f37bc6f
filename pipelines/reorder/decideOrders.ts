/**
 * Decides what to order of whom, from needs that were read in one snapshot: each policy's need, gathered by item over its warehouses,
 * the supplier for the sum, then rounding, then one draft a supplier and warehouse. Pure.
 */
import { quantityFromText, type ScaledQuantity } from "../../domain/quantity.ts";
import { deliveryDay } from "../../domain/reorder/calendar.ts";
import { chooseSupplier, type SupplierChoice } from "../../domain/reorder/chooseSupplier.ts";
import type { RoundedBy } from "../../domain/reorder/gatherOrder.ts";
import { type ReorderRule, reorderNeed } from "../../domain/reorder/reorderNeed.ts";
import { policyTerms } from "./policyTerms.ts";
import type { NeedRow } from "./queries/needs.ts";
import { type Offer, readOffers } from "./readOffers.ts";

/** A need that was not ordered, and why. */
export interface Unordered {
  readonly sku: string;
  readonly warehouse: string;
  readonly reason: "no_supplier" | "too_large" | "over_maximum";
}

/** A need and what is ordered for it. */
export interface OrderLineNeed {
  readonly row: NeedRow;
  readonly offer: Offer;
  readonly choice: SupplierChoice;
  readonly candidates: number;
  /** What the policy asks for, before MOQ and packs. */
  readonly need: ScaledQuantity;
  readonly quantity: ScaledQuantity;
  /** Of the item from this supplier for all warehouses: what was needed, and what is ordered. */
  readonly gatheredNeed: ScaledQuantity;
  readonly gatheredQuantity: ScaledQuantity;
  readonly roundedBy: RoundedBy;
  readonly unitCost: bigint | null;
  readonly breakAt: ScaledQuantity | null;
  /** YYYY-MM-DD; null where no lead time is known. */
  readonly expectedOn: string | null;
}

/** The lines of one draft, by SKU. An order has one currency: each that a supplier asks for gets a draft of its own. */
export interface OrderGroup {
  readonly supplierId: string;
  readonly warehouseId: string;
  readonly currency: string | null;
  /** The latest of its lines: the order is expected when all of it can be there. */
  readonly expectedOn: string | null;
  readonly lines: readonly OrderLineNeed[];
}

export interface Decided {
  readonly groups: readonly OrderGroup[];
  readonly unordered: readonly Unordered[];
}

interface Need {
  readonly row: NeedRow;
  readonly need: ScaledQuantity;
}

/** Decides on rows that come by SKU and warehouse; keeps that order within a draft. */
export function decideOrders(rows: readonly NeedRow[]): Decided {
  const items = new Map<string, Need[]>();
  for (const row of rows) {
    const rule = ruleOf(row);
    const need = rule === null ? 0n : reorderNeed(positionOf(row), rule, true);
    if (need === 0n) continue;
    const ofItem = items.get(row.item_id);
    if (ofItem === undefined) items.set(row.item_id, [{ row, need }]);
    else ofItem.push({ row, need });
  }
  const decided = [...items.values()].map(decideItem);
  return {
    groups: groupLines(decided.flatMap(({ lines }) => lines)),
    unordered: decided.flatMap(({ unordered }) => unordered),
  };
}

/** What is or will be there, drafts counted in. */
function positionOf(row: NeedRow): ScaledQuantity {
  return quantityFromText(row.position) + quantityFromText(row.drafted);
}

/** The rule of a policy's own figures, or of those worked out for it. The table's checks keep the figures of a method present. */
function ruleOf(row: NeedRow): ReorderRule | null {
  if (row.reorder_at === null) return null;
  const reorderAt = quantityFromText(row.reorder_at);
  const { reorderQuantity, max, reviewDays } = policyTerms(row);
  if (row.method === "reorder_point") {
    return { kind: "fixed_quantity", reorderAt, quantity: reorderQuantity ?? 0n };
  }
  if (row.method === "min_max") return { kind: "order_up_to", reorderAt, orderUpTo: max ?? 0n };
  if (row.order_up_to === null) return null;
  const orderUpTo = quantityFromText(row.order_up_to);
  if (row.method === "periodic_review") {
    return { kind: "periodic", reorderAt, orderUpTo, reviewDays: reviewDays ?? 1 };
  }
  return { kind: "order_up_to", reorderAt, orderUpTo };
}

function decideItem(needs: readonly Need[]): {
  readonly lines: OrderLineNeed[];
  readonly unordered: Unordered[];
} {
  const refuse = (reason: Unordered["reason"]) => ({
    lines: [],
    unordered: needs.map(({ row }) => ({ sku: row.sku, warehouse: row.warehouse, reason })),
  });
  const offers = readOffers(needs[0]?.row.offers ?? []);
  const amounts = needs.map(({ need }) => need);
  const chosen = chooseSupplier(offers, amounts);
  if (chosen === undefined) return refuse("no_supplier");
  const { offer, choice, order } = chosen;
  if (order.result !== "order") return refuse(order.result);
  const gatheredNeed = amounts.reduce((sum, need) => sum + need, 0n);
  const lines = needs.flatMap(({ row, need }, nth) => {
    const quantity = order.quantities[nth] ?? 0n;
    if (quantity === 0n) return []; // the maximum left nothing for it; the next run looks again
    const line: OrderLineNeed = {
      row,
      offer,
      choice,
      candidates: offers.length,
      need,
      quantity,
      gatheredNeed,
      gatheredQuantity: order.total,
      roundedBy: order.roundedBy,
      unitCost: order.unitCost,
      breakAt: order.breakAt,
      expectedOn:
        offer.leadTimeDays === null
          ? null
          : deliveryDay(row.today, offer.leadTimeDays, offer.calendar),
    };
    return [line];
  });
  return { lines, unordered: [] };
}

/** One draft a supplier and warehouse, by supplier, warehouse, SKU. */
function groupLines(lines: readonly OrderLineNeed[]): OrderGroup[] {
  const pairs = new Map<string, OrderLineNeed[]>();
  const sorted = lines.toSorted(
    (one, other) =>
      compare(one.offer.code, other.offer.code) ||
      compare(one.row.warehouse, other.row.warehouse) ||
      compare(one.row.sku, other.row.sku),
  );
  for (const line of sorted) {
    const key = `${line.offer.supplierId}/${line.row.warehouse_id}`;
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, [line]);
    else pair.push(line);
  }
  return [...pairs.values()].flatMap(splitByCurrency);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** A line without a price or currency of its own joins the first currency of its pair. */
function splitByCurrency(lines: readonly OrderLineNeed[]): OrderGroup[] {
  const [first] = lines;
  if (first === undefined) return [];
  const named = lines.flatMap((line) => line.offer.currency ?? []);
  const usual = named[0] ?? first.row.supplier_currencies[first.offer.code] ?? null;
  const currencies = new Set(lines.map((line) => line.offer.currency ?? usual));
  return [...currencies].map((currency) => {
    const own = lines.filter((line) => (line.offer.currency ?? usual) === currency);
    const days = own.flatMap((line) => line.expectedOn ?? []).toSorted();
    return {
      supplierId: first.offer.supplierId,
      warehouseId: first.row.warehouse_id,
      currency,
      expectedOn: days.at(-1) ?? null,
      lines: own,
    };
  });
}
