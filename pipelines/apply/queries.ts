/** SQL of the apply batch. Lock first, read in later statements (READ COMMITTED), write everything in one. */
import type { MovementType } from "../../domain/movement.ts";
import type { Db } from "../../platform/postgres.ts";

export interface LaneRow {
  readonly id: number;
  readonly next_position: number;
  readonly low_water: number;
  /** Up to here nothing can still commit; read before the pending movements are, so it holds for them. */
  readonly safe_seq: number;
  /** Milliseconds since 1970; not before the lane's last entry, whatever the clock does. */
  readonly recorded_at_ms: number;
}

/** Locks those of the lanes that nobody else holds, in ascending order; the locks last until the transaction ends. */
export async function lanesLock(db: Db, lanes: readonly number[]): Promise<LaneRow[]> {
  const { rows } = await db.query<LaneRow>({
    name: "lanes_lock",
    text: `
      select id,
        next_position,
        low_water,
        (select safe_seq from inbox_horizon) as safe_seq,
        (extract(epoch from greatest(clock_timestamp(), last_recorded_at)) * 1000)::bigint as recorded_at_ms
      from lanes
      where id = any($1::smallint[])
      order by id
      for update skip locked`,
    values: [lanes],
  });
  return rows;
}

export interface PendingRow {
  readonly seq: number;
  readonly lane: number;
  readonly id: string;
  readonly body_hash: Buffer;
  readonly type: MovementType;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly to_warehouse_id: string | null;
  readonly quantity: string;
  readonly unit_cost: string | null;
  readonly expected_version: number | null;
  readonly reason: string | null;
  readonly reference_type: string | null;
  readonly reference_id: string | null;
  readonly source_id: string | null;
  readonly actor: string;
  readonly occurred_at_ms: number;
}

/**
 * Undone movements of the lanes in the order of their acceptance, at most `perLane` of each. Undone: no outcome for the id.
 * The look-up is a scalar subquery on purpose: it stays an index probe a row, whatever the statistics say of an inbox that
 * was empty when it was analysed.
 */
export async function pendingMovementsRead(
  db: Db,
  args: { lanes: readonly LaneRow[]; perLane: number },
): Promise<PendingRow[]> {
  const { rows } = await db.query<PendingRow>({
    name: "pending_movements_read",
    text: `
      select p.seq, n.lane, p.id, p.body_hash, p.type, p.item_id, p.warehouse_id, p.to_warehouse_id, p.quantity,
        p.unit_cost, p.expected_version, p.reason, p.reference_type, p.reference_id, p.source_id, p.actor,
        (extract(epoch from p.occurred_at) * 1000)::bigint as occurred_at_ms
      from unnest($1::smallint[], $2::bigint[]) as n (lane, low_water)
      cross join lateral (
        select i.*
        from movement_inbox i
        where i.lane = n.lane
          and i.seq > n.low_water
          and (select true from movement_outcomes o where o.id = i.id) is null
        order by i.lane, i.seq
        limit $3::int
      ) p
      order by n.lane, p.seq`,
    values: [
      args.lanes.map((lane) => lane.id),
      args.lanes.map((lane) => lane.low_water),
      args.perLane,
    ],
  });
  return rows;
}

export interface LevelRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly sku: string;
  readonly lane: number;
  readonly warehouse: string;
  readonly allow_negative: boolean;
  readonly on_hand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly average_cost: string | null;
  readonly version: number;
  readonly last_hash: string;
}

/** The levels of the pairs with what the fold and the events need; a level that does not exist yet reads as zero, version 0. */
export async function stockLevelsRead(
  db: Db,
  pairs: readonly { itemId: string; warehouseId: string }[],
): Promise<LevelRow[]> {
  const { rows } = await db.query<LevelRow>({
    name: "stock_levels_read",
    text: `
      select k.item_id,
        k.warehouse_id,
        i.sku,
        i.lane,
        w.code as warehouse,
        w.allow_negative,
        coalesce(s.on_hand, 0)::text as on_hand,
        coalesce(s.reserved, 0)::text as reserved,
        coalesce(s.unavailable, 0)::text as unavailable,
        s.average_cost::text as average_cost,
        coalesce(s.version, 0) as version,
        encode(coalesce(s.last_hash, ''), 'hex') as last_hash
      from unnest($1::uuid[], $2::uuid[]) as k (item_id, warehouse_id)
      join inventory_items i on i.id = k.item_id
      join warehouses w on w.id = k.warehouse_id
      left join stock_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id`,
    values: [pairs.map((pair) => pair.itemId), pairs.map((pair) => pair.warehouseId)],
  });
  return rows;
}

