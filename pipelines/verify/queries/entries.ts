/**
 * The check of ledger entries: each level's entries in their order, against each other, against their outcomes and events, and the
 * last one against the level. Reads whole items (by key range, no sort), or given slices of levels (by index probes).
 */
import { type Check, type Subject, same, where } from "./subject.ts";

const COLUMNS = `
  m.item_id, m.warehouse_id, m.version, m.recorded_at, m.movement_id, m.type, m.lane, m.position, m.source_id, m.lot_id,
  m.quantity, m.balance_after, m.reserved_change, m.reserved_after, m.unavailable_change, m.unavailable_after,
  m.in_transit_change, m.in_transit_after, m.lot_balance_after, m.target_id, m.unit_cost, m.counterpart_warehouse_id,
  m.reason, m.reference_type, m.reference_id, m.actor, m.occurred_at, m.previous_hash, m.hash`;

/** $1 the first item's id, $2 the last one's. */
const OF_ITEMS = `
  select ${COLUMNS}, false as is_base, true as is_closed
  from stock_movements m
  where m.item_id between $1::uuid and $2::uuid`;

/**
 * $1 items, $2 warehouses, $3 the versions that the slices follow on (null: from the first entry; otherwise the entry of that
 * version is read as the base, not checked), $4 the last versions (null: to the end), $5 not recorded before.
 */
const OF_SLICES = `
  select ${COLUMNS}, coalesce(m.version = g.after, false) as is_base, g.upto is null as is_closed
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[])
    as g (item_id, warehouse_id, after, upto, recorded_from)
  cross join lateral (
    select *
    from stock_movements e
    where e.item_id = g.item_id
      and e.warehouse_id = g.warehouse_id
      and e.version >= coalesce(g.after, -9223372036854775808)
      and e.version <= coalesce(g.upto, 9223372036854775807)
      and e.recorded_at >= g.recorded_from
    offset 0
  ) m`;

/** What pipelines/apply/hashChain.ts hashes, in the same words. */
const HASHED_TEXT = `concat_ws('|',
  encode(previous_hash, 'hex'), movement_id::text, type, item_id::text, warehouse_id::text, quantity::text,
  balance_after::text, version::text, coalesce(unit_cost::text, ''), coalesce(counterpart_warehouse_id::text, ''),
  coalesce(octet_length(reason) || ':' || reason, ''),
  coalesce(octet_length(reference_type) || ':' || reference_type, ''),
  coalesce(octet_length(reference_id) || ':' || reference_id, ''),
  octet_length(actor) || ':' || actor, (extract(epoch from occurred_at) * 1000)::bigint::text,
  (extract(epoch from recorded_at) * 1000)::bigint::text,
  case
    when lot_id is null and target_id is null
      and reserved_change = 0 and reserved_after = 0 and unavailable_change = 0 and unavailable_after = 0
      and in_transit_change = 0 and in_transit_after = 0
    then null
    else concat_ws('|', 'x', reserved_change::text, reserved_after::text, unavailable_change::text,
      unavailable_after::text, in_transit_change::text, in_transit_after::text, coalesce(lot_id::text, ''),
      coalesce(lot_balance_after::text, ''), coalesce(target_id::text, ''))
  end)`;

/** Whether the outcome tells of this movement's last entry at its own warehouse. */
const OUTCOME_AGREES = `
  o.item_id = e.item_id and o.decided_at = e.recorded_at and o.source_id is not distinct from e.source_id
  and case
    when o.warehouse_id = e.warehouse_id and o.version = e.version then
      o.balance_after = e.balance_after and e.movement_next is distinct from e.movement_id
    else exists (
      select
      from stock_movements own
      where own.item_id = o.item_id
        and own.warehouse_id = o.warehouse_id
        and own.version = o.version
        and own.recorded_at = e.recorded_at
        and own.movement_id = e.movement_id)
  end`;

const EVENT_AGREES = `
  v.type = 'stockline.movement.applied'
  and v.partition_key = e.item_id::text
  and v.subject = 'movements/' || e.movement_id
  and v.data ->> 'id' = e.movement_id::text
  and v.data ->> 'version' = e.version::text
  and v.data ->> 'quantity' = trim_scale(e.quantity)::text
  and v.data ->> 'balance_after' = trim_scale(e.balance_after)::text`;

/** The entries with what stands before and after them, and what their outcomes, events and levels say of them. */
function judged(entries: string): string {
  return `
  chained as (
    select r.*,
      coalesce(lag(version) over level, 0) as version_before,
      lag(recorded_at) over level as recorded_before,
      coalesce(lag(balance_after) over level, 0) as balance_before,
      coalesce(lag(reserved_after) over level, 0) as reserved_before,
      coalesce(lag(unavailable_after) over level, 0) as unavailable_before,
      coalesce(lag(in_transit_after) over level, 0) as in_transit_before,
      coalesce(lag(hash) over level, '\\x'::bytea) as hash_before,
      lead(movement_id) over level as movement_next,
      is_closed and lead(version) over level is null as is_last,
      sha256(convert_to(${HASHED_TEXT}, 'UTF8')) as hash_computed
    from (${entries}) r
    window level as (partition by item_id, warehouse_id order by version, recorded_at)
  ),
  judged as (
    select e.*, o.status as outcome_status, o.version as outcome_version, o.balance_after as outcome_balance,
      o.decided_at, o.warehouse_id = e.warehouse_id and o.version = e.version as is_own,
      ${OUTCOME_AGREES} as outcome_agrees,
      v.data as event_data,
      ${EVENT_AGREES} as event_agrees,
      s.version as level_version, s.last_hash, s.updated_at, s.on_hand, s.reserved, s.unavailable, s.in_transit
    from chained e
    left join lateral (
      select *
      from movement_outcomes o
      where o.id = e.movement_id
        and not e.is_base
      limit 1
    ) o on true
    left join lateral (
      select *
      from events v
      where v.lane = e.lane
        and v.position = e.position
        and v.recorded_at = e.recorded_at
        and not e.is_base
      limit 1
    ) v on true
    left join lateral (
      select *
      from stock_levels s
      where s.item_id = e.item_id
        and s.warehouse_id = e.warehouse_id
        and e.is_last
      limit 1
    ) s on true
  )`;
}

