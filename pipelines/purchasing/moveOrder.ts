/** The life of an order by its actions: draft → approved → sent, and cancelled from every state but received. */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { orderEvent } from "./addOrders.ts";
import { lockOrder, type OrderAccess, readOrder, requireStatus } from "./lockOrder.ts";
import { type OrderRow, type OrderStatus, purchaseOrdersSetStatus } from "./queries/orders.ts";

/** What can be done to an order besides receiving it. */
export type OrderAction = "approve" | "send" | "cancel";

const ACTIONS: Readonly<
  Record<OrderAction, { readonly from: readonly OrderStatus[]; readonly to: OrderStatus }>
> = {
  approve: { from: ["draft"], to: "approved" },
  send: { from: ["approved"], to: "sent" },
  // What was received stays received; only the rest is no longer awaited.
  cancel: { from: ["draft", "approved", "sent", "partially_received"], to: "cancelled" },
};

/** Takes an order to the next state, if `check` lets it pass as it stands under its lock. Throws NotFoundError, StaleVersionError, ConflictError `wrong_state`. */
export async function movePurchaseOrder(
  db: DbPool,
  access: OrderAccess,
  action: OrderAction,
  check: (order: OrderRow) => void = () => undefined,
): Promise<void> {
  const { from, to } = ACTIONS[action];
  await inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, access);
    requireStatus(order, action, from);
    check(order);
    await purchaseOrdersSetStatus(tx, { ids: [order.id], status: to, actor: access.actor });
    await appendEvents(tx, [orderEvent(await readOrder(tx, access))]);
  });
}
