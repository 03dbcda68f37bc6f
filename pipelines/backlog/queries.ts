/** SQL of the backlog: movements that were accepted and that no lane has decided yet. */
import type { Db } from "../../platform/postgres.ts";

/** Counters that only grow; their differences tell what came in and what was decided meanwhile. */
export interface InboxFlow {
  /** Last seq drawn; ids that were known already leave gaps. */
  readonly drawn: number;
  /** Outcomes written, as the server's statistics count them: up to some seconds late, and with those of failed batches. */
  readonly decided: number;
}

/** Reads the counters; costs next to nothing, whatever the backlog. */
export async function inboxFlowRead(db: Db): Promise<InboxFlow> {
  const { rows } = await db.query<InboxFlow>({
    name: "inbox_flow_read",
    text: `
      select
        (select case when is_called then last_value else 0 end from movement_inbox_seq_seq) as drawn,
        (
          select coalesce(sum(pg_stat_get_tuples_inserted(inhrelid)), 0)::bigint
          from pg_inherits
          where inhparent = 'movement_outcomes'::regclass
        ) as decided`,
  });
  return rows[0] ?? { drawn: 0, decided: 0 };
}

/** Number of undone movements, counted from the lanes' low-water marks up to a bound; some microseconds each. */
export async function undoneMovementsCount(db: Db, countMax: number): Promise<number> {
  const { rows } = await db.query<{ depth: number }>({
    name: "undone_movements_count",
    text: `
      select count(*) as depth
      from (
        select from lanes n
        join movement_inbox i on i.lane = n.id and i.seq > n.low_water
        where n.id < 256
          and (select true from movement_outcomes o where o.id = i.id) is null
        limit $1::bigint
      ) undone`,
    values: [countMax],
  });
  return rows[0]?.depth ?? 0;
}

/** Seconds since the oldest undone movement was accepted; 0 where there is none. One look into each lane. */
export async function oldestUndoneAge(db: Db): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>({
    name: "oldest_undone_age",
    text: `
      select coalesce(greatest(0, extract(epoch from clock_timestamp() - min(first.accepted_at))), 0)::float8 as seconds
      from lanes n
      cross join lateral (
        select i.accepted_at
        from movement_inbox i
        where i.lane = n.id
          and i.seq > n.low_water
          and (select true from movement_outcomes o where o.id = i.id) is null
        order by i.seq
        limit 1
      ) first
      where n.id < 256`,
  });
  return rows[0]?.seconds ?? 0;
}
