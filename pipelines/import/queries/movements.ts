/** SQL between staged rows and the inbox: rows with their ids resolved, and their outcomes coming back. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";
import type { RowRange } from "./rows.ts";
import { rowByKey } from "./rowsByKey.ts";

/** A staged movement with everything the inbox needs. */
export interface ResolvedRow {
  readonly row_number: number;
  readonly id: string;
  readonly lane: number;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly to_warehouse_id: string | null;
  /** The item's stock unit. */
  readonly stock_unit: string;
  /** Stock units in one of the row's unit, where that is a pack of the item. */
  readonly factor: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** A row's movement id: its own, or the one that was derived from import and row when it was staged. */
const MOVEMENT_ID = "(s.fields ->> 'id')::uuid";

/** The staged movements of a range, in the order of the file. */
export async function importMovementsResolve(db: Db, range: RowRange): Promise<ResolvedRow[]> {
  const { rows } = await db.query<ResolvedRow>({
    name: "import_movements_resolve",
    text: `
      select s.row_number, ${MOVEMENT_ID} as id, i.lane, i.id as item_id, w.id as warehouse_id, t.id as to_warehouse_id, i.unit as stock_unit,
        trim_scale(u.factor)::text as factor, s.fields
      from import_rows s
      join inventory_items i on i.sku = s.fields ->> 'sku'
      join warehouses w on w.code = s.fields ->> 'warehouse'
      left join warehouses t on t.code = s.fields ->> 'to_warehouse'
      left join item_units u on u.item_id = i.id and u.unit = s.fields ->> 'unit' and u.unit <> i.unit
      where s.import_id = $1::uuid
        and s.row_number > $2::bigint
        and s.row_number <= $3::bigint
        and s.state = 'staged'
      order by s.row_number`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** What became of a range since it was last looked at, and what still waits. */
export interface Settlement {
  readonly applied: number;
  readonly rejected: number;
  readonly waiting: number;
}

/** Gives row `r` the outcome `o` of its movement; `c.field` is the column that a rejection is about. */
const SET_OUTCOME = `
        set state = o.status,
          error_column = case
            when c.field = 'occurred_at' and not r.fields ? 'type' then 'counted_at' -- a count's column for it
            else c.field
          end,
          error_code = o.code,
          error_detail = o.detail,
          error_value = case when o.code is not null then coalesce(r.fields ->> c.field, '') end`;
const OUTCOME_FIELD = `
        cross join lateral (
          select case
            when o.code is null then null
            when o.code in ('lot_required', 'lot_not_tracked', 'unknown_lot', 'too_many_lots', 'serial_in_stock') then 'lot'
            when o.code = 'lot_mismatch' then 'expires_on'
            when o.code = 'version_conflict' then 'counted_version'
            when o.code = 'period_closed' then 'occurred_at'
            else 'quantity'
          end as field
        ) c`;

/** Rows of an import, by their numbers. */
interface RowsByNumber {
  readonly importId: string;
  readonly rows: readonly ResolvedRow[];
}

/** Marks staged rows as applied; answers how many there were. */
export async function importMovementsApply(
  db: Db,
  { importId, rows }: RowsByNumber,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rowCount } = await db.query({
    name: "import_movements_apply",
    text: `
      update import_rows
      set state = 'applied'
      where import_id = $1::uuid
        and row_number = any($2::bigint[])
        and state = 'staged'`,
    values: [importId, plainArray(rows.map((row) => row.row_number))],
  });
  return rowCount ?? 0;
}

/** Gives staged rows the outcomes of their movements, which are rejected; answers how many there were. */
export async function importMovementsReject(
  db: Db,
  { importId, rows }: RowsByNumber,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rowCount } = await db.query({
    name: "import_movements_reject",
    text: `
      update import_rows r
      ${SET_OUTCOME}
      from unnest($2::bigint[], $3::uuid[]) as w (row_number, id)
      join movement_outcomes o on o.id = w.id
      ${OUTCOME_FIELD}${rowByKey("w.row_number", "s.state = 'staged'")}`,
    values: [
      importId,
      plainArray(rows.map((row) => row.row_number)),
      plainArray(rows.map((row) => row.id)),
    ],
  });
  return rowCount ?? 0;
}

/**
 * Gives the rows of a range in the inbox the outcomes that their movements have by now. Joined by the rows' places: by their numbers,
 * a plan that expects few of them looks at all for each. The import's fence keeps every other writer from these rows.
 */
export async function importRowsSettle(db: Db, range: RowRange): Promise<Settlement> {
  const { rows } = await db.query<Settlement>({
    name: "import_rows_settle",
    text: `
      with staged as materialized (
        select s.ctid as place, ${MOVEMENT_ID} as id
        from import_rows s
        where s.import_id = $1::uuid
          and s.row_number > $2::bigint
          and s.row_number <= $3::bigint
          and s.state = 'staged'
      ),
      settled as (
        update import_rows r
        ${SET_OUTCOME}
        from staged w
        join movement_outcomes o on o.id = w.id
        ${OUTCOME_FIELD}
        where r.ctid = w.place
        returning r.state
      )
      select count(*) filter (where state = 'applied') as applied,
        count(*) filter (where state = 'rejected') as rejected,
        (select count(*) from staged) - count(*) as waiting
      from settled`,
    values: [range.importId, range.from, range.to],
  });
  return rows[0] ?? { applied: 0, rejected: 0, waiting: 0 };
}
