/**
 * The checks of the books beside the ledger: lots, reservations, transfers in transit, reversals. "Against the ledger" reads the
 * ledger by a scan and sums by hashing, without a sort of it; LEVEL_BOOKS and LOT_RESERVED compare state with state only.
 */
import { type Subject, same } from "./subject.ts";

/** Running balances of lots in the entries of the items from $1 to $2, and their sums against lot_balances. */
export const LOTS = {
  name: "lots",
  judged: `
  moved as (
    select m.item_id, m.warehouse_id, m.lot_id, m.movement_id, m.lane, m.lot_balance_after,
      sum(m.quantity) over lot as on_hand,
      sum(m.unavailable_change) over lot as unavailable,
      sum(m.in_transit_change) over lot as in_transit,
      lead(m.version) over lot is null as is_last
    from stock_movements m
    where m.item_id between $1::uuid and $2::uuid
      and m.lot_id is not null
    window lot as (partition by m.item_id, m.warehouse_id, m.lot_id order by m.version, m.recorded_at)
  ),
  judged as (
    select m.*, b.on_hand as lot_on_hand, b.unavailable as lot_unavailable, b.in_transit as lot_in_transit,
      l.item_id as lot_item_id
    from moved m
    left join lateral (
      select *
      from lot_balances b
      where m.is_last
        and b.lot_id = m.lot_id
        and b.warehouse_id = m.warehouse_id
        and b.item_id = m.item_id
      limit 1
    ) b on true
    left join lateral (
      select *
      from lots l
      where m.is_last
        and l.id = m.lot_id
      limit 1
    ) l on true
  )`,
  checks: [
    {
      name: "entry_lot_balance",
      wrong: "e.lot_balance_after is distinct from e.on_hand",
      expected: "e.on_hand::text",
      found: "e.lot_balance_after::text",
    },
    {
      name: "lot_sum",
      wrong: "e.is_last and e.lot_on_hand is distinct from e.on_hand",
      expected: "e.on_hand::text",
      found: "e.lot_on_hand::text",
    },
    {
      name: "lot_unavailable",
      wrong: "e.is_last and e.lot_unavailable <> e.unavailable",
      expected: "e.unavailable::text",
      found: "e.lot_unavailable::text",
    },
    {
      name: "lot_in_transit",
      wrong: "e.is_last and e.lot_in_transit <> e.in_transit",
      expected: "e.in_transit::text",
      found: "e.lot_in_transit::text",
    },
    {
      name: "lot_item",
      wrong: "e.is_last and e.lot_item_id is distinct from e.item_id",
      expected: "format('lot %s of item %s', e.lot_id, e.item_id)",
      found: "'a lot of item ' || e.lot_item_id",
    },
  ],
  tallies: { lots: "is_last" },
} as const satisfies Subject<string>;

/** Balances of lots that no entry speaks of; looked for where LOTS counted fewer than there are. */
export const LOTS_WITHOUT_ENTRIES = {
  name: "lots_without_entries",
  judged: `
  judged as (
    select b.item_id, b.warehouse_id, null::uuid as movement_id, lane_of(b.item_id) as lane, b.lot_id, m.lot_id as moved,
      b.on_hand
    from lot_balances b
    left join (
      select item_id, warehouse_id, lot_id
      from stock_movements
      where lot_id is not null
      group by item_id, warehouse_id, lot_id
    ) m on m.item_id = b.item_id and m.warehouse_id = b.warehouse_id and m.lot_id = b.lot_id
  )`,
  checks: [
    {
      name: "lot_sum",
      wrong: "e.moved is null",
      expected: "'ledger entries of lot ' || e.lot_id",
      found: "'none for balance ' || e.on_hand",
    },
  ],
  tallies: {},
} as const satisfies Subject<string>;

/** Reservations against the entries that reserved, issued and released. */
export const RESERVATIONS = {
  name: "reservations",
  judged: `
  said as (
    select case when type = 'reserve' then movement_id else target_id end as id, item_id, warehouse_id,
      sum(reserved_change) as open,
      coalesce(sum(reserved_change) filter (where type = 'reserve'), 0.0000) as quantity,
      coalesce(-sum(reserved_change) filter (where type = 'issue'), 0.0000) as issued,
      coalesce(-sum(reserved_change) filter (where type = 'release'), 0.0000) as released,
      max(lot_id::text) filter (where type = 'reserve') as lot
    from stock_movements
    where reserved_change <> 0
    group by 1, 2, 3
  ),
  judged as (
    select coalesce(r.item_id, s.item_id) as item_id,
      coalesce(r.warehouse_id, s.warehouse_id) as warehouse_id,
      coalesce(r.id, s.id) as movement_id,
      lane_of(coalesce(r.item_id, s.item_id)) as lane,
      r.id is not null as is_kept,
      case when s.item_id is not null then
        format('%s open of %s, %s issued, %s released, lot %s', s.open, s.quantity, s.issued, s.released, s.lot)
      end as said,
      case when r.id is not null then
        format('%s open of %s, %s issued, %s released, lot %s', r.open_quantity, r.quantity, r.issued_quantity,
          r.released_quantity, r.lot_id)
      end as kept
    from reservations r
    full join said s on s.id = r.id and s.item_id = r.item_id and s.warehouse_id = r.warehouse_id
  )`,
  checks: [
    {
      name: "reservation_entries",
      wrong: "e.said is distinct from e.kept",
      expected: "coalesce(e.said, 'no reservation')",
      found: "coalesce(e.kept, 'no reservation')",
    },
  ],
  tallies: { reservations: "is_kept" },
} as const satisfies Subject<string>;

