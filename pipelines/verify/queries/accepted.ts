/** The checks of accepted movements (inbox, set aside, outcomes) and of the event log with the counters of its lanes. */
import type { Subject } from "./subject.ts";

/** The inbox past the low-water marks $1 (lane n at index n + 1): each id decided or still ahead, once, for its own body. */
export const INBOX = {
  name: "inbox",
  judged: `
  judged as (
    select i.id as movement_id, i.item_id, i.warehouse_id, i.lane, i.seq, i.body_hash, n.low_water,
      case when n.decided_position = n.next_position then n.decided_to end as decided_to, o.id as decided,
      o.status, o.body_hash as decided_body_hash, o.version, m.movement_id as entry, a.id as set_aside,
      row(i.type, i.item_id, i.warehouse_id, i.unit_cost, i.currency, i.target_id, i.reason, i.reference_type,
        i.reference_id, i.source, i.source_id, i.actor, i.occurred_at)::text as accepted,
      row(m.type, m.item_id, m.warehouse_id, m.unit_cost, m.currency, m.target_id, m.reason, m.reference_type,
        m.reference_id, m.source, m.source_id, m.actor, m.occurred_at)::text as entered
    from movement_inbox i
    join lanes n on n.id = i.lane
    left join lateral (
      select *
      from movement_outcomes o
      where o.id = i.id
      limit 1
    ) o on true
    left join lateral (
      select *
      from stock_movements m
      where m.item_id = o.item_id
        and m.warehouse_id = o.warehouse_id
        and m.version = o.version
        and m.recorded_at = o.decided_at
        and m.movement_id = o.id
      limit 1
    ) m on true
    left join set_aside_movements a on a.id = i.id
    where i.seq > ($1::bigint[])[i.lane + 1]
  )`,
  checks: [
    {
      name: "accepted_outcome",
      wrong: "e.decided is null and e.seq <= e.low_water",
      expected:
        "format('an outcome, since every seq up to %s of the lane is decided', e.low_water)",
      found: "'none for seq ' || e.seq",
    },
    {
      name: "accepted_mark",
      wrong: "e.decided is not null and e.seq > e.decided_to",
      expected: "'nothing decided past seq ' || e.decided_to",
      found: "'an outcome for seq ' || e.seq",
    },
    {
      name: "accepted_body",
      wrong: "e.decided_body_hash <> e.body_hash",
      expected: "encode(e.body_hash, 'hex')",
      found: "encode(e.decided_body_hash, 'hex')",
    },
    {
      name: "accepted_entry",
      wrong: "e.status = 'applied' and e.entry is null",
      expected: "'a ledger entry of version ' || e.version",
      found: "'no entry'",
    },
    {
      name: "accepted_content",
      wrong: "e.entry is not null and e.accepted <> e.entered",
      expected: "e.accepted",
      found: "e.entered",
    },
    {
      name: "accepted_lane",
      wrong: "e.lane <> lane_of(e.item_id)",
      expected: "lane_of(e.item_id)::text",
      found: "e.lane::text",
    },
    {
      name: "accepted_twice",
      wrong: "e.set_aside is not null",
      expected: "'a movement either in the inbox or set aside'",
      found: "'both'",
    },
  ],
  tallies: { inbox: "true", undone: "decided is null" },
} as const satisfies Subject<string>;

/** Movements that were set aside: whole, and not decided. */
export const SET_ASIDE = {
  name: "set_aside",
  judged: `
  judged as (
    select a.id as movement_id, i.id as item_id, w.id as warehouse_id, a.lane, a.movement, o.status,
      a.movement ->> 'id' = a.id::text
        and a.movement ->> 'lane' = a.lane::text
        and a.movement ->> 'body_hash' = a.body_hash::text as is_whole
    from set_aside_movements a
    left join movement_outcomes o on o.id = a.id
    left join inventory_items i on i.id::text = a.movement ->> 'item_id'
    left join warehouses w on w.id::text = a.movement ->> 'warehouse_id'
  )`,
  checks: [
    {
      name: "set_aside_outcome",
      wrong: "e.status is not null",
      expected: "'no outcome'",
      found: "e.status",
    },
    {
      name: "set_aside_content",
      wrong:
        "e.is_whole is not true or e.item_id is null or e.warehouse_id is null or e.lane <> lane_of(e.item_id)",
      expected: "'the inbox row of this id, lane and body'",
      found: "e.movement::text",
    },
  ],
  tallies: { set_aside: "true" },
} as const satisfies Subject<string>;

/** A movement's id out of an event's subject; null where there is none, whatever stands there. */
function subjectId(event: string): string {
  const form = "^movements/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
  return `case when ${event}.subject ~ '${form}' then substr(${event}.subject, 11)::uuid end`;
}

