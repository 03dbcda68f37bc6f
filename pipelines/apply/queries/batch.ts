/**
 * SQL that writes a batch: decisions (ledger entries, outcomes and events, a part of the batch a statement) and, once at the end,
 * levels and the lanes' counters.
 */
import {
  hexBytesArray,
  int8Array,
  placeArray,
  timestampArray,
} from "../../../platform/binaryArrays.ts";
import type { Db } from "../../../platform/postgres.ts";
import { hexArray, plainArray, textArray } from "../../../platform/sqlArrays.ts";
import type { BatchColumns, BatchRow } from "../batchColumns.ts";
import { NOTHING_MORE } from "../hashChain.ts";

/** Rows written of a part, for the assertion that none was missed. */
export interface DecisionsWritten {
  readonly entries: number;
  readonly outcomes: number;
  readonly events: number;
}

/** Writes ledger entries (what the movement said comes from its inbox row), outcomes and events. */
export async function decisionsWrite(
  db: Db,
  batch: readonly BatchRow[],
): Promise<DecisionsWritten> {
  const more = batch.some(({ entry }) => entry !== null && entry.more !== null);
  const { rows } = await db.query<DecisionsWritten>({
    name: more ? "decisions_write" : "plain_decisions_write",
    text: more ? DECISIONS_WRITE : PLAIN_DECISIONS_WRITE,
    values: more ? [...decisionValues(batch), ...moreValues(batch)] : decisionValues(batch),
  });
  return answered(rows[0]);
}

/**
 * Writes levels by compare-and-set on their version, and the lanes' counters. Answers how many levels it wrote, for the assertion that
 * none was changed behind its lane's lock.
 */
export async function balancesWrite(
  db: Db,
  { levels, lanes }: BatchColumns,
): Promise<{ readonly levels: number }> {
  const { rows } = await db.query<{ levels: number }>({
    name: "balances_write",
    text: BALANCES_WRITE,
    values: [...levelValues(levels), ...laneValues(lanes)],
  });
  return answered(rows[0]);
}

function answered<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("a statement of the batch answered no counts");
  return row;
}

function decisionValues(batch: readonly BatchRow[]): (string | Buffer)[] {
  return [
    placeArray(batch.map(({ movement }) => movement.place)),
    plainArray(batch.map(({ isOutcome }) => (isOutcome ? "t" : "f"))),
    textArray(batch.map(({ rejection }) => rejection?.code ?? null)),
    textArray(batch.map(({ rejection }) => rejection?.detail ?? null)),
    plainArray(batch.map(({ entry }) => entry?.warehouseId ?? null)),
    plainArray(batch.map(({ entry }) => entry?.counterpartWarehouseId ?? null)),
    plainArray(batch.map(({ entry }) => entry?.quantity ?? null)),
    plainArray(batch.map(({ entry }) => entry?.balanceAfter ?? null)),
    int8Array(batch.map(({ entry }) => entry?.version ?? null)),
    hexBytesArray(batch.map(({ entry }) => entry?.previousHash ?? null)),
    hexBytesArray(batch.map(({ entry }) => entry?.hash ?? null)),
    int8Array(batch.map(({ position }) => position)),
    timestampArray(batch.map(({ recordedAtMs }) => recordedAtMs)),
    plainArray(batch.map(({ eventId }) => eventId)),
    batch.map(({ data }) => data).join("\n"),
  ];
}

