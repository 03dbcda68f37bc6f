/** SQL that writes a batch: levels, ledger, outcomes, events and the lanes' counters, all in one statement and one round trip. */
import type { Db } from "../../../platform/postgres.ts";
import { hexArray, plainArray, textArray } from "../../../platform/sqlArrays.ts";
import type { BatchColumns } from "../batchColumns.ts";

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
      textArray(columns.events.traceparent),
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
    plainArray(l.reservedChange),
    plainArray(l.unavailableChange),
    plainArray(l.inTransitChange),
    plainArray(l.nextExpiry),
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
    plainArray(e.reservedChange),
    plainArray(e.reservedAfter),
    plainArray(e.unavailableChange),
    plainArray(e.unavailableAfter),
    plainArray(e.inTransitChange),
    plainArray(e.inTransitAfter),
    plainArray(e.lotId),
    plainArray(e.lotBalanceAfter),
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
    from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::timestamptz[],
      $9::numeric[], $10::bigint[], $11::bigint[], $12::bytea[], $13::timestamptz[])
      as g (item_id, warehouse_id, lane, on_hand_change, reserved_change, unavailable_change, in_transit_change,
        next_expiry, average_cost, version_before, version, last_hash, updated_at)
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
      reserved = s.reserved + g.reserved_change,
      unavailable = s.unavailable + g.unavailable_change,
      in_transit = s.in_transit + g.in_transit_change,
      next_expiry = g.next_expiry,
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
    insert into stock_levels (
      item_id, warehouse_id, lane, on_hand, reserved, unavailable, in_transit, next_expiry, average_cost, version,
      last_hash, updated_at)
    select item_id, warehouse_id, lane, on_hand_change, reserved_change, unavailable_change, in_transit_change,
      next_expiry, average_cost, version, last_hash, updated_at
    from given_levels
    where version_before = 0
    returning 1
  ),
  new_entries as (
    insert into stock_movements (
      movement_id, type, item_id, warehouse_id, lot_id, quantity, balance_after, reserved_change, reserved_after,
      unavailable_change, unavailable_after, in_transit_change, in_transit_after, lot_balance_after, version, lane,
      position, unit_cost, currency, counterpart_warehouse_id, target_id, reason, reference_type, reference_id, source,
      source_id, actor, occurred_at, recorded_at, previous_hash, hash)
    select i.id, i.type, i.item_id, g.warehouse_id, g.lot_id, g.quantity, g.balance_after, g.reserved_change,
      g.reserved_after, g.unavailable_change, g.unavailable_after, g.in_transit_change, g.in_transit_after,
      g.lot_balance_after, g.version, i.lane, g.position, i.unit_cost, i.currency, g.counterpart_warehouse_id,
      i.target_id, i.reason, i.reference_type, i.reference_id, i.source, i.source_id, i.actor, i.occurred_at,
      g.recorded_at, g.previous_hash, g.hash
    from unnest($14::tid[], $15::uuid[], $16::uuid[], $17::numeric[], $18::numeric[], $19::numeric[], $20::numeric[], $21::numeric[], $22::numeric[],
      $23::numeric[], $24::numeric[], $25::uuid[], $26::numeric[], $27::bigint[], $28::bigint[], $29::timestamptz[], $30::bytea[], $31::bytea[])
      as g (place, warehouse_id, counterpart_warehouse_id, quantity, balance_after, reserved_change, reserved_after,
        unavailable_change, unavailable_after, in_transit_change, in_transit_after, lot_id, lot_balance_after, version,
        position, recorded_at, previous_hash, hash)
    join movement_inbox i on i.ctid = g.place
    returning 1
  ),
  new_outcomes as (
    insert into movement_outcomes (
      id, body_hash, status, code, detail, item_id, warehouse_id, version, balance_after, source_id, decided_at)
    select i.id, i.body_hash, g.status, g.code, g.detail, i.item_id, i.warehouse_id, g.version, g.balance_after,
      i.source_id, g.decided_at
    from unnest($32::tid[], $33::text[], $34::text[], $35::text[], $36::bigint[], $37::numeric[], $38::timestamptz[])
      as g (place, status, code, detail, version, balance_after, decided_at)
    join movement_inbox i on i.ctid = g.place
    returning 1
  ),
  new_events as (
    insert into events (lane, position, id, type, subject, partition_key, data, recorded_at, traceparent)
    select lane, position, id, type, 'movements/' || movement_id, partition_key, data::json, recorded_at, traceparent
    from rows from (
      unnest($39::smallint[], $40::bigint[], $41::uuid[], $42::text[], $43::text[], $44::text[]),
      string_to_table($45::text, e'\\n'),
      unnest($46::timestamptz[], $51::text[]))
      as g (lane, position, id, type, movement_id, partition_key, data, recorded_at, traceparent)
    returning 1
  ),
  moved_lanes as (
    update lanes n
    set next_position = g.next_position,
      low_water = greatest(n.low_water, g.low_water),
      last_recorded_at = g.recorded_at
    from unnest($47::smallint[], $48::bigint[], $49::bigint[], $50::timestamptz[])
      as g (id, next_position, low_water, recorded_at)
    where n.id = g.id
    returning 1
  )
  select (select count(*) from changed_levels) + (select count(*) from new_levels) as levels,
    (select count(*) from new_entries) as entries,
    (select count(*) from new_outcomes) as outcomes,
    (select count(*) from new_events) as events`;
