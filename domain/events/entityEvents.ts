/** Events of catalogue entities: the whole entity as the API shows it, with who changed it. Personal values are redacted. */
import { z } from "zod";
import {
  itemEntry,
  policyEntry,
  supplierEntry,
  supplierItemEntry,
  warehouseEntry,
} from "../catalogueEntries.ts";
import { declareEvent, type EventDeclaration, uuidOut } from "./declareEvent.ts";

const CHANGES = ["created", "updated", "archived"] as const;
type Change = (typeof CHANGES)[number];

const KINDS = {
  item: { entry: itemEntry, subject: "items/{sku}" },
  warehouse: { entry: warehouseEntry, subject: "warehouses/{code}" },
  supplier: { entry: supplierEntry, subject: "suppliers/{code}" },
  supplier_item: { entry: supplierItemEntry, subject: "suppliers/{supplier}/items/{sku}" },
  reorder_policy: { entry: policyEntry, subject: "reorder-policies/{id}" },
} as const;

/** Kinds of entities, as they stand in event types. */
export type EntityEventKind = keyof typeof KINDS;

function eventOf(kind: EntityEventKind, change: Change): EventDeclaration {
  const { entry, subject } = KINDS[kind];
  const data = z.object({
    ...entry.shape,
    changed_by: z.string().describe("Who did it."),
    ...(change === "archived"
      ? {}
      : { import_id: uuidOut.optional().describe("The import that did it, where one did.") }),
  });
  const what = kind.replaceAll("_", " ");
  return declareEvent(
    `${/^[aeiou]/.test(what) ? "An" : "A"} ${what} was ${change}; the data is what it is now.`,
    subject,
    data,
  );
}

export const ENTITY_EVENTS = {
  "item.created": eventOf("item", "created"),
  "item.updated": eventOf("item", "updated"),
  "item.archived": eventOf("item", "archived"),
  "warehouse.created": eventOf("warehouse", "created"),
  "warehouse.updated": eventOf("warehouse", "updated"),
  "warehouse.archived": eventOf("warehouse", "archived"),
  "supplier.created": eventOf("supplier", "created"),
  "supplier.updated": eventOf("supplier", "updated"),
  "supplier.archived": eventOf("supplier", "archived"),
  "supplier_item.created": eventOf("supplier_item", "created"),
  "supplier_item.updated": eventOf("supplier_item", "updated"),
  "supplier_item.archived": eventOf("supplier_item", "archived"),
  "reorder_policy.created": eventOf("reorder_policy", "created"),
  "reorder_policy.updated": eventOf("reorder_policy", "updated"),
  "reorder_policy.archived": eventOf("reorder_policy", "archived"),
};