/** Transfers in transit, lot by lot, against the entries that shipped, arrived, were lost or reversed. */
export const TRANSITS = {
  name: "transits",
  judged: `
  said as (
    select case when type = 'transfer' then movement_id else target_id end as id, item_id, warehouse_id,
      coalesce(lot_id::text, 'none') as lot,
      sum(in_transit_change) as open,
      coalesce(sum(in_transit_change) filter (where type = 'transfer'), 0.0000) as quantity,
      coalesce(-sum(in_transit_change) filter (where type = 'arrival'), 0.0000) as arrived,
      coalesce(-sum(in_transit_change) filter (where type = 'transit_loss'), 0.0000) as lost,
      max(counterpart_warehouse_id::text) filter (where type = 'transfer') as from_warehouse
    from stock_movements
    where in_transit_change <> 0
    group by 1, 2, 3, 4
  ),
  kept as (
    select movement_id as id, item_id, to_warehouse_id as warehouse_id, coalesce(lot_id::text, 'none') as lot,
      open_quantity, quantity, arrived_quantity, lost_quantity, from_warehouse_id
    from transits
  ),
  judged as (
    select coalesce(t.item_id, s.item_id) as item_id,
      coalesce(t.warehouse_id, s.warehouse_id) as warehouse_id,
      coalesce(t.id, s.id) as movement_id,
      lane_of(coalesce(t.item_id, s.item_id)) as lane,
      t.id is not null as is_kept,
      case when s.item_id is not null then
        format('%s open of %s, %s arrived, %s lost, from %s', s.open, s.quantity, s.arrived, s.lost, s.from_warehouse)
      end as said,
      case when t.id is not null then
        format('%s open of %s, %s arrived, %s lost, from %s', t.open_quantity, t.quantity, t.arrived_quantity,
          t.lost_quantity, t.from_warehouse_id)
      end as kept
    from kept t
    full join said s
      on s.id = t.id
      and s.item_id = t.item_id
      and s.warehouse_id = t.warehouse_id
      and s.lot = t.lot
  )`,
  checks: [
    {
      name: "transit_entries",
      wrong: "e.said is distinct from e.kept",
      expected: "coalesce(e.said, 'no transfer in transit')",
      found: "coalesce(e.kept, 'no transfer in transit')",
    },
  ],
  tallies: { transits: "is_kept" },
} as const satisfies Subject<string>;

/** Reversals against their entries, which are the opposite of those that they reverse. */
export const REVERSALS = {
  name: "reversals",
  judged: `
  said as (
    select movement_id as reversed_by, target_id as movement_id, item_id, (array_agg(warehouse_id))[1] as warehouse_id
    from stock_movements
    where type = 'reversal'
    group by 1, 2, 3
  ),
  left_over as (
    select movement_id, count(*) filter (where quantity <> 0 or unavailable <> 0 or in_transit <> 0) as balances
    from (
      select case when type = 'reversal' then target_id else movement_id end as movement_id, item_id, warehouse_id, lot_id,
        sum(quantity) as quantity, sum(unavailable_change) as unavailable, sum(in_transit_change) as in_transit
      from stock_movements
      where type = 'reversal' or movement_id in (select movement_id from reversals)
      group by 1, 2, 3, 4
    ) b
    group by movement_id
  ),
  judged as (
    select s.item_id, s.warehouse_id, coalesce(r.movement_id, s.movement_id) as movement_id, lane_of(s.item_id) as lane,
      r.movement_id is not null as is_kept,
      'reversed by ' || s.reversed_by as said,
      'reversed by ' || r.reversed_by as kept,
      b.balances
    from reversals r
    full join said s on s.movement_id = r.movement_id
    left join left_over b on b.movement_id = coalesce(r.movement_id, s.movement_id)
  )`,
  checks: [
    {
      name: "reversal_entries",
      wrong: "e.said is distinct from e.kept",
      expected: "coalesce(e.said, 'not reversed')",
      found: "coalesce(e.kept, 'not reversed')",
    },
    {
      name: "reversal_sum",
      wrong: "e.balances <> 0",
      expected: "'entries that take each other back'",
      found: "e.balances || ' balances that they leave changed'",
    },
  ],
  tallies: { reversals: "is_kept" },
} as const satisfies Subject<string>;

