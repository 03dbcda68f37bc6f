/** The closed words of imports in the contract: kinds of files, and how far an import is. */

/** The kinds, in the order in which a new instance would be filled. */
export const IMPORT_KINDS = [
  "items",
  "suppliers",
  "warehouses",
  "supplier_items",
  "reorder_policies",
  "movements",
  "counts",
  "purchase_orders",
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** In the order in which an import comes to them; the last four are its ends. */
export const IMPORT_STATUSES = [
  "uploaded",
  "reading",
  "checking",
  "applying",
  "completed",
  "completed_with_errors",
  "failed",
  "cancelled",
] as const;
