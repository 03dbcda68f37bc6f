/**
 * SQL that reads a report's rows. COPY takes no parameters, so filters travel as settings of the transaction; every name in the
 * statement comes from the report's definition, never from a request.
 */
import type { Db } from "../../../platform/postgres.ts";
import type { ReportColumn, ReportDefinition } from "../reportDefinitions.ts";

/** When the view was refreshed, and the time of this snapshot. */
export async function viewAgeRead(
  db: Db,
  view: string,
): Promise<{ refreshedAt: Date; snapshotAt: Date }> {
  const { rows } = await db.query<{ refreshed_at: Date; snapshot_at: Date }>({
    name: "view_age_read",
    text: `
      select refreshed_at, now() as snapshot_at
      from view_refreshes
      where view_name = $1::text`,
    values: [view],
  });
  const row = rows[0];
  if (row === undefined) throw new Error(`view_refreshes has no row of the view ${view}`);
  return { refreshedAt: row.refreshed_at, snapshotAt: row.snapshot_at };
}

/** The query that a view stands for, as the server keeps it: the same rows, read from the tables as they are now. */
export async function viewDefinitionRead(db: Db, view: string): Promise<string> {
  const { rows } = await db.query<{ definition: string }>({
    name: "view_definition_read",
    text: `
      select rtrim(pg_get_viewdef($1::regclass), ';') as definition`,
    values: [view],
  });
  const definition = rows[0]?.definition;
  if (definition === undefined) throw new Error(`the view ${view} has no definition`);
  return definition;
}

export interface RowFilters {
  readonly warehouses: readonly string[] | null;
  readonly skuPrefix: string | null;
}

/** Lays the filters down for this transaction. */
export async function rowFiltersSet(db: Db, filters: RowFilters): Promise<void> {
  await db.query({
    name: "row_filters_set",
    text: `
      select set_config('stockline.report_warehouses', coalesce($1::text[]::text, ''), true),
        set_config('stockline.report_sku_prefix', coalesce($2::text, ''), true)`,
    values: [filters.warehouses, filters.skuPrefix],
  });
}

/** The statement that copies a report's rows out as CSV. `definition` is the view's query where it is to be read live. */
export function reportRowsCopy(
  report: ReportDefinition,
  options: { definition: string | undefined; filters: RowFilters; header: boolean },
): string {
  const source = options.definition === undefined ? report.view : `(${options.definition})`;
  const conditions = [
    ...(options.filters.warehouses === null
      ? []
      : [
          "v.warehouse = any((select current_setting('stockline.report_warehouses')::text[])::text[])",
        ]),
    ...(options.filters.skuPrefix === null
      ? []
      : ["starts_with(v.sku, (select current_setting('stockline.report_sku_prefix')))"]),
  ];
  const texts = report.columns.filter(({ type }) => type === "text").map(({ name }) => name);
  return `
    copy (
      select ${report.columns.map(cellOf).join(", ")}
      from ${source} v
      ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
      order by v.sku, v.warehouse
    ) to stdout with (format csv, header ${options.header}, force_quote (${texts.join(", ")}), encoding 'UTF8')`;
}

/** First characters by which a spreadsheet takes a text for a formula (OWASP, CSV injection), also in their full width. */
const FORMULA_START = "^[=+@\\t\\r\\n＝＋－＠-]";

function cellOf({ name, type }: ReportColumn): string {
  switch (type) {
    case "text":
      return `case when v.${name} ~ '${FORMULA_START}' then '''' || v.${name} else v.${name} end as ${name}`;
    case "decimal":
      return `trim_scale(v.${name}) as ${name}`;
    case "integer":
      return `v.${name} as ${name}`;
    case "timestamp":
      return `to_char(v.${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${name}`;
  }
}
