/** SQL of the staged rows: COPY in, faults found by the database, states, and the rows as they leave again. */
import { copyRows } from "../../../platform/copyRows.ts";
import type { Db, DbClient } from "../../../platform/postgres.ts";
import { rowByKey } from "./rowsByKey.ts";

/** Lets one statement of this transaction take minutes: a pass over all rows of a large file. */
export async function longStatementAllow(tx: DbClient): Promise<void> {
  await tx.query({ text: "set local statement_timeout = '10min'" });
}

/** Appends rows that stand in COPY text form. */
export async function importRowsCopy(tx: DbClient, text: string): Promise<void> {
  await copyRows(
    tx,
    "copy import_rows (import_id, row_number, cells, fields, state, error_column, error_code, error_detail, error_value) from stdin",
    text,
  );
}

/** A range of row numbers: after `from`, up to and with `to`. */
export interface RowRange {
  readonly importId: string;
  readonly from: number;
  readonly to: number;
}

/** Something wrong with a row that only the database can tell. */
export interface FoundFault {
  readonly row_number: number;
  readonly column_name: string;
  readonly code: string;
  readonly value: string;
  /** What the sentence needs besides: the item's unit, its currency, the first row of a duplicate. */
  readonly known: string | null;
  /** A known name that the value was most likely meant to be. */
  readonly near?: string | undefined;
}

/**
 * The end of the next range: the last row among the `rowsMax` numbers after `from`; where a gap is wider, the first row behind it;
 * undefined where no row is left. Bounded on both sides, so that no statistics make it read the rest of a large file.
 */
export async function importRangeEnd(
  db: Db,
  args: { readonly importId: string; readonly from: number; readonly rowsMax: number },
): Promise<number | undefined> {
  const { rows } = await db.query<{ row_to: number | null }>({
    name: "import_range_end",
    text: `
      select coalesce(
        (
          select max(row_number)
          from import_rows
          where import_id = $1::uuid
            and row_number > $2::bigint
            and row_number <= $2::bigint + $3::int
        ),
        (
          select min(row_number)
          from import_rows
          where import_id = $1::uuid
            and row_number > $2::bigint + $3::int
        )
      ) as row_to`,
    values: [args.importId, args.from, args.rowsMax],
  });
  return rows[0]?.row_to ?? undefined;
}

/**
 * Rows of the range that name what does not exist, is archived, or does not fit the item; one fault a row. `fields` are the
 * references that the kind requires, `code` among them where a limit to warehouses holds for the entity itself.
 */
export async function importReferenceFaults(
  db: Db,
  args: RowRange & {
    readonly fields: readonly string[];
    readonly isMovement: boolean;
    readonly warehouses: readonly string[] | null;
  },
): Promise<FoundFault[]> {
  const { rows } = await db.query<FoundFault>({
    name: "import_reference_faults",
    text: `
      select j.row_number,
        split_part(j.fault, ' ', 1) as column_name,
        split_part(j.fault, ' ', 2) as code,
        coalesce(j.fields ->> split_part(j.fault, ' ', 1), '') as value,
        case split_part(j.fault, ' ', 1)
          when 'lot' then j.tracking
          when 'unit' then concat_ws(', ', to_json(j.unit)::text, (
            select string_agg(to_json(x.unit)::text, ', ' order by x.unit) from item_units x where x.item_id = j.item_id))
          when 'quantity' then trim_scale(j.factor)::text || ' ' || j.unit
          when 'currency' then j.currency
        end as known
      from (
        select s.row_number, s.fields, i.id as item_id, i.unit, i.currency, i.tracking, u.factor,
          case
            when 'supplier' = any($4::text[]) and p.id is null then 'supplier unknown_supplier'
            when 'supplier' = any($4::text[]) and p.status = 'archived' then 'supplier supplier_archived'
            when 'sku' = any($4::text[]) and i.id is null then 'sku unknown_sku'
            when 'sku' = any($4::text[]) and i.status = 'archived' then 'sku item_archived'
            when 'warehouse' = any($4::text[]) and w.id is null then 'warehouse unknown_warehouse'
            when 'warehouse' = any($4::text[]) and w.status = 'archived' then 'warehouse warehouse_archived'
            when 'to_warehouse' = any($4::text[]) and t.id is null and s.fields ? 'to_warehouse'
              then 'to_warehouse unknown_warehouse'
            when 'to_warehouse' = any($4::text[]) and t.status = 'archived' then 'to_warehouse warehouse_archived'
            when $5::boolean and s.fields ->> 'unit' <> i.unit and u.unit is null then 'unit unknown_unit'
            when $5::boolean and scale(trim_scale((s.fields ->> 'quantity')::numeric * u.factor)) > 4
              then 'quantity unit_inexact'
            when $5::boolean and abs((s.fields ->> 'quantity')::numeric * u.factor) >= 1e14 then 'quantity out_of_range'
            when $5::boolean and s.fields ? 'lot' and i.tracking = 'none' then 'lot lot_not_tracked'
            when $5::boolean and i.tracking <> 'none' and not s.fields ? 'lot'
              and coalesce(s.fields ->> 'type', 'count') in ('receipt', 'return', 'adjustment', 'count', 'hold', 'unhold')
              then 'lot lot_required'
            when $5::boolean and s.fields ? 'lot' and i.tracking = 'serial'
              and (s.fields ->> 'quantity')::numeric * coalesce(u.factor, 1)
                <> all (case coalesce(s.fields ->> 'type', 'count')
                  when 'adjustment' then '{1,-1}'::numeric[] when 'count' then '{0,1}' else '{1}' end)
              then 'quantity serial_quantity'
            when $5::boolean and s.fields ->> 'currency' <> i.currency then 'currency currency_mismatch'
            when 'code' = any($4::text[]) and not s.fields ->> 'code' = any($6::text[]) then 'code unknown_warehouse'
          end as fault
        from import_rows s
        left join inventory_items i on i.sku = s.fields ->> 'sku'
        left join suppliers p on p.code = s.fields ->> 'supplier'
        left join warehouses w on w.code = s.fields ->> 'warehouse'
          and ($6::text[] is null or w.code = any($6::text[]))
        left join warehouses t on t.code = s.fields ->> 'to_warehouse'
          and ($6::text[] is null or t.code = any($6::text[]))
        left join item_units u on u.item_id = i.id and u.unit = s.fields ->> 'unit' and u.unit <> i.unit
        where s.import_id = $1::uuid
          and s.row_number > $2::bigint
          and s.row_number <= $3::bigint
          and s.state = 'staged'
      ) j
      where j.fault is not null`,
    values: [args.importId, args.from, args.to, args.fields, args.isMovement, args.warehouses],
  });
  return rows;
}

