/** How many rows of a table a transaction has read so far, by scans and by indexes: tells a plan that reads too much, without a clock. */
import type { Db } from "../../platform/postgres.ts";

export async function rowsRead(tx: Db, table: string): Promise<number> {
  const { rows } = await tx.query<{ n: number }>({
    text: `select (seq_tup_read + idx_tup_fetch)::int as n
      from pg_stat_xact_user_tables
      where relname = $1`,
    values: [table],
  });
  return rows[0]?.n ?? 0;
}
