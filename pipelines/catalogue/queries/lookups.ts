/** SQL of the catalogue look-ups: many codes in one statement. */
import type { Tracking } from "../../../domain/movement.ts";
import type { PackUnits } from "../../../domain/stockUnits.ts";
import type { Db } from "../../../platform/postgres.ts";

/** What other flows need of an item. */
export interface ItemEntry {
  readonly id: string;
  readonly sku: string;
  readonly lane: number;
  readonly unit: string;
  readonly currency: string | null;
  readonly tracking: Tracking;
  readonly status: string;
  /** Packs; null where it has none. */
  readonly units: PackUnits | null;
}

/** What other flows need of a warehouse. */
export interface WarehouseEntry {
  readonly id: string;
  readonly code: string;
  readonly allowNegative: boolean;
  readonly status: string;
}

/** The items of the given SKUs, archived ones too; SKUs that do not exist are missing. */
export async function itemsBySku(db: Db, skus: readonly string[]): Promise<ItemEntry[]> {
  const { rows } = await db.query<ItemEntry>({
    name: "items_by_sku",
    text: `
      select i.id, i.sku, i.lane, i.unit, i.currency, i.tracking, i.status,
        (select jsonb_object_agg(u.unit, trim_scale(u.factor)::text) from item_units u where u.item_id = i.id) as units
      from inventory_items i
      where i.sku = any($1::text[])`,
    values: [skus],
  });
  return rows;
}

/** The warehouses of the given codes, archived ones too; codes that do not exist are missing. */
export async function warehousesByCode(
  db: Db,
  codes: readonly string[],
): Promise<WarehouseEntry[]> {
  const { rows } = await db.query<WarehouseEntry>({
    name: "warehouses_by_code",
    text: `
      select id, code, allow_negative as "allowNegative", status
      from warehouses
      where code = any($1::text[])`,
    values: [codes],
  });
  return rows;
}
