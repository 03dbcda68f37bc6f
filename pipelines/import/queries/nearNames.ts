/** SQL of "did you mean": which names are near to one that does not exist. Archived things are never meant. */
import type { Db } from "../../../platform/postgres.ts";

/** An unknown SKU with one that may be meant. */
export interface NearSku {
  readonly wanted: string;
  readonly sku: string;
}

/**
 * For each unknown SKU: the items that are the same but for case, width and signs, else some that stand beside it in the order
 * of codes, or begin alike. By the index on plain_code() alone: at most about 90 look-ups each, however many items there are.
 */
export async function nearSkusRead(db: Db, wanted: readonly string[]): Promise<NearSku[]> {
  const { rows } = await db.query<NearSku>({
    name: "near_skus_read",
    text: `
      select g.wanted, n.sku
      from (
        select wanted, plain_code(wanted) as plain
        from unnest($1::text[]) as w (wanted)
      ) g
      cross join lateral (
        (
          select e.sku, e.status
          from inventory_items e
          where plain_code(e.sku) ~>=~ g.plain
          order by plain_code(e.sku) using ~<~
          limit 20
        )
        union
        (
          select e.sku, e.status
          from inventory_items e
          where plain_code(e.sku) ~<~ g.plain
          order by plain_code(e.sku) using ~>~
          limit 20
        )
        union
        (
          select e.sku, e.status
          from inventory_items e
          where plain_code(e.sku) ~>=~ left(g.plain, 3)
          order by plain_code(e.sku) using ~<~
          limit 50
        )
      ) n
      where n.status <> 'archived'`,
    values: [wanted],
  });
  return rows;
}

/** SKUs in no certain order, at most `limit`. */
export async function someSkusRead(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ sku: string }>({
    name: "some_skus_read",
    text: `
      select sku
      from inventory_items
      where status <> 'archived'
      limit $1::int`,
    values: [limit],
  });
  return rows.map((row) => row.sku);
}

/** Codes of suppliers, at most `limit`. */
export async function supplierCodesRead(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ code: string }>({
    name: "supplier_codes_read",
    text: `
      select code
      from suppliers
      where status <> 'archived'
      order by code
      limit $1::int`,
    values: [limit],
  });
  return rows.map((row) => row.code);
}

/** Codes of the warehouses that a caller may see (null: all), at most `limit`. */
export async function warehouseCodesRead(
  db: Db,
  args: { readonly warehouses: readonly string[] | null; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ code: string }>({
    name: "warehouse_codes_read",
    text: `
      select code
      from warehouses
      where status <> 'archived'
        and ($1::text[] is null or code = any($1::text[]))
      order by code
      limit $2::int`,
    values: [args.warehouses, args.limit],
  });
  return rows.map((row) => row.code);
}
