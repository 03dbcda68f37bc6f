/** SQL of housekeeping. Each delete takes a bounded chunk and answers how many rows it took; callers repeat it. */
import type { Db } from "../../platform/postgres.ts";

/** Makes the monthly partitions of the ledger and the events ahead; answers the new ones. */
export async function partitionsEnsure(db: Db, monthsAhead: number): Promise<string[]> {
  const { rows } = await db.query<{ part: string }>({
    name: "partitions_ensure",
    text: `
      select part
      from ensure_partitions($1::int) as part`,
    values: [monthsAhead],
  });
  return rows.map((row) => row.part);
}

/** Whole days from now on for which both have partitions without a gap; at most a year is looked at. */
export async function partitionDaysAhead(db: Db): Promise<number> {
  const { rows } = await db.query<{ days: number }>({
    name: "partition_days_ahead",
    text: `
      select coalesce(
        min(floor(extract(epoch from (m.month at time zone 'UTC') - now()) / 86400)::int)
          filter (where to_regclass(p.parent || '_' || to_char(m.month, 'YYYY_MM')) is null),
        365) as days
      from (values ('stock_movements'), ('events')) as p (parent)
      cross join generate_series(date_trunc('month', now() at time zone 'UTC'),
        date_trunc('month', now() at time zone 'UTC') + interval '12 months', interval '1 month') as m (month)`,
  });
  return rows[0]?.days ?? 0;
}

interface Chunk {
  readonly olderThanDays: number;
  readonly rowsMax: number;
}

/**
 * Deletes inbox rows that were decided long enough ago and lie below their lane's low-water mark and the inbox's horizon,
 * so that no scan will look at them again. The oldest of each lane first, at most `rowsMax` a lane.
 */
export async function movementInboxDelete(db: Db, chunk: Chunk): Promise<number> {
  const { rowCount } = await db.query({
    name: "movement_inbox_delete",
    text: `
      delete from movement_inbox
      where id in (
        select d.id
        from inbox_horizon h
        cross join lanes n
        cross join lateral (
          select i.id
          from movement_inbox i
          where i.lane = n.id
            and i.seq <= least(n.low_water, h.safe_seq)
          order by i.lane, i.seq
          limit $2::int
        ) d
        join movement_outcomes o on o.id = d.id
        where o.decided_at < now() - make_interval(days => $1::int)
      )`,
    values: [chunk.olderThanDays, chunk.rowsMax],
  });
  return rowCount ?? 0;
}

/** Deletes job runs that ended. */
export async function jobRunsDelete(db: Db, chunk: Chunk): Promise<number> {
  const { rowCount } = await db.query({
    name: "job_runs_delete",
    text: `
      delete from job_runs
      where id in (
        select id
        from job_runs
        where status in ('completed', 'failed', 'skipped')
          and created_at < now() - make_interval(days => $1::int)
        limit $2::int
      )`,
    values: [chunk.olderThanDays, chunk.rowsMax],
  });
  return rowCount ?? 0;
}

/** Letters that were taken aside: records that came in, and events that a sink or webhook refused. */
export type LetterTable = "dead_letters" | "sink_dead_letters";

/** Deletes letters that somebody replayed or discarded; those that wait for somebody stay. */
export async function resolvedLettersDelete(
  db: Db,
  table: LetterTable,
  chunk: Chunk,
): Promise<number> {
  const { rowCount } = await db.query({
    name: `${table}_delete`,
    text: `
      delete from ${table}
      where id in (
        select id
        from ${table}
        where status in ('replayed', 'discarded')
          and resolved_at < now() - make_interval(days => $1::int)
        limit $2::int
      )`,
    values: [chunk.olderThanDays, chunk.rowsMax],
  });
  return rowCount ?? 0;
}

export interface DeadRows {
  readonly table: string;
  readonly dead_rows: number;
  /** Against the rows that are there; 0 while there are few. */
  readonly dead_ratio: number;
  /** Bytes with indexes. */
  readonly bytes: number;
}

/**
 * Rows that a vacuum has still to clear, and sizes, of tables whose rows change all the time. A small table that is mostly dead
 * rows harms nobody, so the ratio counts from `rowsMin` dead rows on.
 */
export async function deadRowsRead(
  db: Db,
  args: { readonly tables: readonly string[]; readonly rowsMin: number },
): Promise<DeadRows[]> {
  const { rows } = await db.query<DeadRows>({
    name: "dead_rows_read",
    text: `
      select relname as table, n_dead_tup as dead_rows, pg_total_relation_size(relid) as bytes,
        case when n_dead_tup < $2::bigint then 0 else n_dead_tup::double precision / greatest(n_live_tup, 1) end as dead_ratio
      from pg_stat_user_tables
      where schemaname = 'public'
        and relname = any($1::text[])
      order by relname`,
    values: [args.tables, args.rowsMin],
  });
  return rows;
}
