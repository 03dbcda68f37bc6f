/**
 * Low stock: `stock.low` and `stock.recovered`, one a crossing. Whoever writes an alert holds the lane of its item, so crossings of
 * an item follow each other, in its lane's order. Makes durable: low_stock_alerts and the events, together.
 */
export { checkLowStock } from "./checkLowStock.ts";
export { detectLowStock, type LowStockOutcome } from "./detectLowStock.ts";
export { findEdges, noteStep, type StockWatch, watchOf } from "./findEdges.ts";
export { writeEdges } from "./writeEdges.ts";
