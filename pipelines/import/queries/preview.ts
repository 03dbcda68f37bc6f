/**
 * SQL of what a dry run foresees for movements, row by row in the order of the file: rows that would find too little, levels
 * that would go below zero, positions that would cross their reorder point. Reservations, lots and what others do meanwhile
 * are left out; so is a level that a count of the same file sets.
 */
import type { Db } from "../../../platform/postgres.ts";
import type { FateChange } from "./fates.ts";

/** A level that the file, row by row, would take below zero. */
export interface NegativeLevel {
  readonly sku: string;
  readonly warehouse: string;
  readonly on_hand: string;
  readonly lowest: string;
  /** The first row that finds too little. */
  readonly row: number;
}

/** A position that the file would take across its reorder point. */
export interface ReorderCrossing {
  readonly sku: string;
  readonly warehouse: string;
  readonly direction: "low" | "recovered";
  readonly position: string;
  readonly after: string;
  readonly reorder_at: string;
}

export interface MovementsPreview {
  readonly rows_by_type: Readonly<Record<string, number>>;
  readonly rows_short: number;
  readonly negative_levels: readonly NegativeLevel[];
  readonly negative_levels_total: number;
  readonly reorder_crossings: readonly ReorderCrossing[];
  readonly reorder_crossings_total: number;
}

/** The two ends of each staged movement, as signed changes of levels in their stock units. */
const ENDS = `
      named as materialized (
        select s.row_number, i.id as item_id, w.id as warehouse_id, t.id as to_warehouse_id, s.fields ->> 'type' as type,
          (s.fields ->> 'quantity')::numeric * coalesce(u.factor, 1) as quantity
        from import_rows s
        join inventory_items i on i.sku = s.fields ->> 'sku'
        join warehouses w on w.code = s.fields ->> 'warehouse'
        left join warehouses t on t.code = s.fields ->> 'to_warehouse'
        left join item_units u on u.item_id = i.id and u.unit = s.fields ->> 'unit' and u.unit <> i.unit
        where s.import_id = $1::uuid
          and s.state = 'staged'
      ),
      ends as (
        select row_number, item_id, warehouse_id, type,
          case when type in ('receipt', 'return', 'adjustment', 'unhold') then quantity else - quantity end as change
        from named
        where type <> 'count'
        union all
        select row_number, item_id, to_warehouse_id, type, quantity
        from named
        where type = 'transfer'
          and to_warehouse_id is not null
      ),
      running as (
        select e.*, l.available, not w.allow_negative as is_bounded,
          sum(e.change) over level as total,
          balance_in_order(case when w.allow_negative then null else coalesce(l.available, 0) end, e.change) over level as balance
        from ends e
        join warehouses w on w.id = e.warehouse_id
        left join current_levels l on l.item_id = e.item_id and l.warehouse_id = e.warehouse_id
        where (e.item_id, e.warehouse_id) not in (select c.item_id, c.warehouse_id from named c where c.type = 'count')
        window level as (partition by e.item_id, e.warehouse_id order by e.row_number rows unbounded preceding)
      ),
      judged as (
        select r.*,
          r.is_bounded
            and r.change < 0
            and coalesce(
              lag(r.balance) over (partition by r.item_id, r.warehouse_id order by r.row_number),
              r.available, 0) + r.change < 0 as is_short
        from running r
      )`;