/** Everything that a batch writes, as columns (one array a column, all of one length a table). */
export interface BatchColumns {
  readonly levels: {
    readonly itemId: string[];
    readonly warehouseId: string[];
    readonly lane: number[];
    readonly onHandChange: string[];
    readonly averageCost: (string | null)[];
    readonly versionBefore: number[];
    readonly version: number[];
    readonly lastHash: Buffer[];
    readonly updatedAt: Date[];
  };
  readonly entries: {
    readonly movementId: string[];
    readonly itemId: string[];
    readonly warehouseId: string[];
    readonly counterpartWarehouseId: (string | null)[];
    readonly quantity: string[];
    readonly balanceAfter: string[];
    readonly version: number[];
    readonly lane: number[];
    readonly position: number[];
    readonly recordedAt: Date[];
    readonly previousHash: Buffer[];
    readonly hash: Buffer[];
  };
  readonly outcomes: {
    readonly id: string[];
    readonly bodyHash: Buffer[];
    readonly status: string[];
    readonly code: (string | null)[];
    readonly detail: (string | null)[];
    readonly itemId: string[];
    readonly warehouseId: string[];
    readonly version: (number | null)[];
    readonly balanceAfter: (string | null)[];
    readonly sourceId: (string | null)[];
    readonly decidedAt: Date[];
  };
  readonly events: {
    readonly lane: number[];
    readonly position: number[];
    readonly id: string[];
    readonly type: string[];
    readonly subject: string[];
    readonly partitionKey: string[];
    readonly data: string[];
    readonly recordedAt: Date[];
  };
  readonly lanes: {
    readonly id: number[];
    readonly nextPosition: number[];
    /** Every movement of the lane up to here is decided, and nothing can still commit below. */
    readonly lowWater: number[];
    readonly recordedAt: Date[];
  };
}

/** Rows written, for the assertion that none was missed: a level changed behind the lane's lock shows here. */
export interface BatchWritten {
  readonly levels: number;
  readonly entries: number;
  readonly outcomes: number;
  readonly events: number;
}

/**
 * Writes a batch in one round trip: levels by compare-and-set on their version, ledger entries (what the movement said comes
 * from its inbox row), outcomes, events, and the lanes' counters.
 */
export async function batchWrite(db: Db, columns: BatchColumns): Promise<BatchWritten> {
  const { levels: l, entries: e, outcomes: o, events: v, lanes: n } = columns;
  const { rows } = await db.query<BatchWritten>({
    name: "batch_write",
    text: BATCH_WRITE,
    values: [
      l.itemId,
      l.warehouseId,
      l.lane,
      l.onHandChange,
      l.averageCost,
      l.versionBefore,
      l.version,
      l.lastHash,
      l.updatedAt,
      e.movementId,
      e.itemId,
      e.warehouseId,
      e.counterpartWarehouseId,
      e.quantity,
      e.balanceAfter,
      e.version,
      e.lane,
      e.position,
      e.recordedAt,
      e.previousHash,
      e.hash,
      o.id,
      o.bodyHash,
      o.status,
      o.code,
      o.detail,
      o.itemId,
      o.warehouseId,
      o.version,
      o.balanceAfter,
      o.sourceId,
      o.decidedAt,
      v.lane,
      v.position,
      v.id,
      v.type,
      v.subject,
      v.partitionKey,
      v.data,
      v.recordedAt,
      n.id,
      n.nextPosition,
      n.lowWater,
      n.recordedAt,
    ],
  });
  const written = rows[0];
  if (written === undefined) throw new Error("the batch statement answered no counts");
  return written;
}

