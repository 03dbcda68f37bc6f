/** SQL of purchase orders in files: which rows are one order, and each row beside what is stored of it. */
import type { Weekday } from "../../../domain/reorder/calendar.ts";
import type { Db } from "../../../platform/postgres.ts";
import type { ForeseenRow } from "./fates.ts";
import type { RowRange } from "./rows.ts";
import { rowByKey } from "./rowsByKey.ts";

/** Gives the rows that could be read the first row of their order; rows of one number are one order, wherever they stand. */
export async function importOrdersGroup(db: Db, importId: string): Promise<void> {
  await db.query({
    name: "import_orders_group",
    text: `
      update import_rows r
      set group_row = g.first_row
      from (
        select fields ->> 'order' as number, min(row_number) as first_row
        from import_rows
        where import_id = $1::uuid
          and fields is not null
        group by fields ->> 'order'
      ) g
      where r.import_id = $1::uuid
        and r.fields ->> 'order' = g.number
        and r.group_row is distinct from g.first_row`,
    values: [importId],
  });
}

/** An order of more rows than any order may have. */
export interface OversizeOrder {
  readonly group_row: number;
  /** Its number in the file. */
  readonly number: string;
  readonly rows: number;
}

/** Orders with more than `rowsMax` rows that could be read. */
export async function importOversizeOrders(
  db: Db,
  args: { readonly importId: string; readonly rowsMax: number },
): Promise<OversizeOrder[]> {
  const { rows } = await db.query<OversizeOrder>({
    name: "import_oversize_orders",
    text: `
      select group_row, min(fields ->> 'order') as number, count(*) as rows
      from import_rows
      where import_id = $1::uuid
        and group_row is not null
        and fields is not null
      group by group_row
      having count(*) > $2::int
      order by group_row`,
    values: [args.importId, args.rowsMax],
  });
  return rows;
}

/** Refuses all good rows of orders, and takes all their rows out of their groups; answers how many it refused. */
export async function importOversizeOrdersRefuse(
  db: Db,
  args: {
    readonly importId: string;
    readonly code: string;
    readonly orders: readonly { readonly groupRow: number; readonly detail: string }[];
  },
): Promise<number> {
  const { rows } = await db.query<{ refused: number }>({
    name: "import_oversize_orders_refuse",
    text: `
      with refused as (
        update import_rows r
        set group_row = null,
          state = 'invalid',
          error_column = case when r.error_code is null then 'order' else r.error_column end,
          error_code = coalesce(r.error_code, $2::text),
          error_detail = case when r.error_code is null then o.detail else r.error_detail end,
          error_value = case when r.error_code is null then r.fields ->> 'order' else r.error_value end
        from unnest($3::bigint[], $4::text[]) as o (group_row, detail)
        where r.import_id = $1::uuid
          and r.group_row = o.group_row
        returning r.error_code
      )
      select count(*) filter (where error_code = $2::text) as refused
      from refused`,
    values: [
      args.importId,
      args.code,
      args.orders.map((order) => order.groupRow),
      args.orders.map((order) => order.detail),
    ],
  });
  return rows[0]?.refused ?? 0;
}

/** A row that could not be read, with its cells. */
export interface UnreadableRow {
  readonly row_number: number;
  readonly cells: readonly (string | number)[];
}

/** Rows after the given one that could not be read. */
export async function importUnreadableRows(
  db: Db,
  args: { readonly importId: string; readonly after: number; readonly limit: number },
): Promise<UnreadableRow[]> {
  const { rows } = await db.query<UnreadableRow>({
    name: "import_unreadable_rows",
    text: `
      select row_number, cells
      from import_rows
      where import_id = $1::uuid
        and row_number > $2::bigint
        and fields is null
        and error_code is not null
      order by row_number
      limit $3::int`,
    values: [args.importId, args.after, args.limit],
  });
  return rows;
}

/** Gives unreadable rows the first row of their order, where the order has a row that could be read. */
export async function importUnreadableRowsGroup(
  db: Db,
  args: {
    readonly importId: string;
    readonly rows: readonly { readonly rowNumber: number; readonly order: string }[];
  },
): Promise<void> {
  await db.query({
    name: "import_unreadable_rows_group",
    text: `
      update import_rows r
      set group_row = f.row_number
      from unnest($2::bigint[], $3::text[]) as g (row_number, number)
      join import_rows f on f.import_id = $1::uuid and f.group_row = f.row_number and f.fields ->> 'order' = g.number${rowByKey("g.row_number", "s.group_row is distinct from f.row_number")}`,
    values: [
      args.importId,
      args.rows.map((row) => row.rowNumber),
      args.rows.map((row) => row.order),
    ],
  });
}

/** The first row of the last of the next whole orders, about `rowsMax` rows in all; undefined where none is left. */
export async function importOrdersRangeEnd(
  db: Db,
  args: { readonly importId: string; readonly from: number; readonly rowsMax: number },
): Promise<number | undefined> {
  const { rows } = await db.query<{ row_to: number | null }>({
    name: "import_orders_range_end",
    text: `
      select max(group_row) as row_to
      from (
        select group_row
        from import_rows
        where import_id = $1::uuid
          and group_row > $2::bigint
        order by group_row, row_number
        limit $3::int
      ) next_rows`,
    values: [args.importId, args.from, args.rowsMax],
  });
  return rows[0]?.row_to ?? undefined;
}

