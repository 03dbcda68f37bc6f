/** What the good rows of purchase orders come to: new drafts, changes of drafts, and how far each goes on. Pure but for ids. */
import { dayIn } from "../../domain/timeZones.ts";
import { newId } from "../../platform/clock.ts";
import { type BookedStatus, type Booking, draftTerms } from "../purchasing/index.ts";
import { costOf } from "./orderCost.ts";
import {
  byOrder,
  changedColumn,
  headOf,
  isOpen,
  type OrderHead,
  type ReadRow,
} from "./orderRules.ts";
import type { RowFate } from "./queries/fates.ts";
import type { OrderFileRow } from "./queries/purchaseOrders.ts";

/** An order of the file with its rows that go in. */
interface GoodOrder {
  readonly rows: readonly ReadRow[];
  readonly first: ReadRow;
  readonly head: OrderHead;
}

/** The orders that have rows to go in. */
function goodOrders(rows: readonly OrderFileRow[]): GoodOrder[] {
  return byOrder(rows).flatMap((order) => {
    const open = order.filter(isOpen);
    const [first] = open;
    return first === undefined ? [] : [{ rows: open, first, head: headOf(open) }];
  });
}

interface Plan {
  made: Booking["made"][number][];
  changed: Booking["changed"][number][];
  newLines: Booking["newLines"][number][];
  changedLines: Booking["changedLines"][number][];
  moved: Map<string, BookedStatus>;
}

/** Plans the booking of rows that were judged good. */
export function planOrders(
  rows: readonly OrderFileRow[],
  args: { readonly actor: string; readonly now: Date },
): Booking {
  const plan: Plan = { made: [], changed: [], newLines: [], changedLines: [], moved: new Map() };
  for (const order of goodOrders(rows)) {
    if (order.first.order_id === null) planNew(plan, order, args);
    else planChange(plan, order, order.first.order_id);
  }
  return { ...plan, actor: args.actor };
}

function planNew(
  plan: Plan,
  { rows, first, head }: GoodOrder,
  args: { readonly actor: string; readonly now: Date },
): void {
  const id = newId();
  const supplier = {
    currency: first.supplier_currency,
    lead_time_days: first.lead_time_days,
    working_days: first.working_days,
    holidays: first.holidays ?? [],
  };
  const said = { currency: head.currency, expectedOn: head.expected_on };
  const terms = draftTerms(said, supplier, dayIn(args.now, first.warehouse_time_zone ?? "UTC"));
  plan.made.push({
    id,
    number: first.fields["order"] ?? "",
    supplierId: first.supplier_id ?? "",
    warehouseId: first.warehouse_id ?? "",
    createdBy: args.actor,
    ...terms,
  });
  for (const [place, row] of rows.entries()) {
    plan.newLines.push(newLine(row, { orderId: id, lineNumber: place + 1, ...terms }));
  }
  moveTo(plan, id, head);
}

function planChange(plan: Plan, { rows, first, head }: GoodOrder, id: string): void {
  if (rows.every((row) => changedColumn(row, head) === undefined)) return;
  const currency = head.currency === undefined ? first.order_currency : head.currency;
  const expectedOn = head.expected_on === undefined ? first.order_expected_on : head.expected_on;
  const changes = rows.filter((row) => isOtherThan(row, head));
  if (changes.length > 0) plan.changed.push({ id, currency, expectedOn });
  let last = first.order_last_line;
  for (const row of changes) {
    if (row.line_id === null) {
      last += 1;
      plan.newLines.push(newLine(row, { orderId: id, lineNumber: last, currency }));
    } else {
      const unitCost = costOf(row, currency);
      plan.changedLines.push({ id: row.line_id, quantity: row.fields["quantity"] ?? "", unitCost });
    }
  }
  moveTo(plan, id, head);
}

/** True where more than the order's status differs: going on is no change of a draft, but a step of its own. */
function isOtherThan(row: ReadRow, head: OrderHead): boolean {
  return changedColumn(row, { ...head, status: undefined }) !== undefined;
}

function newLine(
  row: ReadRow,
  of: { readonly orderId: string; readonly lineNumber: number; readonly currency: string | null },
): Booking["newLines"][number] {
  return {
    id: newId(),
    orderId: of.orderId,
    lineNumber: of.lineNumber,
    itemId: row.item_id ?? "",
    quantity: row.fields["quantity"] ?? "",
    unitCost: costOf(row, of.currency),
  };
}

function moveTo(plan: Plan, id: string, { status }: OrderHead): void {
  if (status === "approved" || status === "sent") plan.moved.set(id, status);
}

/** What would become of each good row, and of each order with one. */
export function foreseeOrders(rows: readonly OrderFileRow[]): {
  readonly fates: RowFate[];
  readonly orders: Fates;
} {
  const fates: RowFate[] = [];
  const orders = { creates: 0, updates: 0, unchanged: 0 };
  for (const { rows: open, first, head } of goodOrders(rows)) {
    const isNew = first.order_id === null;
    const changed = open.filter((row) => changedColumn(row, head) !== undefined);
    if (isNew) orders.creates += 1;
    else if (changed.length > 0) orders.updates += 1;
    else orders.unchanged += 1;
    for (const row of open)
      fates.push({ row_number: row.row_number, fate: fateOf(row, head, isNew) });
  }
  return { fates, orders };
}

/** Counts as the preview of every kind has them. */
export interface Fates {
  readonly creates: number;
  readonly updates: number;
  readonly unchanged: number;
}

function fateOf(row: ReadRow, head: OrderHead, isNew: boolean): string {
  if (isNew || row.line_id === null) return "create";
  return changedColumn(row, head) === undefined ? "unchanged" : "update";
}
