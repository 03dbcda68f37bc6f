/** Changes one cell of one row as only a superuser can, a bit at a time, and puts it back. */
import type pg from "pg";

/** How a value of a type becomes another one that is nearly the same; $ is the column. */
const FLIPS: Readonly<Record<string, string>> = {
  uuid: "(left($::text, 35) || translate(right($::text, 1), '0123456789abcdef', '1032547698badcfe'))::uuid",
  text: "$ || 'x'",
  numeric: "$ + 0.0001",
  int8: "$ + 1",
  int4: "$ + 1",
  int2: "case when $ > 100 then $ - 1 else $ + 1 end",
  timestamptz: "$ + interval '1 millisecond'",
  date: "$ + 1",
  bytea: "case when length($) = 0 then '\\x01' else set_byte($, 0, get_byte($, 0) # 1) end",
  bool: "not $",
  xid8: "'1'::xid8",
  jsonb: '$ || \'{"id": "other"}\'',
  json: "replace($::text, 'quantity\":\"', 'quantity\":\"1')::json",
  _int8: "array_append($[:cardinality($) - 1], $[cardinality($)] + 1)",
};

export interface Cell {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** Which row is taken, where any will not do. */
const FIRST: Readonly<Record<string, string>> = {
  movement_inbox: "seq",
  events: "position",
  movement_outcomes: "status, id",
};

/** The columns of the tables, in their order. */
export async function cellsOf(admin: pg.Client, tables: readonly string[]): Promise<Cell[]> {
  const { rows } = await admin.query<Cell>(
    `select table_name as "table", column_name as "column", udt_name as type
     from information_schema.columns
     where table_schema = 'public' and table_name = any($1)
     order by array_position($1, table_name::text), ordinal_position`,
    [tables],
  );
  return rows;
}

/**
 * Flips the cell in the first row that has a value there, runs `look` and puts the value back. Answers what `look` answered,
 * "refused" where a constraint holds the change up, or "empty" where no row has a value.
 */
export async function whileFlipped<T>(
  admin: pg.Client,
  { table, column, type }: Cell,
  look: () => Promise<T>,
): Promise<T | "refused" | "empty"> {
  const flip = (FLIPS[type] ?? "null").replaceAll("$", column);
  const { rows } = await admin.query<{ place: string; part: string; kept: string }>(
    `select ctid::text as place, tableoid::regclass::text as part, ${column}::text as kept
     from ${table} where ${column} is not null and (${flip})::text <> ${column}::text 
     order by ${FIRST[table] ?? "tableoid, ctid"} limit 1`,
  );
  const row = rows[0];
  if (row === undefined) return "empty";
  const change = (part: string, place: string, value: string) =>
    admin.query<{ place: string }>(
      `update ${part} set ${column} = ${value} where ctid = '${place}' returning ctid::text as place`,
    );
  let place: string | undefined;
  try {
    place = (await change(row.part, row.place, flip)).rows[0]?.place;
  } catch {
    return "refused";
  }
  try {
    return await look();
  } finally {
    await change(row.part, place ?? "", `'${row.kept.replaceAll("'", "''")}'`);
  }
}