/** A row of an order beside what is stored of what it names; ids are null where there is no such thing. */
export interface OrderFileRow {
  readonly row_number: number;
  readonly group_row: number;
  readonly state: string;
  readonly error_code: string | null;
  /** Null of a row that could not be read. */
  readonly fields: Readonly<Record<string, string | null>> | null;
  readonly supplier_id: string | null;
  readonly supplier_currency: string | null;
  readonly lead_time_days: number | null;
  readonly working_days: readonly Weekday[] | null;
  /** Null where there is no such supplier. */
  readonly holidays: readonly string[] | null;
  readonly warehouse_id: string | null;
  readonly warehouse_time_zone: string | null;
  readonly item_id: string | null;
  /** The supplier's price of the item. */
  readonly price: string | null;
  readonly price_currency: string | null;
  readonly order_id: string | null;
  readonly order_status: string | null;
  readonly order_supplier: string | null;
  readonly order_warehouse: string | null;
  readonly order_currency: string | null;
  readonly order_expected_on: string | null;
  readonly order_lines: number;
  /** Sum of quantity × unit cost over the order's lines that have a cost. */
  readonly order_known_cost: string | null;
  readonly order_costless_lines: number;
  /** Highest number of a line. */
  readonly order_last_line: number;
  /** The order's line of the item. */
  readonly line_id: string | null;
  readonly line_quantity: string | null;
  readonly line_cost: string | null;
}

/** The rows of whole orders after one first row, up to and with another: by order, and in the order of the file. */
export async function importOrderRowsRead(db: Db, range: RowRange): Promise<OrderFileRow[]> {
  const { rows } = await db.query<OrderFileRow>({
    name: "import_order_rows_read",
    text: `
      select s.row_number, s.group_row, s.state, s.error_code, s.fields, p.id as supplier_id, p.currency as supplier_currency,
        p.lead_time_days, to_jsonb(p.working_days) as working_days, to_jsonb(p.holidays) as holidays, w.id as warehouse_id, w.time_zone as warehouse_time_zone, i.id as item_id, trim_scale(c.unit_cost)::text as price,
        c.currency as price_currency, o.id as order_id, o.status as order_status, op.code as order_supplier,
        ow.code as order_warehouse, o.currency as order_currency, o.expected_on::text as order_expected_on,
        coalesce(t.lines, 0) as order_lines, trim_scale(t.known_cost)::text as order_known_cost,
        coalesce(t.costless, 0) as order_costless_lines, coalesce(t.last_line, 0) as order_last_line, l.id as line_id,
        trim_scale(l.quantity)::text as line_quantity, trim_scale(l.unit_cost)::text as line_cost
      from import_rows s
      left join suppliers p on p.code = s.fields ->> 'supplier'
      left join warehouses w on w.code = s.fields ->> 'warehouse'
      left join inventory_items i on i.sku = s.fields ->> 'sku'
      left join supplier_items c on c.supplier_id = p.id and c.item_id = i.id and c.status = 'active'
      left join purchase_orders o on o.number = s.fields ->> 'order'
      left join suppliers op on op.id = o.supplier_id
      left join warehouses ow on ow.id = o.warehouse_id
      left join lateral (
        select count(*) as lines, max(n.line_number) as last_line, sum(n.quantity * n.unit_cost) as known_cost,
          count(*) filter (where n.unit_cost is null) as costless
        from purchase_order_lines n
        where n.purchase_order_id = o.id
      ) t on true
      left join lateral (
        select n.id, n.quantity, n.unit_cost
        from purchase_order_lines n
        where n.purchase_order_id = o.id
          and n.item_id = i.id
        order by n.line_number
        limit 1
      ) l on true
      where s.import_id = $1::uuid
        and s.group_row > $2::bigint
        and s.group_row <= $3::bigint
      order by s.group_row, s.row_number`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** The rows of whole orders of a range that could be read, with what was foreseen for them. */
export async function importOrderFatesRead(db: Db, range: RowRange): Promise<ForeseenRow[]> {
  const { rows } = await db.query<ForeseenRow>({
    name: "import_order_fates_read",
    text: `
      select row_number, foreseen, error_code
      from import_rows
      where import_id = $1::uuid
        and group_row > $2::bigint
        and group_row <= $3::bigint
        and fields is not null
      order by row_number`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** Locks the orders that are there of those that a range names, in the order of their ids, until the transaction ends. */
export async function importOrdersLock(db: Db, range: RowRange): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: "import_orders_lock",
    text: `
      select o.id
      from purchase_orders o
      where o.number in (
        select s.fields ->> 'order'
        from import_rows s
        where s.import_id = $1::uuid
          and s.group_row > $2::bigint
          and s.group_row <= $3::bigint
          and s.row_number = s.group_row
      )
      order by o.id
      for update`,
    values: [range.importId, range.from, range.to],
  });
  return new Set(rows.map((row) => row.id));
}

/** Marks the staged rows of whole orders as applied; answers how many there were. */
export async function importOrderRowsApply(db: Db, range: RowRange): Promise<number> {
  const { rowCount } = await db.query({
    name: "import_order_rows_apply",
    text: `
      update import_rows
      set state = 'applied'
      where import_id = $1::uuid
        and group_row > $2::bigint
        and group_row <= $3::bigint
        and state = 'staged'`,
    values: [range.importId, range.from, range.to],
  });
  return rowCount ?? 0;
}