/** Events of slices of lanes: $1 lanes, $2 the positions that they follow on, $3 their last ones. */
export const EVENTS = {
  name: "events",
  judged: `
  judged as (
    select v.*, r.partition_key, r.data, null::uuid as item_id, null::uuid as warehouse_id, o.id as movement_id, o.status,
      o.code, o.detail, o.decided_at, o.item_id as outcome_item_id
    from (
      select v.lane, v.position, v.type, v.recorded_at,
        coalesce(lag(v.position) over (partition by g.lane order by v.position, v.recorded_at), g.after) as position_before,
        lead(v.position) over (partition by g.lane order by v.position, v.recorded_at) is null as is_last,
        g.upto
      from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as g (lane, after, upto)
      cross join lateral (
        select v.lane, v.position, v.type, v.recorded_at
        from events v
        where v.lane = g.lane
          and v.position > g.after
          and v.position <= g.upto
        offset 0
      ) v
    ) v
    left join lateral (
      select *
      from events r
      where v.type = 'stockline.movement.rejected'
        and r.lane = v.lane
        and r.position = v.position
        and r.recorded_at = v.recorded_at
      limit 1
    ) r on true
    left join lateral (
      select *
      from movement_outcomes o
      where o.id = ${subjectId("r")}
      limit 1
    ) o on true
  )`,
  checks: [
    {
      name: "event_positions",
      wrong: "e.position <> e.position_before + 1",
      expected: "'position ' || e.position_before + 1",
      found: "'position ' || e.position",
    },
    {
      name: "event_positions",
      wrong: "e.is_last and e.position <> e.upto",
      expected: "format('events up to position %s', e.upto)",
      found: "'the last at position ' || e.position",
    },
    {
      name: "event_outcome",
      wrong: `e.type = 'stockline.movement.rejected' and (e.status = 'rejected' and e.code = e.data ->> 'code'
        and e.detail is not distinct from e.data ->> 'detail' and e.decided_at = e.recorded_at
        and e.data ->> 'id' = e.movement_id::text and e.partition_key = e.outcome_item_id::text) is not true`,
      expected: "format('a rejected outcome: %s', e.data)",
      found:
        "coalesce(format('%s: %s %s, at %s', e.status, e.code, e.detail, e.decided_at), 'none')",
    },
  ],
  tallies: {
    events: "true",
    applied: "type = 'stockline.movement.applied'",
    rejected: "type = 'stockline.movement.rejected' and status = 'rejected'",
  },
} as const satisfies Subject<string>;

/** Counters of the lanes against their last events. */
export const LANES = {
  name: "lanes",
  judged: `
  judged as (
    select n.id as lane, n.next_position, n.last_recorded_at, null::uuid as item_id, null::uuid as warehouse_id,
      null::uuid as movement_id, v.recorded_at, coalesce(v.position, 0) as position
    from lanes n
    left join lateral (
      select *
      from events v
      where v.lane = n.id
      order by v.position desc
      limit 1
    ) v on true
  )`,
  checks: [
    {
      name: "event_positions",
      wrong: "e.position <> e.next_position - 1",
      expected: "'a last event at position ' || e.next_position - 1",
      found: "'position ' || e.position",
    },
    {
      name: "lane_time",
      wrong: "e.lane < 256 and e.recorded_at > e.last_recorded_at",
      expected: "'not before ' || e.recorded_at",
      found: "e.last_recorded_at::text",
    },
  ],
  tallies: { lanes: "true" },
} as const satisfies Subject<string>;

/** Applied outcomes that no ledger entry stands for; looked for where the entries closed fewer than there are. */
export const OUTCOMES_WITHOUT_ENTRY = {
  name: "outcomes_without_entry",
  judged: `
  judged as (
    select o.id as movement_id, o.item_id, o.warehouse_id, lane_of(o.item_id) as lane, o.version, o.balance_after,
      m.movement_id as entry
    from movement_outcomes o
    left join stock_movements m
      on m.item_id = o.item_id
      and m.warehouse_id = o.warehouse_id
      and m.version = o.version
      and m.movement_id = o.id
    where o.status = 'applied'
  )`,
  checks: [
    {
      name: "outcome_entry",
      wrong: "e.entry is null",
      expected: "format('a ledger entry of version %s, balance %s', e.version, e.balance_after)",
      found: "'no entry'",
    },
  ],
  tallies: {},
} as const satisfies Subject<string>;

/** Rejected outcomes that no event tells of; looked for where the events told of fewer than there are. */
export const OUTCOMES_WITHOUT_EVENT = {
  name: "outcomes_without_event",
  judged: `
  judged as (
    select o.id as movement_id, o.item_id, o.warehouse_id, lane_of(o.item_id) as lane, o.code, v.subject
    from movement_outcomes o
    left join events v on v.subject = 'movements/' || o.id and v.type = 'stockline.movement.rejected'
    where o.status = 'rejected'
  )`,
  checks: [
    {
      name: "outcome_event",
      wrong: "e.subject is null",
      expected: "'an event that tells of the rejection ' || e.code",
      found: "'no event'",
    },
  ],
  tallies: {},
} as const satisfies Subject<string>;

/** Events of applied movements without an entry; looked for where there are more of them than entries. */
export const EVENTS_WITHOUT_ENTRY = {
  name: "events_without_entry",
  judged: `
  judged as (
    select null::uuid as item_id, null::uuid as warehouse_id, ${subjectId("v")} as movement_id, v.lane, v.position, m.hash
    from events v
    left join stock_movements m on m.lane = v.lane and m.position = v.position
    where v.type = 'stockline.movement.applied'
  )`,
  checks: [
    {
      name: "event_entry",
      wrong: "e.hash is null",
      expected: "'a ledger entry at position ' || e.position",
      found: "'no entry'",
    },
  ],
  tallies: {},
} as const satisfies Subject<string>;
