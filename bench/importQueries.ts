/** SQL of the section import: what lies in the database before a file comes, and the tables that the baseline copies into. */
import type { Pool } from "pg";
import { HISTORY_COLUMNS } from "./importFiles.ts";

/** Warehouses and items that the history names. */
export async function historySeed(
  db: Pool,
  { warehouses, items }: { readonly warehouses: readonly string[]; readonly items: number },
): Promise<void> {
  await db.query(
    `insert into warehouses (id, code, name)
     select make_uuid7(), code, code
     from unnest($1::text[]) as code`,
    [warehouses],
  );
  await db.query(
    `with made as (
       select make_uuid7() as id, 'SKU-' || n as sku
       from generate_series(0, $1::int - 1) as n
     )
     insert into inventory_items (id, sku, name, lane)
     select id, sku, 'Item ' || sku, lane_of(id)
     from made`,
    [items],
  );
  await db.query("analyze inventory_items, warehouses");
}

/** Every second of the items that a file with this prefix will bring, with another name and price. */
export async function halfSeed(
  db: Pool,
  { prefix, rows }: { readonly prefix: string; readonly rows: number },
): Promise<void> {
  await db.query(
    `with made as (
       select make_uuid7() as id, $1::text || '-' || lpad(n::text, 7, '0') as sku
       from generate_series(0, $2::int - 1, 2) as n
     )
     insert into inventory_items (id, sku, name, category, price, currency, lane)
     select id, sku, 'Item ' || sku, 'Old', 1, 'EUR', lane_of(id)
     from made`,
    [prefix, rows],
  );
  await db.query("vacuum analyze inventory_items");
}

/** The baseline's tables: a key and one more index each, as whoever copies a file would have them. */
export async function copyTablesMake(db: Pool): Promise<void> {
  await db.query(
    `create table copied_movements (
       id bigint generated always as identity,
       type text not null,
       sku text not null,
       warehouse text not null,
       quantity numeric(18, 4) not null,
       to_warehouse text,
       unit_cost numeric(18, 4),
       reason text,
       reference_type text,
       reference_id text,
       occurred_at timestamptz not null,
       primary key (id)
     );
     create index copied_movements_level on copied_movements (sku, warehouse, occurred_at);
     create table copied_items (
       sku text not null,
       name text not null,
       description text,
       unit text not null,
       category text,
       barcode text,
       cost numeric(18, 4),
       price numeric(18, 4),
       currency text,
       status text not null,
       primary key (sku)
     );
     create index copied_items_barcode on copied_items (barcode);`,
  );
}

/** Empties the baseline's tables. */
export async function copyTablesClear(db: Pool): Promise<void> {
  await db.query("truncate copied_movements, copied_items");
}

/** What the baseline runs for a file of movements. */
export const COPY_MOVEMENTS = `copy copied_movements (${HISTORY_COLUMNS}) from stdin with (format csv, header)`;
/** What the baseline runs for a file of items. */
export const COPY_ITEMS = "copy copied_items from stdin with (format csv, header)";

/** Where an import stands. */
export async function importStatus(db: Pool, id: string): Promise<string> {
  const { rows } = await db.query<{ status: string }>({
    name: "bench_import_status",
    text: `select status
      from imports
      where id = $1::uuid`,
    values: [id],
  });
  return rows[0]?.status ?? "";
}

/** The books of a finished import, and what lies in the ledger of it. */
export async function importBooks(
  db: Pool,
  id: string,
): Promise<{ total: number; applied: number; entries: number }> {
  const { rows } = await db.query<{ total: number; applied: number; entries: number }>(
    `select rows_total::int as total, rows_applied::int as applied,
       (select count(distinct movement_id)::int from stock_movements where source_id = $1::uuid) as entries
     from imports
     where id = $1::uuid`,
    [id],
  );
  return rows[0] ?? { total: 0, applied: 0, entries: 0 };
}
