/** SQL of what a dry run foresees for movements: levels that would go below zero, and items that would reach their reorder point. */
import type { Db } from "../../../platform/postgres.ts";

/** A level that the file, row by row, would take below zero. */
export interface NegativeLevel {
  readonly sku: string;
  readonly warehouse: string;
  readonly on_hand: string;
  readonly lowest: string;
  /** The first row that finds too little. */
  readonly row: number;
}

/** An item that the file would take to its reorder point or below. */
export interface ReorderCrossing {
  readonly sku: string;
  readonly warehouse: string;
  readonly on_hand: string;
  readonly after: string;
  readonly reorder_at: string;
}

/** Signed changes of levels by the staged rows; a count is left out with its whole level, since it sets and does not add. */
const CHANGES = `
      ends as (
        select s.row_number, i.id as item_id, w.id as warehouse_id, s.fields ->> 'type' as type,
          case
            when s.fields ->> 'type' in ('receipt', 'return', 'adjustment', 'unhold') then (s.fields ->> 'quantity')::numeric
            else - (s.fields ->> 'quantity')::numeric
          end * coalesce(u.factor, 1) as change
        from import_rows s
        join inventory_items i on i.sku = s.fields ->> 'sku'
        join warehouses w on w.code = s.fields ->> 'warehouse'
        left join item_units u on u.item_id = i.id and u.unit = s.fields ->> 'unit' and u.unit <> i.unit
        where s.import_id = $1::uuid
          and s.state = 'staged'
        union all
        select s.row_number, i.id, t.id, 'transfer', (s.fields ->> 'quantity')::numeric * coalesce(u.factor, 1)
        from import_rows s
        join inventory_items i on i.sku = s.fields ->> 'sku'
        join warehouses t on t.code = s.fields ->> 'to_warehouse'
        left join item_units u on u.item_id = i.id and u.unit = s.fields ->> 'unit' and u.unit <> i.unit
        where s.import_id = $1::uuid
          and s.state = 'staged'
      ),
      changes as (
        select e.row_number, e.item_id, e.warehouse_id, e.type, e.change, bool_or(e.type = 'count') over level as is_counted
        from ends e
        window level as (partition by e.item_id, e.warehouse_id)
      )`;

/** Levels that would go below zero where their warehouse does not allow it, by SKU; at most `limit`. */
export async function importNegativeLevels(
  db: Db,
  args: { readonly importId: string; readonly limit: number },
): Promise<NegativeLevel[]> {
  const { rows } = await db.query<NegativeLevel>({
    name: "import_negative_levels",
    text: `
      with ${CHANGES},
      running as (
        select c.row_number, c.item_id, c.warehouse_id,
          coalesce(l.available, 0) as on_hand,
          coalesce(l.available, 0)
            + sum(c.change) over (partition by c.item_id, c.warehouse_id order by c.row_number) as balance
        from changes c
        join warehouses w on w.id = c.warehouse_id and not w.allow_negative
        left join current_levels l on l.item_id = c.item_id and l.warehouse_id = c.warehouse_id
        where not c.is_counted
      )
      select i.sku, w.code as warehouse, trim_scale(max(r.on_hand))::text as on_hand, trim_scale(min(r.balance))::text as lowest,
        min(r.row_number) as row
      from running r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      where r.balance < 0
      group by i.sku, w.code
      order by i.sku, w.code
      limit $2::int`,
    values: [args.importId, args.limit],
  });
  return rows;
}

/** Levels with a policy that stand above its reorder point now and would stand at or below it afterwards; at most `limit`. */
export async function importReorderCrossings(
  db: Db,
  args: { readonly importId: string; readonly limit: number },
): Promise<ReorderCrossing[]> {
  const { rows } = await db.query<ReorderCrossing>({
    name: "import_reorder_crossings",
    text: `
      with ${CHANGES},
      totals as (
        select item_id, warehouse_id, sum(change) as change
        from changes
        where not is_counted
          and type not in ('hold', 'unhold', 'reserve') -- they leave what is on hand as it is
        group by item_id, warehouse_id
      )
      select i.sku, w.code as warehouse, trim_scale(coalesce(l.on_hand, 0))::text as on_hand,
        trim_scale(coalesce(l.on_hand, 0) + t.change)::text as after, trim_scale(p.reorder_at)::text as reorder_at
      from totals t
      join reorder_policies p on p.item_id = t.item_id and p.warehouse_id = t.warehouse_id and p.status = 'active'
      join inventory_items i on i.id = t.item_id
      join warehouses w on w.id = t.warehouse_id
      left join stock_levels l on l.item_id = t.item_id and l.warehouse_id = t.warehouse_id
      where coalesce(l.on_hand, 0) > p.reorder_at
        and coalesce(l.on_hand, 0) + t.change <= p.reorder_at
      order by i.sku, w.code
      limit $2::int`,
    values: [args.importId, args.limit],
  });
  return rows;
}