/** Levels against the open reservations, open transfers and lots that they sum up. */
export const LEVEL_BOOKS = {
  name: "level_books",
  judged: `
  reserved as (
    select item_id, warehouse_id, sum(open_quantity) as quantity, min(expires_at) as expires_at
    from reservations
    where open_quantity > 0
    group by 1, 2
  ),
  in_transit as (
    select item_id, to_warehouse_id as warehouse_id, sum(open_quantity) as quantity
    from transits
    where open_quantity > 0
    group by 1, 2
  ),
  in_lots as (
    select item_id, warehouse_id, sum(on_hand) as on_hand, sum(unavailable) as unavailable, sum(in_transit) as in_transit
    from lot_balances
    where on_hand <> 0 or reserved <> 0 or unavailable <> 0 or in_transit <> 0
    group by 1, 2
  ),
  summed as (
    select item_id, warehouse_id, s.lane, s.version, i.tracking,
      coalesce(s.on_hand, 0.0000) as on_hand,
      coalesce(s.reserved, 0.0000) as reserved,
      coalesce(s.unavailable, 0.0000) as unavailable,
      coalesce(s.in_transit, 0.0000) as in_transit,
      s.next_expiry, r.expires_at,
      coalesce(r.quantity, 0.0000) as reservations,
      coalesce(t.quantity, 0.0000) as transits,
      coalesce(l.on_hand, 0.0000) as lots_on_hand,
      coalesce(l.unavailable, 0.0000) as lots_unavailable,
      coalesce(l.in_transit, 0.0000) as lots_in_transit
    from stock_levels s
    full join reserved r using (item_id, warehouse_id)
    full join in_transit t using (item_id, warehouse_id)
    full join in_lots l using (item_id, warehouse_id)
    left join inventory_items i on i.id = item_id
  ),
  judged as (
    select *, null::uuid as movement_id
    from summed
  )`,
  checks: [
    same("level_reservations", "e.reservations", "e.reserved"),
    same("level_transits", "e.transits", "e.in_transit"),
    {
      name: "level_expiry",
      wrong: "e.expires_at < coalesce(e.next_expiry, 'infinity')",
      expected: "'not after ' || e.expires_at",
      found: "coalesce(e.next_expiry::text, 'none')",
    },
    {
      name: "level_lane",
      wrong: "e.lane <> lane_of(e.item_id)",
      expected: "lane_of(e.item_id)::text",
      found: "e.lane::text",
    },
    {
      name: "level_lots",
      wrong: `e.tracking <> 'none' and (e.lots_on_hand <> e.on_hand or e.lots_unavailable <> e.unavailable
        or e.lots_in_transit <> e.in_transit)`,
      expected:
        "format('%s on hand, %s unavailable, %s in transit in lots', e.on_hand, e.unavailable, e.in_transit)",
      found: "format('%s, %s, %s', e.lots_on_hand, e.lots_unavailable, e.lots_in_transit)",
    },
    {
      name: "level_empty",
      wrong: "coalesce(e.version, 0) = 0 and (e.on_hand <> 0 or e.unavailable <> 0)",
      expected: "'nothing without a ledger entry'",
      found: "format('%s on hand, %s unavailable', e.on_hand, e.unavailable)",
    },
  ],
  tallies: { levels: "version > 0" },
} as const satisfies Subject<string>;

/** What is reserved of lots against the reservations that name them; serial numbers in one place at most. */
export const LOT_RESERVED = {
  name: "lot_reserved",
  judged: `
  named as (
    select lot_id, warehouse_id, sum(open_quantity) as quantity
    from reservations
    where open_quantity > 0
      and lot_id is not null
    group by 1, 2
  ),
  held as (
    select lot_id, b.item_id, warehouse_id, b.reserved, n.quantity,
      case when i.tracking = 'serial' then sum(b.on_hand + b.in_transit) over (partition by lot_id) end as pieces
    from lot_balances b
    full join named n using (lot_id, warehouse_id)
    left join inventory_items i on i.id = b.item_id
  ),
  judged as (
    select item_id, warehouse_id, null::uuid as movement_id, lane_of(item_id) as lane, lot_id, pieces,
      coalesce(reserved, 0.0000) as reserved, coalesce(quantity, 0.0000) as quantity
    from held
  )`,
  checks: [
    same("lot_reserved", "e.quantity", "e.reserved"),
    {
      name: "serial_places",
      wrong: "e.pieces > 1",
      expected: "'one piece of serial number ' || e.lot_id || ' at most'",
      found: "e.pieces::text",
    },
  ],
  tallies: { lots: "lot_id is not null" },
} as const satisfies Subject<string>;
