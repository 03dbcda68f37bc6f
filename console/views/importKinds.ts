/** Kinds of files that can be imported, and which permission each needs. */
import type { Row } from "../../client/operations.ts";
import type { Permission } from "../state/context.ts";

export type ImportKind = Row<"GET /v1/imports">["kind"];

/** In the order in which a new platform is filled. */
export const KINDS: readonly ImportKind[] = [
  "items",
  "suppliers",
  "warehouses",
  "supplier_items",
  "reorder_policies",
  "movements",
  "counts",
  "purchase_orders",
];

/** Any of these may import something. */
export const IMPORT_PERMISSIONS: readonly Permission[] = [
  "imports:movements",
  "imports:catalogue",
  "purchasing:write",
];

/** What importing that kind needs. */
export function permissionOf(kind: ImportKind): Permission {
  if (kind === "movements" || kind === "counts") return "imports:movements";
  return kind === "purchase_orders" ? "purchasing:write" : "imports:catalogue";
}

/** Narrows a text of the address to a kind. */
export function asKind(text: string | undefined): ImportKind | undefined {
  return KINDS.find((one) => one === text);
}