/** What the staged movements of an import would do; lists name at most `limit` levels, by SKU. */
export async function importMovementsForesee(
  db: Db,
  args: { readonly importId: string; readonly limit: number },
): Promise<MovementsPreview | undefined> {
  const { rows } = await db.query<{ preview: MovementsPreview }>({
    name: "import_movements_foresee",
    text: `
      with ${ENDS},
      levels as materialized (
        select item_id, warehouse_id, coalesce(max(available), 0) as on_hand,
          case when bool_and(is_bounded) then coalesce(max(available), 0) + min(total) end as lowest,
          min(row_number) filter (where is_short) as first_short,
          count(*) filter (where is_short) as rows_short,
          -- holds leave the position as it is
          coalesce(sum(change) filter (where not is_short and type not in ('hold', 'unhold')), 0) as change
        from judged
        group by item_id, warehouse_id
      ),
      negative as (
        select i.sku, w.code as warehouse, v.on_hand, v.lowest, v.first_short
        from levels v
        join inventory_items i on i.id = v.item_id
        join warehouses w on w.id = v.warehouse_id
        where v.first_short is not null
      ),
      crossing as (
        select i.sku, w.code as warehouse, x.position, x.position + v.change as after, p.reorder_at
        from levels v
        join reorder_policies p on p.item_id = v.item_id and p.warehouse_id = v.warehouse_id and p.status = 'active'
        join stock_positions x on x.item_id = v.item_id and x.warehouse_id = v.warehouse_id
        join inventory_items i on i.id = v.item_id and i.status = 'active'
        join warehouses w on w.id = v.warehouse_id and w.status = 'active'
        where (x.position <= p.reorder_at) <> (x.position + v.change <= p.reorder_at)
      )
      select jsonb_build_object(
        'rows_by_type', (
          select coalesce(jsonb_object_agg(type, rows), '{}')
          from (select type, count(*) as rows from named group by type) typed
        ),
        'rows_short', (select coalesce(sum(rows_short), 0) from levels),
        'negative_levels', (
          select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'warehouse', warehouse, 'on_hand', trim_scale(on_hand)::text,
            'lowest', trim_scale(lowest)::text, 'row', first_short) order by sku, warehouse), '[]')
          from (select * from negative order by sku, warehouse limit $2::int) listed
        ),
        'negative_levels_total', (select count(*) from negative),
        'reorder_crossings', (
          select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'warehouse', warehouse,
            'direction', case when after <= reorder_at then 'low' else 'recovered' end,
            'position', trim_scale(position)::text, 'after', trim_scale(after)::text,
            'reorder_at', trim_scale(reorder_at)::text) order by sku, warehouse), '[]')
          from (select * from crossing order by sku, warehouse limit $2::int) listed
        ),
        'reorder_crossings_total', (select count(*) from crossing)
      ) as preview`,
    values: [args.importId, args.limit],
  });
  return rows[0]?.preview;
}

/** Notes at the rows that would find too little that they would be refused; answers how many. */
export async function importShortRowsNote(db: Db, importId: string): Promise<number> {
  const { rowCount } = await db.query({
    name: "import_short_rows_note",
    text: `
      with ${ENDS}
      update import_rows s
      set foreseen = 'insufficient_stock'
      from judged j
      where j.is_short
        and s.import_id = $1::uuid
        and s.row_number = j.row_number
        and s.foreseen is distinct from 'insufficient_stock'`,
    values: [importId],
  });
  return rowCount ?? 0;
}

/** Checked movements or counts that fare otherwise than the dry run foresaw, by how; each with its first rows. */
export async function importMovementsCompare(
  db: Db,
  args: { readonly importId: string; readonly rowsListed: number },
): Promise<FateChange[]> {
  const { rows } = await db.query<FateChange>({
    name: "import_movements_compare",
    text: `
      with ${ENDS}
      select foreseen, now, count(*) as rows, (array_agg(row_number::int order by row_number))[1:$2::int] as first_rows
      from (
        select s.row_number, coalesce(s.foreseen, 'apply') as foreseen,
          case
            when s.state = 'invalid' then s.error_code
            when j.row_number is not null then 'insufficient_stock'
            else 'apply'
          end as now
        from import_rows s
        left join (select distinct row_number from judged where is_short) j on j.row_number = s.row_number
        where s.import_id = $1::uuid
          and s.fields is not null
          and s.state in ('staged', 'invalid')
      ) fates
      where foreseen <> now
      group by foreseen, now
      order by foreseen, now`,
    values: [args.importId, args.rowsListed],
  });
  return rows;
}

/** A row that finds too little. */
export interface ShortRow {
  readonly row_number: number;
  readonly sku: string;
  readonly warehouse: string;
  readonly quantity: string;
  /** What the row would find. */
  readonly available: string;
}

/** The first rows that would find too little; at most `limit`. */
export async function importShortRows(
  db: Db,
  args: { readonly importId: string; readonly limit: number },
): Promise<ShortRow[]> {
  const { rows } = await db.query<ShortRow>({
    name: "import_short_rows",
    text: `
      with ${ENDS}
      select j.row_number, i.sku, w.code as warehouse, s.fields ->> 'quantity' as quantity, trim_scale(j.balance)::text as available
      from judged j
      join inventory_items i on i.id = j.item_id
      join warehouses w on w.id = j.warehouse_id
      join import_rows s on s.import_id = $1::uuid and s.row_number = j.row_number
      where j.is_short
      order by j.row_number
      limit $2::int`,
    values: [args.importId, args.limit],
  });
  return rows;
}