const BATCH_WRITE = `
  with given_levels as (
    select *
    from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::numeric[], $5::numeric[], $6::bigint[], $7::bigint[],
      $8::bytea[], $9::timestamptz[])
      as g (item_id, warehouse_id, lane, on_hand_change, average_cost, version_before, version, last_hash, updated_at)
  ),
  changed_levels as (
    update stock_levels s
    set on_hand = s.on_hand + g.on_hand_change,
      average_cost = g.average_cost,
      version = g.version,
      last_hash = g.last_hash,
      updated_at = g.updated_at
    from given_levels g
    where s.item_id = g.item_id
      and s.warehouse_id = g.warehouse_id
      and s.version = g.version_before
      and g.version_before > 0
    returning 1
  ),
  new_levels as (
    insert into stock_levels (item_id, warehouse_id, lane, on_hand, average_cost, version, last_hash, updated_at)
    select item_id, warehouse_id, lane, on_hand_change, average_cost, version, last_hash, updated_at
    from given_levels
    where version_before = 0
    returning 1
  ),
  new_entries as (
    insert into stock_movements (
      movement_id, type, item_id, warehouse_id, quantity, balance_after, version, lane, position, unit_cost, currency,
      counterpart_warehouse_id, reason, reference_type, reference_id, source, source_id, actor, occurred_at, recorded_at,
      previous_hash, hash)
    select g.movement_id, i.type, g.item_id, g.warehouse_id, g.quantity, g.balance_after, g.version, g.lane, g.position,
      i.unit_cost, i.currency, g.counterpart_warehouse_id, i.reason, i.reference_type, i.reference_id, i.source,
      i.source_id, i.actor, i.occurred_at, g.recorded_at, g.previous_hash, g.hash
    from unnest($10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::numeric[], $15::numeric[], $16::bigint[],
      $17::smallint[], $18::bigint[], $19::timestamptz[], $20::bytea[], $21::bytea[])
      as g (movement_id, item_id, warehouse_id, counterpart_warehouse_id, quantity, balance_after, version, lane,
        position, recorded_at, previous_hash, hash)
    join movement_inbox i on i.id = g.movement_id
    returning 1
  ),
  new_outcomes as (
    insert into movement_outcomes (
      id, body_hash, status, code, detail, item_id, warehouse_id, version, balance_after, source_id, decided_at)
    select *
    from unnest($22::uuid[], $23::bytea[], $24::text[], $25::text[], $26::text[], $27::uuid[], $28::uuid[],
      $29::bigint[], $30::numeric[], $31::uuid[], $32::timestamptz[])
    returning 1
  ),
  new_events as (
    insert into events (lane, position, id, type, subject, partition_key, data, recorded_at)
    select lane, position, id, type, subject, partition_key, data::json, recorded_at
    from unnest($33::smallint[], $34::bigint[], $35::uuid[], $36::text[], $37::text[], $38::text[], $39::text[],
      $40::timestamptz[])
      as g (lane, position, id, type, subject, partition_key, data, recorded_at)
    returning 1
  ),
  moved_lanes as (
    update lanes n
    set next_position = g.next_position,
      low_water = greatest(n.low_water, g.low_water),
      last_recorded_at = g.recorded_at
    from unnest($41::smallint[], $42::bigint[], $43::bigint[], $44::timestamptz[])
      as g (id, next_position, low_water, recorded_at)
    where n.id = g.id
    returning 1
  )
  select (select count(*) from changed_levels) + (select count(*) from new_levels) as levels,
    (select count(*) from new_entries) as entries,
    (select count(*) from new_outcomes) as outcomes,
    (select count(*) from new_events) as events,
    (select count(*) from moved_lanes) as lanes`;

/** Lanes that have undone movements. The sweep calls it each second; it finds what Redis forgot. */
export async function lanesWithWork(db: Db): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "lanes_with_work",
    text: `
      select n.id
      from lanes n
      where n.id < 256
        and exists (
          select
          from movement_inbox i
          where i.lane = n.id
            and i.seq > n.low_water
            and (select true from movement_outcomes o where o.id = i.id) is null
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
 * `lastSeq` must have been read by an earlier statement than this one: whoever drew a seq up to it owned an xid by then.
 */
export async function inboxHorizonAdvance(db: Db, lastSeq: number): Promise<void> {
  await db.query({
    name: "inbox_horizon_advance",
    text: `
      update inbox_horizon h
      set safe_seq = h.candidate_seq,
        candidate_seq = greatest(h.candidate_seq, $1::bigint),
        candidate_xid = pg_snapshot_xmax(pg_current_snapshot())
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
          and not exists (
            select
            from movement_inbox i
            where i.lane = n.id
              and i.seq > n.low_water
              and i.seq <= h.safe_seq
              and (select true from movement_outcomes o where o.id = i.id) is null
          )
        order by n.id
        for update of n skip locked
      )
      update lanes n
      set low_water = greatest(n.low_water, i.safe_seq)
      from idle i
      where n.id = i.id`,
  });
}
