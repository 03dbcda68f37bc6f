/** Purchase orders: drafts, their life up to the last receipt, and reading them. */
export { addDrafts, type NewDraft } from "./addOrders.ts";
export { type BookedStatus, type Booking, bookOrders } from "./bookOrders.ts";
export { changePurchaseOrder, createPurchaseOrder } from "./draftOrder.ts";
export { draftTerms, ORDER_LINES_MAX, standardCost } from "./draftTerms.ts";
export { type OrderAccess, readOrder } from "./lockOrder.ts";
export { movePurchaseOrder, type OrderAction } from "./moveOrder.ts";
export { documentOrder, type OrderDocument } from "./orderDocument.ts";
export { type PurchaseRow, purchasesPage } from "./queries/history.ts";
export { type LineRow, purchaseOrderLinesRead } from "./queries/lines.ts";
export {
  type OrderRow,
  type OrderStatus,
  purchaseOrdersOfRun,
  purchaseOrdersPage,
  purchaseOrdersRead,
} from "./queries/orders.ts";
export { receivePurchaseOrder } from "./receiveOrder.ts";
