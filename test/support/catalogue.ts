/** Items and warehouses for tests that are not about the catalogue: inserted straight into the database. */
import type { Db } from "../../platform/postgres.ts";

export interface SeededItem {
  readonly id: string;
  readonly sku: string;
  readonly lane: number;
}

/** Inserts items by SKU; answers them in the order given. */
export async function seedItems(db: Db, skus: readonly string[]): Promise<SeededItem[]> {
  const { rows } = await db.query<SeededItem>({
    text: `
      with made as (
        select make_uuid7() as id, sku, ordinal
        from unnest($1::text[]) with ordinality as s (sku, ordinal)
      ),
      inserted as (
        insert into inventory_items (id, sku, name, lane, currency)
        select id, sku, 'Item ' || sku, lane_of(id), 'EUR'
        from made
      )
      select id, sku, lane_of(id) as lane
      from made
      order by ordinal`,
    values: [skus],
  });
  return rows;
}

/** Inserts warehouses by code; answers their ids in the order given. */
export async function seedWarehouses(
  db: Db,
  codes: readonly string[],
  options: { readonly allowNegative?: boolean } = {},
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    text: `
      insert into warehouses (id, code, name, allow_negative)
      select make_uuid7(), code, 'Warehouse ' || code, $2::boolean
      from unnest($1::text[]) with ordinality as c (code, ordinal)
      order by ordinal
      returning id`,
    values: [codes, options.allowNegative ?? false],
  });
  return rows.map((row) => row.id);
}
