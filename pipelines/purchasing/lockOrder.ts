/** What every change of an order begins with: lock, then read (reliability.md P3), then check version and state. */
import { ConflictError, NotFoundError, StaleVersionError } from "../../domain/errors.ts";
import type { Db, DbClient } from "../../platform/postgres.ts";
import {
  type OrderRow,
  type OrderStatus,
  purchaseOrderLock,
  purchaseOrdersRead,
} from "./queries/orders.ts";

/** Which order, for whom. */
export interface OrderAccess {
  readonly id: string;
  /** Codes that the caller is limited to; orders of others do not exist for it. */
  readonly warehouses: readonly string[] | undefined;
  /** Version that If-Match names. */
  readonly ifVersion?: number | undefined;
  readonly actor: string;
}

/** Locks an order until the transaction ends. Throws NotFoundError, or StaleVersionError where If-Match named another version. */
export async function lockOrder(tx: DbClient, access: OrderAccess): Promise<OrderRow> {
  await purchaseOrderLock(tx, access);
  const order = await readOrder(tx, access);
  requireVersion(order, access.ifVersion);
  return order;
}

/** Throws StaleVersionError (412) where If-Match named another version than the order's. */
export function requireVersion(order: OrderRow, ifVersion: number | undefined): void {
  if (ifVersion === undefined || ifVersion === order.version) return;
  throw new StaleVersionError("purchase order", {
    found: String(order.version),
    expected: String(ifVersion),
  });
}

/** The order as it stands. Throws NotFoundError. */
export async function readOrder(
  tx: Db,
  access: Pick<OrderAccess, "id" | "warehouses">,
): Promise<OrderRow> {
  const [order] = await purchaseOrdersRead(tx, { ids: [access.id], warehouses: access.warehouses });
  if (order === undefined) throw new NotFoundError("purchase order", access.id);
  return order;
}

/** Throws ConflictError `wrong_state` (409) where the order is in none of the expected states. */
export function requireStatus(
  order: OrderRow,
  action: string,
  expected: readonly OrderStatus[],
): void {
  if (expected.includes(order.status)) return;
  throw new ConflictError({
    code: "wrong_state",
    detail: `purchase order ${order.number} is "${order.status}"; to ${action} it must be ${expected.join(" or ")}`,
    context: { found: order.status, expected: expected.join(",") },
  });
}
