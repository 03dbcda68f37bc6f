/**
 * What a sound ledger never shows, as SQL: each text selects the faults of one kind, with the columns
 * (check_name, item_id, warehouse_id, movement_id, lane, expected, found). A sound ledger answers no rows.
 */

/** Entries of a level in their order: versions without gap, running balance, hash link and hash (pipelines/apply/hashChain.ts). */
const ENTRIES = `
  with chained as (
    select m.item_id, m.warehouse_id, m.movement_id, m.lane, m.version, m.quantity, m.balance_after, m.previous_hash, m.hash,
      coalesce(lag(m.version) over level, 0) + 1 as next_version,
      coalesce(lag(m.balance_after) over level, 0) + m.quantity as next_balance,
      coalesce(lag(m.hash) over level, '\\x'::bytea) as hash_before,
      sha256(convert_to(concat_ws('|',
        encode(m.previous_hash, 'hex'), m.movement_id::text, m.type, m.item_id::text, m.warehouse_id::text,
        m.quantity::text, m.balance_after::text, m.version::text, coalesce(m.unit_cost::text, ''),
        coalesce(m.counterpart_warehouse_id::text, ''), coalesce(octet_length(m.reason) || ':' || m.reason, ''),
        coalesce(octet_length(m.reference_type) || ':' || m.reference_type, ''),
        coalesce(octet_length(m.reference_id) || ':' || m.reference_id, ''),
        octet_length(m.actor) || ':' || m.actor, (extract(epoch from m.occurred_at) * 1000)::bigint::text,
        (extract(epoch from m.recorded_at) * 1000)::bigint::text), 'UTF8')) as hash_computed
    from stock_movements m
    window level as (partition by m.item_id, m.warehouse_id order by m.version, m.recorded_at)
  )
  select c.check_name, e.item_id, e.warehouse_id, e.movement_id, e.lane, c.expected, c.found
  from chained e
  cross join lateral (values
    ('entry_version', e.version <> e.next_version, e.next_version::text, e.version::text),
    ('entry_balance', e.balance_after <> e.next_balance, e.next_balance::text, e.balance_after::text),
    ('entry_link', e.previous_hash <> e.hash_before, encode(e.hash_before, 'hex'), encode(e.previous_hash, 'hex')),
    ('entry_hash', e.hash <> e.hash_computed, encode(e.hash_computed, 'hex'), encode(e.hash, 'hex'))
  ) as c (check_name, wrong, expected, found)
  where c.wrong`;

/** Every level against the sum, the number and the last hash of its entries. */
const LEVELS = `
  with sums as (
    select item_id, warehouse_id, sum(quantity) as total, count(*) as entries
    from stock_movements
    group by item_id, warehouse_id
  ),
  judged as (
    select coalesce(s.item_id, e.item_id) as item_id,
      coalesce(s.warehouse_id, e.warehouse_id) as warehouse_id,
      s.lane,
      coalesce(s.on_hand, 0) as on_hand,
      coalesce(e.total, 0) as total,
      coalesce(s.version, 0) as version,
      coalesce(e.entries, 0) as entries,
      coalesce(s.last_hash, '\\x'::bytea) as last_hash,
      coalesce(m.hash, '\\x'::bytea) as hash
    from stock_levels s
    full join sums e on e.item_id = s.item_id and e.warehouse_id = s.warehouse_id
    left join stock_movements m
      on m.item_id = s.item_id and m.warehouse_id = s.warehouse_id and m.version = s.version
  )
  select c.check_name, l.item_id, l.warehouse_id, null::uuid as movement_id, l.lane, c.expected, c.found
  from judged l
  cross join lateral (values
    ('level_sum', l.on_hand <> l.total, l.total::text, l.on_hand::text),
    ('level_version', l.version <> l.entries, l.entries::text, l.version::text),
    ('level_hash', l.last_hash <> l.hash, encode(l.hash, 'hex'), encode(l.last_hash, 'hex'))
  ) as c (check_name, wrong, expected, found)
  where c.wrong`;

/** Every applied outcome has its ledger entry, and every entry an applied outcome. */
const OUTCOMES = `
  select 'outcome_entry' as check_name, o.item_id, o.warehouse_id, o.id as movement_id, null::smallint as lane,
    format('a ledger entry of version %s with balance %s', o.version, o.balance_after) as expected,
    coalesce(format('balance %s', m.balance_after), 'no entry') as found
  from movement_outcomes o
  left join stock_movements m
    on m.item_id = o.item_id
    and m.warehouse_id = o.warehouse_id
    and m.version = o.version
    and m.movement_id = o.id
  where o.status = 'applied'
    and m.balance_after is distinct from o.balance_after
  union all
  select 'entry_outcome', m.item_id, m.warehouse_id, m.movement_id, m.lane, 'an applied outcome',
    coalesce(format('a %s outcome', o.status), 'no outcome')
  from stock_movements m
  left join movement_outcomes o on o.id = m.movement_id
  where o.status is distinct from 'applied'`;

/** Every accepted id is decided or still ahead of its lane's low-water mark, and was decided for the body it came with. */
const INBOX = `
  select 'accepted_outcome' as check_name, i.item_id, i.warehouse_id, i.id as movement_id, i.lane,
    format('an outcome, since every seq up to %s of the lane is decided', n.low_water) as expected,
    format('none for seq %s', i.seq) as found
  from movement_inbox i
  join lanes n on n.id = i.lane
  left join movement_outcomes o on o.id = i.id
  where o.id is null
    and i.seq <= n.low_water
  union all
  select 'accepted_body', i.item_id, i.warehouse_id, i.id, i.lane, encode(i.body_hash, 'hex'), encode(o.body_hash, 'hex')
  from movement_inbox i
  join movement_outcomes o on o.id = i.id
  where o.body_hash <> i.body_hash`;

/** One event for each ledger entry and no other, at the entry's own place; positions of every lane without a gap. */
const EVENTS = `
  select 'entry_event' as check_name, m.item_id, m.warehouse_id, coalesce(m.movement_id, v.id) as movement_id,
    coalesce(m.lane, v.lane) as lane,
    format('an entry and its event at position %s', coalesce(m.position, v.position)) as expected,
    case when v.id is null then 'no event' else 'no entry' end as found
  from stock_movements m
  full join (
    select lane, position, id
    from events
    where type = 'stockline.movement.applied'
  ) v on v.lane = m.lane and v.position = m.position
  where v.id is null or m.movement_id is null
  union all
  select 'event_positions', null, null, null, n.id,
    format('%s events, positions 1 to %s', n.next_position - 1, n.next_position - 1),
    format('%s events, positions %s to %s', coalesce(v.events, 0), v.first_position, v.last_position)
  from lanes n
  left join (
    select lane, count(*) as events, min(position) as first_position, max(position) as last_position
    from events
    group by lane
  ) v on v.lane = n.id
  where coalesce(v.events, 0) <> n.next_position - 1
    or coalesce(v.last_position, 0) <> n.next_position - 1`;

/** The kinds of faults, by what they look at. */
export const FAULT_TEXTS = {
  entries: ENTRIES,
  levels: LEVELS,
  outcomes: OUTCOMES,
  inbox: INBOX,
  events: EVENTS,
} as const;