const ENTRY_CHECKS: readonly Check[] = [
  same("entry_version", "e.version_before + 1", "e.version"),
  {
    name: "entry_time",
    wrong: "e.recorded_at < e.recorded_before",
    expected: "'not before ' || e.recorded_before",
    found: "e.recorded_at::text",
  },
  same("entry_balance", "e.balance_before + e.quantity", "e.balance_after"),
  same("entry_reserved", "e.reserved_before + e.reserved_change", "e.reserved_after"),
  same("entry_unavailable", "e.unavailable_before + e.unavailable_change", "e.unavailable_after"),
  same("entry_in_transit", "e.in_transit_before + e.in_transit_change", "e.in_transit_after"),
  same("entry_link", "e.hash_before", "e.previous_hash"),
  same("entry_hash", "e.hash_computed", "e.hash"),
  {
    name: "entry_outcome",
    wrong: "e.outcome_status is distinct from 'applied'",
    expected: "'an applied outcome'",
    found: "coalesce(e.outcome_status, 'no outcome')",
  },
  {
    name: "outcome_entry",
    wrong: "e.outcome_status = 'applied' and not e.outcome_agrees",
    expected:
      "format('an outcome that tells its last entry at its own warehouse, recorded at %s', e.recorded_at)",
    found:
      "format('version %s, balance %s, decided at %s', e.outcome_version, e.outcome_balance, e.decided_at)",
  },
  {
    name: "entry_event",
    wrong: "e.event_data is null",
    expected: "'its event at position ' || e.position",
    found: "'no event'",
  },
  {
    name: "event_content",
    wrong: "e.event_data is not null and e.event_agrees is not true",
    expected:
      "format('movement %s, version %s, quantity %s, balance %s', e.movement_id, e.version, trim_scale(e.quantity), trim_scale(e.balance_after))",
    found: "e.event_data::text",
  },
];

const LEVEL_CHECKS: readonly Check[] = [
  {
    name: "level_version",
    wrong: "e.level_version is distinct from e.version",
    expected: "e.version::text",
    found: "coalesce(e.level_version::text, 'no level')",
  },
  same("level_hash", "e.hash", "e.last_hash"),
  same("level_time", "e.recorded_at", "e.updated_at"),
  same("level_sum", "e.balance_after", "e.on_hand"),
  same("level_reserved", "e.reserved_after", "e.reserved"),
  same("level_unavailable", "e.unavailable_after", "e.unavailable"),
  same("level_in_transit", "e.in_transit_after", "e.in_transit"),
];

function entries(name: string, from: string) {
  return {
    name,
    judged: judged(from),
    checks: [...where("not e.is_base", ENTRY_CHECKS), ...where("e.is_last", LEVEL_CHECKS)],
    tallies: {
      entries: "not is_base",
      /** Each applied outcome once: at the last entry of its own warehouse. */
      own: "is_own and outcome_status = 'applied'",
      events: "event_data is not null",
      levels: "is_last and level_version is not null",
    },
  } as const satisfies Subject<string>;
}

/** Entries of the items from $1 to $2 (ids). */
export const ENTRIES_OF_ITEMS = entries("entries_of_items", OF_ITEMS);

/** Entries of slices of levels: items, warehouses, base versions, last versions, recorded from. */
export const ENTRIES_OF_SLICES = entries("entries_of_slices", OF_SLICES);

/** Levels that no entry speaks of; looked for where fewer levels were closed by an entry than there are. */
export const LEVELS_WITHOUT_ENTRIES = {
  name: "levels_without_entries",
  judged: `
  judged as (
    select s.item_id, s.warehouse_id, null::uuid as movement_id, s.lane, s.version
    from stock_levels s
    where s.version > 0
      and not exists (select from stock_movements m where m.item_id = s.item_id and m.warehouse_id = s.warehouse_id)
  )`,
  checks: [
    {
      name: "level_version",
      wrong: "true",
      expected: "'0, since the level has no entries'",
      found: "e.version::text",
    },
  ],
  tallies: {},
} as const satisfies Subject<string>;

/** Entries of levels that are not there, of the items from $1 to $2; looked for where there are more entries than levels tell. */
export const ENTRIES_WITHOUT_LEVEL = {
  name: "entries_without_level",
  judged: `
  judged as (
    select m.item_id, m.warehouse_id, m.movement_id, m.lane, m.version
    from stock_movements m
    left join stock_levels s on s.item_id = m.item_id and s.warehouse_id = m.warehouse_id
    where m.item_id between $1::uuid and $2::uuid
      and s.item_id is null
  )`,
  checks: [
    {
      name: "level_version",
      wrong: "true",
      expected: "'a level of version ' || e.version || ' or later'",
      found: "'no level'",
    },
  ],
  tallies: {},
} as const satisfies Subject<string>;