/** A level that a count would change. */
export interface Variance {
  readonly sku: string;
  readonly warehouse: string;
  readonly lot: string | null;
  readonly on_hand: string;
  readonly counted: string;
  readonly difference: string;
}

export interface CountsPreview {
  readonly levels_changed: number;
  readonly levels_unchanged: number;
  readonly variance_up: string;
  readonly variance_down: string;
  readonly largest_variances: readonly Variance[];
  readonly reorder_crossings: readonly ReorderCrossing[];
  readonly reorder_crossings_total: number;
}

/** What the staged counts of an import would change against what the ledger holds at this moment; the last count of a level (or of a lot there) decides. */
export async function importCountsForesee(
  db: Db,
  args: { readonly importId: string; readonly limit: number },
): Promise<CountsPreview | undefined> {
  const { rows } = await db.query<{ preview: CountsPreview }>({
    name: "import_counts_foresee",
    text: `
      with counted as materialized (
        select distinct on (i.id, w.id, s.fields ->> 'lot')
          i.id as item_id, w.id as warehouse_id, i.sku, w.code as warehouse, s.fields ->> 'lot' as lot,
          i.status = 'active' and w.status = 'active' as is_watched,
          coalesce(case when i.tracking = 'none' then l.on_hand else b.on_hand end, 0) as on_hand,
          (s.fields ->> 'quantity')::numeric * coalesce(u.factor, 1) as counted
        from import_rows s
        join inventory_items i on i.sku = s.fields ->> 'sku'
        join warehouses w on w.code = s.fields ->> 'warehouse'
        left join item_units u on u.item_id = i.id and u.unit = s.fields ->> 'unit' and u.unit <> i.unit
        left join stock_levels l on l.item_id = i.id and l.warehouse_id = w.id
        left join lots o on o.item_id = i.id and o.code = s.fields ->> 'lot'
        left join lot_balances b on b.lot_id = o.id and b.warehouse_id = w.id
        where s.import_id = $1::uuid
          and s.state = 'staged'
        order by i.id, w.id, s.fields ->> 'lot', s.row_number desc
      ),
      crossing as (
        select v.sku, v.warehouse, x.position, x.position + v.change as after, p.reorder_at
        from (
          select item_id, warehouse_id, sku, warehouse, sum(counted - on_hand) as change
          from counted
          where is_watched
          group by item_id, warehouse_id, sku, warehouse
        ) v
        join reorder_policies p on p.item_id = v.item_id and p.warehouse_id = v.warehouse_id and p.status = 'active'
        join stock_positions x on x.item_id = v.item_id and x.warehouse_id = v.warehouse_id
        where (x.position <= p.reorder_at) <> (x.position + v.change <= p.reorder_at)
      )
      select jsonb_build_object(
        'levels_changed', (select count(*) from counted where counted <> on_hand),
        'levels_unchanged', (select count(*) from counted where counted = on_hand),
        'variance_up', (select trim_scale(coalesce(sum(counted - on_hand) filter (where counted > on_hand), 0))::text from counted),
        'variance_down', (select trim_scale(coalesce(sum(on_hand - counted) filter (where counted < on_hand), 0))::text from counted),
        'largest_variances', (
          select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'warehouse', warehouse, 'lot', lot,
            'on_hand', trim_scale(on_hand)::text, 'counted', trim_scale(counted)::text,
            'difference', trim_scale(counted - on_hand)::text) order by abs(counted - on_hand) desc, sku, warehouse, lot), '[]')
          from (
            select *
            from counted
            where counted <> on_hand
            order by abs(counted - on_hand) desc, sku, warehouse, lot
            limit $2::int
          ) listed
        ),
        'reorder_crossings', (
          select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'warehouse', warehouse,
            'direction', case when after <= reorder_at then 'low' else 'recovered' end,
            'position', trim_scale(position)::text, 'after', trim_scale(after)::text,
            'reorder_at', trim_scale(reorder_at)::text) order by sku, warehouse), '[]')
          from (select * from crossing order by sku, warehouse limit $2::int) listed
        ),
        'reorder_crossings_total', (select count(*) from crossing)
      ) as preview`,
    values: [args.importId, args.limit],
  });
  return rows[0]?.preview;
}