/** What only some entries tell; "0" and NULL for the others. */
function moreValues(batch: readonly BatchRow[]): string[] {
  const more = batch.map(({ entry }) => entry?.more ?? NOTHING_MORE);
  return [
    plainArray(more.map((one) => one.reservedChange)),
    plainArray(more.map((one) => one.reservedAfter)),
    plainArray(more.map((one) => one.unavailableChange)),
    plainArray(more.map((one) => one.unavailableAfter)),
    plainArray(more.map((one) => one.inTransitChange)),
    plainArray(more.map((one) => one.inTransitAfter)),
    plainArray(more.map((one) => one.lotId)),
    plainArray(more.map((one) => one.lotBalanceAfter)),
  ];
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

function laneValues(n: BatchColumns["lanes"]): string[] {
  return [
    plainArray(n.id),
    plainArray(n.nextPosition),
    plainArray(n.lowWater),
    plainArray(n.recordedAt),
    plainArray(n.decidedTo),
  ];
}

/**
 * Inbox rows are found by their place (ctid), as the read of this very transaction saw them. No statistics can turn that into a
 * scan. It is done once a row: a probe by place costs a system call.
 */
function decisionsSql(more: string): string {
  const isPlain = more === "";
  return `
  with given as (
    select *
    from rows from (
      unnest($1::tid[], $2::boolean[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::numeric[], $8::numeric[],
        $9::bigint[], $10::bytea[], $11::bytea[], $12::bigint[], $13::timestamptz[], $14::uuid[]),
      string_to_table($15::text, e'\\n')${more})
      as g (place, is_outcome, code, detail, at_warehouse_id, counterpart_warehouse_id, new_quantity, balance_after, version,
        previous_hash, hash, position, recorded_at, event_id, data${isPlain ? "" : MORE_COLUMNS})
  ),
  decided as materialized (
    select g.*, i.id, i.body_hash, i.type, i.item_id, i.warehouse_id, i.lane, i.unit_cost, i.currency, i.target_id, i.reason,
      i.reference_type, i.reference_id, i.source, i.source_id, i.actor, i.occurred_at, i.traceparent
    from given g
    join movement_inbox i on i.ctid = g.place
  ),
  new_entries as (
    insert into stock_movements (
      movement_id, type, item_id, warehouse_id, quantity, balance_after, version, lane, position, unit_cost, currency,
      counterpart_warehouse_id, target_id, reason, reference_type, reference_id, source, source_id, actor, occurred_at,
      recorded_at, previous_hash, hash, reserved_change, reserved_after, unavailable_change, unavailable_after,
      in_transit_change, in_transit_after, lot_id, lot_balance_after)
    select id, type, item_id, at_warehouse_id, new_quantity, balance_after, version, lane, position, unit_cost, currency,
      counterpart_warehouse_id, target_id, reason, reference_type, reference_id, source, source_id, actor, occurred_at,
      recorded_at, previous_hash, hash${isPlain ? ", 0, 0, 0, 0, 0, 0, null, null" : MORE_COLUMNS}
    from decided
    where hash is not null
    returning 1
  ),
  new_outcomes as (
    insert into movement_outcomes (
      id, body_hash, status, code, detail, item_id, warehouse_id, version, balance_after, source_id, decided_at)
    select id, body_hash, case when code is null then 'applied' else 'rejected' end, code, detail, item_id, warehouse_id,
      version, balance_after, source_id, recorded_at
    from decided
    where is_outcome
    returning 1
  ),
  new_events as (
    insert into events (lane, position, id, type, subject, partition_key, data, recorded_at, traceparent)
    select lane, position, event_id,
      case when code is null then 'stockline.movement.applied' else 'stockline.movement.rejected' end,
      'movements/' || id, item_id, data::json, recorded_at, traceparent
    from decided
    returning 1
  )
  select (select count(*) from new_entries) as entries,
    (select count(*) from new_outcomes) as outcomes,
    (select count(*) from new_events) as events`;
}

const MORE_COLUMNS = `, reserved_change, reserved_after, unavailable_change, unavailable_after, in_transit_change,
      in_transit_after, lot_id, lot_balance_after`;

const PLAIN_DECISIONS_WRITE = decisionsSql("");
const DECISIONS_WRITE = decisionsSql(`,
      unnest($16::numeric[], $17::numeric[], $18::numeric[], $19::numeric[], $20::numeric[], $21::numeric[], $22::uuid[],
        $23::numeric[])`);

/** Levels are found by their place, which one probe of the primary key each tells. */
const BALANCES_WRITE = `
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
  moved_lanes as (
    update lanes n
    set next_position = g.next_position,
      low_water = greatest(n.low_water, g.low_water),
      decided_to = g.decided_to,
      decided_position = g.next_position,
      last_recorded_at = g.recorded_at
    from unnest($14::smallint[], $15::bigint[], $16::bigint[], $17::timestamptz[], $18::bigint[])
      as g (id, next_position, low_water, recorded_at, decided_to)
    where n.id = g.id
    returning 1
  )
  select (select count(*) from changed_levels) + (select count(*) from new_levels) as levels`;
