/** Reordering: what fell to its reorder level, and the purchase orders that bring it back. */
export { detectLowStock } from "./detectLowStock.ts";
export { draftPurchaseOrders } from "./draftPurchaseOrders.ts";
