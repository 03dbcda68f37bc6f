/** SQL of lanes: locking them for a batch, finding those with work, and moving the marks that keep their scans short. */
import type { Db } from "../../../platform/postgres.ts";

export interface LaneRow {
  readonly id: number;
  readonly next_position: number;
  readonly low_water: number;
  /** No movement of the lane past it is decided yet; those up to it and past the low-water mark may be. */
  readonly decided_to: number;
  /** Up to here nothing can still commit; read before the pending movements are, so it holds for them. */
  readonly safe_seq: number;
  /** Milliseconds since 1970; not before the lane's last entry, whatever the clock does. */
  readonly recorded_at_ms: number;
}

/** A lane as it was locked. A halted one takes no part in a batch; it is told apart from one that somebody else holds. */
export interface LockedLane extends LaneRow {
  readonly is_halted: boolean;
}

/** A lane that a batch reads from. */
export interface DrainedLane extends LaneRow {
  /** Movements that are read of it at most. */
  readonly rowsMax: number;
}

const LANE_COLUMNS = `
        id,
        next_position,
        low_water,
        case when decided_position = next_position then decided_to else (select last_value from movement_inbox_seq_seq) end
          as decided_to,
        (select safe_seq from inbox_horizon) as safe_seq,
        (extract(epoch from greatest(clock_timestamp(), last_recorded_at)) * 1000)::bigint as recorded_at_ms,
        halted_at is not null as is_halted`;

/** Locks those of the lanes that nobody else holds; the locks last until the transaction ends. */
export async function lanesLock(db: Db, lanes: readonly number[]): Promise<LockedLane[]> {
  const { rows } = await db.query<LockedLane>({
    name: "lanes_lock",
    text: `
      select ${LANE_COLUMNS}
      from lanes
      where id = any($1::smallint[])
      order by id
      for update skip locked`,
    values: [lanes],
  });
  return rows;
}

/**
 * Locks all of the lanes, waiting for whoever holds one, in ascending order: two that wait for the same lanes come one after
 * the other, and who does not wait (lanesLock) can't be waited for in a circle.
 */
export async function lanesLockAll(db: Db, lanes: readonly number[]): Promise<LockedLane[]> {
  const { rows } = await db.query<LockedLane>({
    name: "lanes_lock_all",
    text: `
      select ${LANE_COLUMNS}
      from lanes
      where id = any($1::smallint[])
      order by id
      for update`,
    values: [lanes],
  });
  return rows;
}

/** Lanes that have undone movements. The sweep calls it each second; it finds what Redis forgot. */
export async function lanesWithWork(db: Db): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "lanes_with_work",
    text: `
      select n.id
      from lanes n
      where n.id < 256
        and n.halted_at is null
        and (
          select true
          from movement_inbox i
          where i.lane = n.id
            and i.seq > n.low_water
            and (select true from movement_outcomes o where o.id = i.id) is null
          limit 1
        )
      order by n.id`,
  });
  return rows.map((row) => row.id);
}

/** The last seq that any transaction has drawn. */
export async function inboxSeqLast(db: Db): Promise<number> {
  const { rows } = await db.query<{ seq: number }>({
    name: "inbox_seq_last",
    text: `
      select case when is_called then last_value else 0 end as seq
      from movement_inbox_seq_seq`,
  });
  return rows[0]?.seq ?? 0;
}

/**
 * Moves the horizon: the candidate becomes safe once every transaction that was there when it was noted has ended.
 * `lastSeq` must have been read by an earlier transaction than this one: whoever drew a seq up to it owned an xid by then, and
 * this transaction's own xid is drawn later, so it lies above all of theirs. (The snapshot's xmax would not do: it is the last
 * xid that has ended plus one, and those who are still at work may own it and higher ones.)
 */
export async function inboxHorizonAdvance(db: Db, lastSeq: number): Promise<void> {
  await db.query({
    name: "inbox_horizon_advance",
    text: `
      update inbox_horizon h
      set safe_seq = h.candidate_seq,
        candidate_seq = greatest(h.candidate_seq, $1::bigint),
        candidate_xid = pg_current_xact_id()
      where pg_snapshot_xmin(pg_current_snapshot()) >= h.candidate_xid`,
    values: [lastSeq],
  });
}

/** Moves the low-water marks of lanes without work up to the horizon, so that their next scan starts there. */
export async function idleLanesCatchUp(db: Db): Promise<void> {
  await db.query({
    name: "idle_lanes_catch_up",
    text: `
      with idle as (
        select n.id, h.safe_seq
        from lanes n
        cross join inbox_horizon h
        where n.id < 256
          and n.low_water < h.safe_seq
          and (
            select true
            from movement_inbox i
            where i.lane = n.id
              and i.seq > n.low_water
              and i.seq <= h.safe_seq
              and (select true from movement_outcomes o where o.id = i.id) is null
            limit 1
          ) is null
        order by n.id
        for update of n skip locked
      )
      update lanes n
      set low_water = greatest(n.low_water, i.safe_seq)
      from idle i
      where n.id = i.id`,
  });
}
