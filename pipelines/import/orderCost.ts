/** What an order in a file would cost, and whether whoever has it applied may approve that. Pure. */
import Big from "big.js";
import { type ApprovalLimits, approvalFault } from "../../domain/approvalLimits.ts";
import type { Role } from "../../domain/roles.ts";
import { standardCost } from "../purchasing/index.ts";
import type { OrderFileRow } from "./queries/purchaseOrders.ts";

type ReadRow = OrderFileRow & { readonly fields: NonNullable<OrderFileRow["fields"]> };

/** What the rows of an order say of it as a whole. */
interface OrderHead {
  readonly status: string | null | undefined;
  readonly currency: string | null | undefined;
}

/** Who has an import applied, and what limits it. */
export interface Approver {
  /** Empty where nobody is known, as of objects of the watched prefix. */
  readonly roles: readonly Role[];
  readonly limits: ApprovalLimits;
}

/** Cost of one stock unit of a row's line, new or stored; null where nobody says any. */
export function costOf(row: ReadRow, currency: string | null): string | null {
  const said = row.fields["unit_cost"];
  if (said !== undefined) return said;
  if (row.line_id !== null) return row.line_cost;
  return standardCost({ unit_cost: row.price, currency: row.price_currency }, currency);
}

/** Why the order may not leave draft by this file, in words; undefined where it may, or stays one. */
export function limitRefusal(
  rows: readonly ReadRow[],
  head: OrderHead,
  approver: Approver,
): string | undefined {
  const [first] = rows;
  const goesOn = head.status === "approved" || head.status === "sent";
  const isDraft = first?.order_id === null || first?.order_status === "draft";
  if (first === undefined || !goesOn || !isDraft) return undefined;
  const currency = currencyOf(first, head);
  const order = { total_cost: totalCost(rows, currency), currency };
  return approvalFault(approver.limits, approver.roles, order);
}

function currencyOf(first: ReadRow, head: OrderHead): string | null {
  if (first.order_id !== null) {
    return head.currency === undefined ? first.order_currency : head.currency;
  }
  return head.currency === undefined ? first.supplier_currency : head.currency;
}

/** Cost of the lines that the order would have, those that the file does not name among them; null while one has no cost. */
function totalCost(rows: readonly ReadRow[], currency: string | null): string | null {
  let total = Big(rows[0]?.order_known_cost ?? 0);
  let unknown = rows[0]?.order_costless_lines ?? 0;
  for (const row of rows) {
    if (row.line_id !== null && row.line_cost === null) unknown -= 1;
    if (row.line_cost !== null) total = total.minus(amount(row.line_quantity, row.line_cost));
    const cost = costOf(row, currency);
    if (cost === null) unknown += 1;
    else total = total.plus(amount(row.fields["quantity"], cost));
  }
  return unknown > 0 ? null : total.toFixed();
}

function amount(quantity: string | null | undefined, cost: string): Big {
  return Big(quantity ?? 0).times(cost);
}
