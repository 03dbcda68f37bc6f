/** SQL that reads many entities of a kind at once, for whoever wrote them in bulk. */
import type { Db } from "../../../platform/postgres.ts";
import type { EntityRow } from "./entities.ts";
import type { EntityTable } from "./tables.ts";

/** The entities of the given ids as they are answered, in no order. */
export async function entitiesById(
  db: Db,
  table: EntityTable,
  ids: readonly string[],
): Promise<EntityRow[]> {
  const { rows } = await db.query<EntityRow>({
    text: `
      select ${table.shown}
      from ${table.table} t
      ${table.joins}
      where t.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}
