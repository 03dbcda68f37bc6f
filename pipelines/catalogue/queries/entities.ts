/**
 * The statements that all five catalogue tables share, made from a table's description. Fields travel as one jsonb value
 * and get their types from the table itself (jsonb_populate_record), so a new column needs no new statement.
 */
import assert from "node:assert/strict";
import type { Db } from "../../../platform/postgres.ts";
import type { EntityTable } from "./tables.ts";

/** An entity as it is answered. */
export type EntityRow = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly status: string;
  readonly version: number;
};

/** Names one entity: by id, or by its code. */
export interface EntityReference {
  readonly by: "id" | "code";
  readonly value: string;
}

/** Values of filters by name (table.filters); undefined ones are left out. `status`: "all", a status, or not archived. */
export type EntityFilters = Readonly<Record<string, unknown>>;

/** Fields by name; money and quantities as decimal strings. */
export type EntityFields = Readonly<Record<string, unknown>>;

/** A condition of a statement; `$?` in its text stands for the value. */
interface Condition {
  readonly sql: string;
  readonly value?: unknown;
}

/** One entity; with `lock` its row is locked until the transaction ends, its keys are not: what refers to it need not wait. */
export async function entityRead(
  db: Db,
  table: EntityTable,
  args: {
    readonly reference: EntityReference;
    /** What the entity must fulfil besides, or it counts as missing. */
    readonly scope: EntityFilters;
    readonly lock: boolean;
  },
): Promise<EntityRow | undefined> {
  const column =
    args.reference.by === "id" ? "t.id = $?::uuid" : `${table.codeColumn ?? "t.id::text"} = $?`;
  const { text, values } = conjunction([
    { sql: column, value: args.reference.value },
    ...conditionsOf(table, { ...args.scope, status: "all" }),
  ]);
  const { rows } = await db.query<EntityRow>({
    text: `
      select ${table.shown}
      from ${table.table} t
      ${table.joins}
      where ${text}
      ${args.lock ? "for no key update of t" : ""}`,
    values,
  });
  return rows[0];
}

/** Entities after the given place of the list's order, at most `limit` of them. */
export async function entitiesList(
  db: Db,
  table: EntityTable,
  args: {
    readonly filters: EntityFilters;
    readonly after: readonly string[] | undefined;
    readonly limit: number;
  },
): Promise<EntityRow[]> {
  const order = table.order.map(({ column }) => column).join(", ");
  const { text, values } = conjunction(conditionsOf(table, args.filters));
  const first = values.length + 2;
  const place = (args.after ?? []).map((_, nth) => `$${first + nth}::text`).join(", ");
  // the row comparison alone finds no index where the order spans two tables
  const pastPlace = `and ${table.order[0]?.column} >= $${first}::text
        and (${order}) > (${place})`;
  const { rows } = await db.query<EntityRow>({
    text: `
      select ${table.shown}
      from ${table.table} t
      ${table.joins}
      where ${text}
        ${args.after === undefined ? "" : pastPlace}
      order by ${order}
      limit $${values.length + 1}::int`,
    values: [...values, args.limit, ...(args.after ?? [])],
  });
  return rows;
}

/** Writes a new entity; undefined where its id exists already (a repeated request). Raises 23505 for a code that exists. */
export async function entityInsert(
  db: Db,
  table: EntityTable,
  fields: EntityFields,
): Promise<EntityRow | undefined> {
  // columns that are not given keep the table's defaults, so only the given ones are named
  const given = columnsOf(table, fields);
  const columns = [...table.fixed, ...table.writable].filter(
    (column) => given[column] !== undefined,
  );
  const { rows } = await db.query<EntityRow>({
    text: `
      with t as (
        insert into ${table.table} (${columns.join(", ")})
        select ${columns.join(", ")}
        from jsonb_populate_record(null::${table.table}, $1::jsonb)
        on conflict (id) do nothing
        returning *
      )
      select ${table.shown}
      from t
      ${table.joins}`,
    values: [JSON.stringify(given)],
  });
  return rows[0];
}

/** Changes the given fields of an entity whose row is locked, and raises its version. */
export async function entityUpdate(
  db: Db,
  table: EntityTable,
  args: { readonly id: string; readonly fields: EntityFields },
): Promise<EntityRow | undefined> {
  const columns = table.writable;
  const { rows } = await db.query<EntityRow>({
    text: `
      with t as (
        update ${table.table} e
        set (${columns.join(", ")}) = (
            select ${columns.map((column) => `r.${column}`).join(", ")}
            from jsonb_populate_record(e, $2::jsonb) r
          ),
          version = e.version + 1,
          updated_at = now()
        where e.id = $1::uuid
        returning *
      )
      select ${table.shown}
      from t
      ${table.joins}`,
    values: [args.id, JSON.stringify(columnsOf(table, args.fields))],
  });
  return rows[0];
}

/** Fields by the names of their columns. */
function columnsOf(table: EntityTable, fields: EntityFields): EntityFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [table.columnOf?.[name] ?? name, value]),
  );
}

function conditionsOf(table: EntityTable, filters: EntityFilters): Condition[] {
  const { status, ...named } = filters;
  const conditions: Condition[] = [];
  if (status === undefined) conditions.push({ sql: "t.status <> 'archived'" });
  else if (status !== "all") conditions.push({ sql: "t.status = $?::text", value: status });
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined) continue;
    const sql = table.filters[name];
    assert(sql !== undefined, `${table.table} has the filter ${name}`);
    conditions.push({
      sql,
      value: name === "q" && typeof value === "string" ? containing(value) : value,
    });
  }
  return conditions;
}

/** Pattern of texts that contain the given one; its own %, _ and \\ are letters. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}

/** Joins conditions with "and", numbering their values from $1. */
function conjunction(conditions: readonly Condition[]): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = conditions.map(({ sql, value }) => {
    if (!sql.includes("$?")) return sql;
    values.push(value);
    return sql.replaceAll("$?", `$${values.length}`);
  });
  return { text: parts.length === 0 ? "true" : parts.join("\n        and "), values };
}
