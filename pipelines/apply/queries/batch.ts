/** SQL that writes a batch: levels, ledger, outcomes, events and the lanes' counters, all in one statement and one round trip. */
import type { Db } from "../../../platform/postgres.ts";
import { hexArray, plainArray, textArray } from "../../../platform/sqlArrays.ts";

/**
 * Everything that a batch writes, as columns (one array a column, all of one length a table). Hashes are hexadecimal digits,
 * times ISO 8601. Places are those of the movements' inbox rows: what the movement said is taken from there.
 */
export interface BatchColumns {
  readonly levels: {
    readonly itemId: string[];
    readonly warehouseId: string[];
    readonly lane: number[];
    readonly onHandChange: string[];
    readonly averageCost: (string | null)[];
    readonly versionBefore: number[];
    readonly version: number[];
    readonly lastHash: string[];
    readonly updatedAt: string[];
  };
  readonly entries: {
    readonly place: string[];
    readonly warehouseId: string[];
    readonly counterpartWarehouseId: (string | null)[];
    readonly quantity: string[];
    readonly balanceAfter: string[];
    readonly version: number[];
    readonly position: number[];
    readonly recordedAt: string[];
    readonly previousHash: string[];
    readonly hash: string[];
  };
  readonly outcomes: {
    readonly place: string[];
    readonly status: string[];
    readonly code: (string | null)[];
    readonly detail: (string | null)[];
    readonly version: (number | null)[];
    readonly balanceAfter: (string | null)[];
    readonly decidedAt: string[];
  };
  readonly events: {
    readonly lane: number[];
    readonly position: number[];
    readonly id: string[];
    readonly type: string[];
    readonly movementId: string[];
    readonly partitionKey: string[];
    /** JSON texts without line breaks, as JSON.stringify writes them. */
    readonly data: string[];
    readonly recordedAt: string[];
  };
  /** Only lanes that decided something. */
  readonly lanes: {
    readonly id: number[];
    readonly nextPosition: number[];
    /** Every movement of the lane up to here is decided, and nothing can still commit below. */
    readonly lowWater: number[];
    readonly recordedAt: string[];
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
 * Writes a batch: levels by compare-and-set on their version, ledger entries (what the movement said comes from its inbox
 * row), outcomes, events, and the lanes' counters.
 */
export async function batchWrite(db: Db, columns: BatchColumns): Promise<BatchWritten> {
  const { rows } = await db.query<BatchWritten>({
    name: "batch_write",
    text: BATCH_WRITE,
    values: [
      ...levelValues(columns.levels),
      ...entryValues(columns.entries),
      ...outcomeValues(columns.outcomes),
      ...eventValues(columns.events),
      ...laneValues(columns.lanes),
    ],
  });
  const written = rows[0];
  if (written === undefined) throw new Error("the batch statement answered no counts");
  return written;
}

function levelValues(l: BatchColumns["levels"]): string[] {
  return [
    plainArray(l.itemId),
    plainArray(l.warehouseId),
    plainArray(l.lane),
    plainArray(l.onHandChange),
    plainArray(l.averageCost),
    plainArray(l.versionBefore),
    plainArray(l.version),
    hexArray(l.lastHash),
    plainArray(l.updatedAt),
  ];
}

function entryValues(e: BatchColumns["entries"]): string[] {
  return [
    textArray(e.place),
    plainArray(e.warehouseId),
    plainArray(e.counterpartWarehouseId),
    plainArray(e.quantity),
    plainArray(e.balanceAfter),
    plainArray(e.version),
    plainArray(e.position),
    plainArray(e.recordedAt),
    hexArray(e.previousHash),
    hexArray(e.hash),
  ];
}

function outcomeValues(o: BatchColumns["outcomes"]): string[] {
  return [
    textArray(o.place),
    plainArray(o.status),
    plainArray(o.code),
    textArray(o.detail),
    plainArray(o.version),
    plainArray(o.balanceAfter),
    plainArray(o.decidedAt),
  ];
}

function eventValues(v: BatchColumns["events"]): string[] {
  return [
    plainArray(v.lane),
    plainArray(v.position),
    plainArray(v.id),
    plainArray(v.type),
    plainArray(v.movementId),
    plainArray(v.partitionKey),
    v.data.join("\n"),
    plainArray(v.recordedAt),
  ];
}

function laneValues(n: BatchColumns["lanes"]): string[] {
  return [
    plainArray(n.id),
    plainArray(n.nextPosition),
    plainArray(n.lowWater),
    plainArray(n.recordedAt),
  ];
}

/**
 * Rows are found by their place (ctid): levels by one probe of the primary key each, inbox rows as the read of this very
 * transaction saw them. No statistics can turn that into a scan.
 */
const BATCH_WRITE = `
  with given_levels as (
    select *
    from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::numeric[], $5::numeric[], $6::bigint[], $7::bigint[],
      $8::bytea[], $9::timestamptz[])
      as g (item_id, warehouse_id, lane, on_hand_change, average_cost, version_before, version, last_hash, updated_at)
  ),
  placed_levels as (
    select g.*,
      (select s.ctid from stock_levels s where s.item_id = g.item_id and s.warehouse_id = g.warehouse_id) as place
    from given_levels g
    where version_before > 0
    offset 0
  ),
  changed_levels as (
    update stock_levels s
    set on_hand = s.on_hand + g.on_hand_change,
      average_cost = g.average_cost,
      version = g.version,
      last_hash = g.last_hash,
      updated_at = g.updated_at
    from placed_levels g
    where s.ctid = g.place
      and s.version = g.version_before
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
    select i.id, i.type, i.item_id, g.warehouse_id, g.quantity, g.balance_after, g.version, i.lane, g.position,
      i.unit_cost, i.currency, g.counterpart_warehouse_id, i.reason, i.reference_type, i.reference_id, i.source,
      i.source_id, i.actor, i.occurred_at, g.recorded_at, g.previous_hash, g.hash
    from unnest($10::tid[], $11::uuid[], $12::uuid[], $13::numeric[], $14::numeric[], $15::bigint[], $16::bigint[],
      $17::timestamptz[], $18::bytea[], $19::bytea[])
      as g (place, warehouse_id, counterpart_warehouse_id, quantity, balance_after, version, position, recorded_at,
        previous_hash, hash)
    join movement_inbox i on i.ctid = g.place
    returning 1
  ),
  new_outcomes as (
    insert into movement_outcomes (
      id, body_hash, status, code, detail, item_id, warehouse_id, version, balance_after, source_id, decided_at)
    select i.id, i.body_hash, g.status, g.code, g.detail, i.item_id, i.warehouse_id, g.version, g.balance_after,
      i.source_id, g.decided_at
    from unnest($20::tid[], $21::text[], $22::text[], $23::text[], $24::bigint[], $25::numeric[], $26::timestamptz[])
      as g (place, status, code, detail, version, balance_after, decided_at)
    join movement_inbox i on i.ctid = g.place
    returning 1
  ),
  new_events as (
    insert into events (lane, position, id, type, subject, partition_key, data, recorded_at)
    select lane, position, id, type, 'movements/' || movement_id, partition_key, data::json, recorded_at
    from rows from (
      unnest($27::smallint[], $28::bigint[], $29::uuid[], $30::text[], $31::text[], $32::text[]),
      string_to_table($33, e'\\n'),
      unnest($34::timestamptz[]))
      as g (lane, position, id, type, movement_id, partition_key, data, recorded_at)
    returning 1
  ),
  moved_lanes as (
    update lanes n
    set next_position = g.next_position,
      low_water = greatest(n.low_water, g.low_water),
      last_recorded_at = g.recorded_at
    from unnest($35::smallint[], $36::bigint[], $37::bigint[], $38::timestamptz[])
      as g (id, next_position, low_water, recorded_at)
    where n.id = g.id
    returning 1
  )
  select (select count(*) from changed_levels) + (select count(*) from new_levels) as levels,
    (select count(*) from new_entries) as entries,
    (select count(*) from new_outcomes) as outcomes,
    (select count(*) from new_events) as events`;
