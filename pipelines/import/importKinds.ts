/** The kinds of import by name; what each is made of stands in kinds/. */
import { IMPORT_KINDS, type ImportKind } from "../../domain/importWords.ts";
import type { Permission } from "../../domain/roles.ts";
import type { ColumnRule, KindRule } from "./kinds/columnRule.ts";
import { ITEMS } from "./kinds/items.ts";
import { COUNTS, MOVEMENTS } from "./kinds/movements.ts";
import { SUPPLIERS, WAREHOUSES } from "./kinds/places.ts";
import { PURCHASE_ORDERS } from "./kinds/purchaseOrders.ts";
import { REORDER_POLICIES, SUPPLIER_ITEMS } from "./kinds/supply.ts";

export type { ColumnRule, KindRule };

const KINDS: Readonly<Record<ImportKind, KindRule>> = {
  items: ITEMS,
  suppliers: SUPPLIERS,
  warehouses: WAREHOUSES,
  supplier_items: SUPPLIER_ITEMS,
  reorder_policies: REORDER_POLICIES,
  movements: MOVEMENTS,
  counts: COUNTS,
  purchase_orders: PURCHASE_ORDERS,
};

/** The rules of a kind. */
export function kindRule(kind: ImportKind): KindRule {
  return KINDS[kind];
}

/** True for kinds whose rows become movements. */
export function isMovementKind(kind: ImportKind): kind is "movements" | "counts" {
  return kind === "movements" || kind === "counts";
}

/** What a caller must be allowed to do for imports of the kind. */
export function permissionFor(kind: ImportKind): Permission {
  return KINDS[kind].permission;
}

/** What a caller must be allowed to do for imports of some kind at least; permissionFor decides for the one at hand. */
export const IMPORT_PERMISSIONS: readonly Permission[] = [
  ...new Set(IMPORT_KINDS.map(permissionFor)),
];
