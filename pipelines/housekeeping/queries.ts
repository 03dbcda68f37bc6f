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