/** Policies of the range that are not whole once they are laid over what is stored. */
export async function importPolicyFaults(db: Db, range: RowRange): Promise<FoundFault[]> {
  const { rows } = await db.query<FoundFault>({
    name: "import_policy_faults",
    text: `
      select m.row_number,
        case when m.fault = 'below_min' then 'max' else m.fault end as column_name,
        case when m.fault = 'below_min' then 'below_min' else 'required' end as code,
        case when m.fault = 'below_min' then coalesce(m.given_max, '') else '' end as value,
        case when m.fault = 'below_min' then trim_scale(m.min_quantity)::text else m.method end as known
      from (
        select s.row_number,
          r.method,
          r.min_quantity,
          s.fields ->> 'max_quantity' as given_max,
          case
            when r.method in ('min_max', 'days_of_cover') and r.min_quantity is null then 'min'
            when r.method in ('min_max', 'days_of_cover') and r.max_quantity is null then 'max'
            when r.method = 'periodic_review' and r.review_days is null then 'review_days'
            when r.method = 'reorder_point' and r.reorder_point is null then 'reorder_point'
            when r.method = 'reorder_point' and r.reorder_quantity is null then 'reorder_quantity'
            when r.max_quantity < r.min_quantity then 'below_min'
          end as fault
        from import_rows s
        join inventory_items i on i.sku = s.fields ->> 'sku'
        join warehouses w on w.code = s.fields ->> 'warehouse'
        left join reorder_policies o on o.item_id = i.id and o.warehouse_id = w.id
        cross join lateral jsonb_populate_record(o, s.fields) r
        where s.import_id = $1::uuid
          and s.row_number > $2::bigint
          and s.row_number <= $3::bigint
          and s.state = 'staged'
      ) m
      where m.fault is not null`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** Rows whose key stands in an earlier good row of the file. */
export async function importDuplicateFaults(
  db: Db,
  args: { readonly importId: string; readonly key: readonly string[] },
): Promise<FoundFault[]> {
  const { rows } = await db.query<FoundFault>({
    name: "import_duplicate_faults",
    text: `
      select row_number, $2::text as column_name, 'duplicate_in_file' as code, value, first_row::text as known
      from (
        select row_number,
          fields ->> $2::text as value,
          min(row_number) over (partition by fields ->> $2::text, fields ->> $3::text) as first_row
        from import_rows
        where import_id = $1::uuid
          and state = 'staged'
      ) keyed
      where row_number > first_row
      order by row_number`,
    values: [args.importId, args.key[0] ?? "", args.key[1] ?? ""],
  });
  return rows;
}

/** A row that was found wrong, ready to be shown. */
export interface WordedFault {
  readonly rowNumber: number;
  readonly column: string;
  readonly code: string;
  readonly detail: string;
  readonly value: string;
}

/** Gives rows that were still good another state, with the reason; answers how many there were. */
export async function importRowsJudge(
  db: Db,
  args: {
    readonly importId: string;
    readonly state: "invalid" | "rejected" | "skipped";
    readonly faults: readonly WordedFault[];
  },
): Promise<number> {
  const { faults } = args;
  if (faults.length === 0) return 0;
  const { rowCount } = await db.query({
    name: "import_rows_judge",
    text: `
      update import_rows r
      set state = $2::text,
        error_column = f.column_name,
        error_code = f.code,
        error_detail = f.detail,
        error_value = f.value
      from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
        as f (row_number, column_name, code, detail, value)${rowByKey("f.row_number", "s.state = 'staged'")}`,
    values: [
      args.importId,
      args.state,
      faults.map((fault) => fault.rowNumber),
      faults.map((fault) => fault.column),
      faults.map((fault) => fault.code),
      faults.map((fault) => fault.detail),
      faults.map((fault) => fault.value),
    ],
  });
  return rowCount ?? 0;
}

/** Rows of an import by whether they are good so far. */
export async function importRowsCount(
  db: Db,
  importId: string,
): Promise<{ readonly total: number; readonly invalid: number }> {
  const { rows } = await db.query<{ total: number; invalid: number }>({
    name: "import_rows_count",
    text: `
      select count(*) as total, count(*) filter (where state = 'invalid') as invalid
      from import_rows
      where import_id = $1::uuid`,
    values: [importId],
  });
  return rows[0] ?? { total: 0, invalid: 0 };
}

/**
 * Makes rows of a range good again that the database had refused in a dry run (their fields are kept), so that they are judged
 * anew; why they were refused is kept as what was foreseen. Answers how many there were.
 */
export async function importRowsUnjudge(db: Db, range: RowRange): Promise<number> {
  const { rowCount } = await db.query({
    name: "import_rows_unjudge",
    text: `
      update import_rows
      set state = 'staged',
        foreseen = error_code,
        error_column = null,
        error_code = null,
        error_detail = null,
        error_value = null
      where import_id = $1::uuid
        and row_number > $2::bigint
        and row_number <= $3::bigint
        and error_code is not null
        and fields is not null`,
    values: [range.importId, range.from, range.to],
  });
  return rowCount ?? 0;
}

/** The cells of a row as they stood in the file. */
export type Cells = readonly (string | number)[];

/** A row that went wrong, or that was left out. */
export interface FaultyRow {
  readonly row_number: number;
  /** A text where they are sealed. */
  readonly cells: Cells | string;
  /** Reading it came to no fields; the fault, if any, was found then. */
  readonly is_unreadable: boolean;
  readonly error_column: string | null;
  /** Null for a good row that was left out. */
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly error_value: string | null;
}

export interface FaultFilter {
  readonly importId: string;
  /** Rows after this row of the file. */
  readonly after: number;
  readonly limit: number;
  /** Only rows with this code. */
  readonly code?: string | undefined;
}

/** Rows that went wrong, in the order of the file. */
export async function importFaultsList(db: Db, filter: FaultFilter): Promise<FaultyRow[]> {
  const { rows } = await db.query<FaultyRow>({
    name: "import_faults_list",
    text: `
      select row_number, cells, fields is null as is_unreadable, error_column, error_code, error_detail, error_value
      from import_rows
      where import_id = $1::uuid
        and row_number > $2::bigint
        and error_code is not null
        and state in ('invalid', 'rejected')
        and ($4::text is null or error_code = $4::text)
      order by row_number
      limit $3::int`,
    values: [filter.importId, filter.after, filter.limit, filter.code ?? null],
  });
  return rows;
}

/** Rows that did not go in, for whatever reason: gone wrong, repeated, or left out by the end of the import. */
export async function importLeftOutList(db: Db, filter: FaultFilter): Promise<FaultyRow[]> {
  const { rows } = await db.query<FaultyRow>({
    name: "import_left_out_list",
    text: `
      select row_number, cells, fields is null as is_unreadable, error_column, error_code, error_detail, error_value
      from import_rows
      where import_id = $1::uuid
        and row_number > $2::bigint
        and state <> 'applied'
        and ($4::text is null or error_code = $4::text)
      order by row_number
      limit $3::int`,
    values: [filter.importId, filter.after, filter.limit, filter.code ?? null],
  });
  return rows;
}
