/**
 * What the rows of one order must fulfil together, and beside the order that has their number already. An order goes in whole
 * or not at all, so that one bad row takes the others with it, each naming it. Pure.
 */
import type { ApprovalLimits } from "../../domain/approvalLimits.ts";
import type { Role } from "../../domain/roles.ts";
import { ORDER_LINES_MAX } from "../purchasing/index.ts";
import { type Approver, limitRefusal } from "./orderCost.ts";
import type { OrderFileRow } from "./queries/purchaseOrders.ts";
import type { FoundFault } from "./queries/rows.ts";

/** Fields that are the order's, not the line's. */
const HEAD_FIELDS = ["supplier", "warehouse", "currency", "expected_on", "status"] as const;
type HeadField = (typeof HEAD_FIELDS)[number];

/** What the rows of an order say of it: undefined where none says it, null where it shall be empty. */
export type OrderHead = Readonly<Record<HeadField, string | null | undefined>>;

/** A row whose fields could be read. */
export type ReadRow = OrderFileRow & { readonly fields: NonNullable<OrderFileRow["fields"]> };

/** True for rows that may still go in. */
export function isOpen(row: OrderFileRow): row is ReadRow {
  return row.state === "staged" && row.fields !== null;
}

/** The head that the rows give; a row that leaves a field empty follows the first that fills it. */
export function headOf(rows: readonly ReadRow[]): OrderHead {
  const said = (field: HeadField) => {
    const values = rows.map((row) => row.fields[field]).filter((value) => value !== undefined);
    return values.find((value) => value !== null) ?? values[0];
  };
  return {
    supplier: said("supplier"),
    warehouse: said("warehouse"),
    currency: said("currency"),
    expected_on: said("expected_on"),
    status: said("status"),
  };
}

/** One order while it is judged. */
interface Order {
  readonly open: readonly ReadRow[];
  readonly head: OrderHead;
  /** First row of each SKU. */
  readonly firsts: ReadonlyMap<string, number>;
  /** Lines that the order would have. */
  readonly lines: number;
  readonly sender: Sender;
}

/** Whose file it is. */
export interface Sender {
  /** Codes that the sender is limited to; null means all. */
  readonly warehouses: readonly string[] | null;
  readonly approver: Approver;
}

/** The sender of an import, as it is noted. */
export function senderOf(
  row: { readonly warehouses: readonly string[] | null; readonly approver_roles: Role[] | null },
  limits: ApprovalLimits,
): Sender {
  return { warehouses: row.warehouses, approver: { roles: row.approver_roles ?? [], limits } };
}

/** What is wrong with the rows of one order that may still go in; each row has at most one fault. */
export function judgeOrder(rows: readonly OrderFileRow[], sender: Sender): FoundFault[] {
  const open = rows.filter(isOpen);
  const [first] = open;
  if (first === undefined) return [];
  const firsts = new Map<string, number>();
  for (const row of open) {
    const sku = row.fields["sku"] ?? "";
    if (!firsts.has(sku)) firsts.set(sku, row.row_number);
  }
  const added = open.filter((row) => row.line_id === null).length;
  const order = { open, head: headOf(open), firsts, lines: first.order_lines + added, sender };
  const own = open.flatMap((row) => {
    const fault =
      unknownFault(row) ??
      mismatchFault(row, order) ??
      repeatFault(row, order) ??
      storedFault(row, order) ??
      sizeFault(row, order);
    return fault === undefined ? [] : [fault];
  });
  if (own.length === 0 && open.length === rows.length) return limitFaults(order);
  return [...own, ...incompleteFaults(rows, own)];
}

/** An order that leaves draft is approved by whoever has the file applied, up to what that person may approve. */
function limitFaults({ open, head, sender }: Order): FoundFault[] {
  const known = limitRefusal(open, head, sender.approver);
  if (known === undefined) return [];
  return open.map((row) => fault(row, { column_name: "status", code: "approval_limit", known }));
}

type Said = Pick<FoundFault, "column_name" | "code" | "known">;

function fault(row: ReadRow, said: Said): FoundFault {
  return { row_number: row.row_number, value: row.fields[said.column_name] ?? "", ...said };
}

