/**
 * SQL that reads a report's rows. COPY takes no parameters, so what was asked for stands in the statement, as literals that pg has
 * escaped; every name in it comes from the report's definition, never from a request.
 */
import { type Db, escapeLiteral } from "../../../platform/postgres.ts";
import { textArray } from "../../../platform/sqlArrays.ts";
import { ofSkus, ofWarehouses } from "../reportDefinition.ts";
import type { ReportColumn, ReportDefinition } from "../reportDefinitions.ts";

/** The time of this snapshot. */
export async function snapshotTimeRead(db: Db): Promise<Date> {
  const { rows } = await db.query<{ at: Date }>({
    name: "snapshot_time_read",
    text: `
      select now() as at`,
  });
  const at = rows[0]?.at;
  if (at === undefined) throw new Error("the database did not tell its time");
  return at;
}

/** When the view was refreshed. */
export async function viewRefreshedAtRead(db: Db, view: string): Promise<Date> {
  const { rows } = await db.query<{ refreshed_at: Date }>({
    name: "view_refreshed_at_read",
    text: `
      select refreshed_at
      from view_refreshes
      where view_name = $1::text`,
    values: [view],
  });
  const row = rows[0];
  if (row === undefined) throw new Error(`view_refreshes has no row of the view ${view}`);
  return row.refreshed_at;
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

/** What the rows are limited to; null and undefined limit nothing. */
export interface RowLimits {
  readonly warehouses: readonly string[] | null;
  readonly skuPrefix: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly asOf: string | undefined;
}

/** Limits nothing. */
export const NO_LIMITS: RowLimits = {
  warehouses: null,
  skuPrefix: undefined,
  from: undefined,
  to: undefined,
  asOf: undefined,
};

/** The query with what was asked for in its place, as ASKED of the definitions names it. Throws where a name in braces is none of it. */
export function withLimits(query: string, limits: RowLimits): string {
  const { warehouses, skuPrefix = "", from, to, asOf } = limits;
  const values: Readonly<Record<string, string | undefined>> = {
    warehouses: warehouses === null ? undefined : textArray(warehouses),
    sku_prefix: skuPrefix,
    from,
    to,
    as_of: asOf,
  };
  return query.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (!(name in values)) throw new Error(`nothing that a report asks for is called ${name}`);
    const value = values[name];
    return value === undefined ? "null" : escapeLiteral(value);
  });
}

/**
 * csv: with a header. objects: a JSON object a line. arrays: a JSON array a line, in the order of the columns, times as milliseconds
 * since 1970. cells: an array for a spreadsheet, times as texts. In csv and cells texts that a spreadsheet could take for a formula are
 * made safe; JSON has decimals as strings.
 */
export type RowForm = "csv" | "cells" | "objects" | "arrays";

/** What to copy of a report, and how. */
export interface RowsWanted {
  /** The view's query where it is to be read live. */
  readonly definition: string | undefined;
  readonly form: RowForm;
  readonly limits: RowLimits;
}

/** The statement that copies a report's rows out. They are sorted bare and formed after it: formed ones are half as wide again. */
export function reportRowsCopy(
  report: ReportDefinition,
  { definition, form, limits }: RowsWanted,
): string {
  const { columns, orderBy } = report;
  const rows = `
      select ${columns.map((column) => cellOf(column, form)).join(", ")}
      from (
        select ${columns.map(({ name }) => `v.${name}`).join(", ")}
        ${withLimits(rowsFrom(report, definition), limits)}
        order by ${orderBy.map((name) => `v.${name}`).join(", ")}
      ) v`;
  switch (form) {
    case "csv": {
      const texts = columns.filter(({ type }) => type === "text").map(({ name }) => name);
      return `copy (${rows}) to stdout with (format csv, header true, force_quote (${texts.join(", ")}), encoding 'UTF8')`;
    }
    case "objects":
      return `copy (select row_to_json(x)::text from (${rows}) x) to stdout with (${AS_IT_IS})`;
    case "arrays":
    case "cells": {
      const names = columns.map(({ name }) => `x.${name}`).join(", ");
      return `copy (select json_build_array(${names})::text from (${rows}) x) to stdout with (${AS_IT_IS})`;
    }
  }
}

/** JSON holds no raw control character, so with these signs nothing of it is ever quoted or escaped. */
const AS_IT_IS = "format csv, quote e'\\x01', delimiter e'\\x02', encoding 'UTF8'";

/** A view's rows are limited here; a query limits its own, where it reads them. */
function rowsFrom({ source }: ReportDefinition, definition: string | undefined): string {
  if ("query" in source) return `from (${source.query}) v`;
  const rows = definition === undefined ? source.view : `(${definition})`;
  return `from ${rows} v
      where ${ofWarehouses("v.warehouse")}
        and ${ofSkus("v.sku")}`;
}

/**
 * First characters by which a spreadsheet takes a text for a formula (OWASP, CSV injection), also in their full width. By their code
 * points: a regular expression for each text took a tenth of an export.
 */
const FORMULA_START = Array.from("=+@-\t\r\n＝＋－＠", (sign) => sign.codePointAt(0)).join(", ");

function cellOf({ name, type }: ReportColumn, form: RowForm): string {
  const isForPeople = form === "csv" || form === "cells";
  switch (type) {
    case "text":
      return !isForPeople
        ? `v.${name}::text as ${name}`
        : `case when ascii(v.${name}::text) in (${FORMULA_START}) then '''' || v.${name} else v.${name}::text end as ${name}`;
    case "decimal":
      return `trim_scale(v.${name})${form === "csv" ? "" : "::text"} as ${name}`;
    case "integer":
      return `v.${name} as ${name}`;
    case "date":
      return `to_char(v.${name}, 'YYYY-MM-DD') as ${name}`;
    case "timestamp":
      if (form === "arrays") {
        return `(date_part('epoch', date_trunc('milliseconds', v.${name} at time zone 'UTC')) * 1000)::bigint as ${name}`;
      }
      return `to_char(v.${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${name}`;
  }
}