/** What was there when references were checked, and is not any more under the locks. */
function unknownFault(row: ReadRow): FoundFault | undefined {
  const unknown = { known: null };
  if (row.supplier_id === null)
    return fault(row, { column_name: "supplier", code: "unknown_supplier", ...unknown });
  if (row.warehouse_id === null)
    return fault(row, { column_name: "warehouse", code: "unknown_warehouse", ...unknown });
  if (row.item_id === null)
    return fault(row, { column_name: "sku", code: "unknown_sku", ...unknown });
  return undefined;
}

function mismatchFault(row: ReadRow, { open, head }: Order): FoundFault | undefined {
  const field = HEAD_FIELDS.find(
    (one) => (row.fields[one] ?? null) !== null && row.fields[one] !== head[one],
  );
  if (field === undefined) return undefined;
  const first = open.find((other) => other.fields[field] === head[field]);
  const known = `${JSON.stringify(head[field])}, as row ${first?.row_number} of the same order has`;
  return fault(row, { column_name: field, code: "order_mismatch", known });
}

function repeatFault(row: ReadRow, { firsts }: Order): FoundFault | undefined {
  const first = firsts.get(row.fields["sku"] ?? "");
  if (first === undefined || first === row.row_number) return undefined;
  return fault(row, { column_name: "sku", code: "duplicate_in_file", known: String(first) });
}

/** What the order that has the number does not allow. */
function storedFault(
  row: ReadRow,
  { head, sender: { warehouses } }: Order,
): FoundFault | undefined {
  if (row.order_id === null) return undefined;
  if (warehouses !== null && !warehouses.includes(row.order_warehouse ?? ""))
    return fault(row, { column_name: "order", code: "order_number_taken", known: null });
  const ends = { supplier: row.order_supplier, warehouse: row.order_warehouse };
  const end = (["supplier", "warehouse"] as const).find((field) => head[field] !== ends[field]);
  if (end !== undefined) {
    const known = `${JSON.stringify(ends[end])}, as the order has that is there already`;
    return fault(row, { column_name: end, code: "order_mismatch", known });
  }
  const column = row.order_status === "draft" ? undefined : changedColumn(row, head);
  if (column === undefined) return undefined;
  return fault(row, { column_name: column, code: "order_not_draft", known: row.order_status });
}

/** The first column of a row that says something else than what is stored of its order. */
export function changedColumn(row: ReadRow, head: OrderHead): string | undefined {
  const { fields } = row;
  const differs = (said: string | null | undefined, stored: string | null) =>
    said !== undefined && said !== stored;
  if (row.line_id === null) return "sku";
  if (differs(fields["quantity"], row.line_quantity)) return "quantity";
  if (differs(fields["unit_cost"], row.line_cost)) return "unit_cost";
  if (differs(head.currency, row.order_currency)) return "currency";
  if (differs(head.expected_on, row.order_expected_on)) return "expected_on";
  if (differs(head.status ?? undefined, row.order_status)) return "status";
  return undefined;
}

function sizeFault(row: ReadRow, { lines }: Order): FoundFault | undefined {
  if (lines <= ORDER_LINES_MAX) return undefined;
  return fault(row, { column_name: "order", code: "too_many_lines", known: String(lines) });
}

function incompleteFaults(rows: readonly OrderFileRow[], own: readonly FoundFault[]): FoundFault[] {
  const found = new Map(own.map((one) => [one.row_number, one.code]));
  const bad = rows.find((row) => found.has(row.row_number) || isBad(row));
  if (bad === undefined) return [];
  const code = found.get(bad.row_number) ?? bad.error_code ?? "";
  const known = `row ${bad.row_number} (${code})`;
  return rows
    .filter(isOpen)
    .filter((row) => !found.has(row.row_number))
    .map((row) => fault(row, { column_name: "order", code: "order_incomplete", known }));
}

function isBad(row: OrderFileRow): boolean {
  return row.state === "invalid" || row.state === "rejected";
}

/** The rows by order, in their order. */
export function byOrder(rows: readonly OrderFileRow[]): OrderFileRow[][] {
  const orders = new Map<number, OrderFileRow[]>();
  for (const row of rows) {
    const order = orders.get(row.group_row);
    if (order === undefined) orders.set(row.group_row, [row]);
    else order.push(row);
  }
  return [...orders.values()];
}
