/** What must hold of the database after any run (reliability.md I1 to I4): checked by SQL of the tests' own, from outside. */
import { expect } from "vitest";
import type { Db } from "../../platform/postgres.ts";

/** Fails unless ledger, levels, lots, reservations, transfers, outcomes and events agree to the last row. */
export async function expectSoundLedger(db: Db): Promise<void> {
  const { rows } = await db.query({
    text: `
      select
        (select count(*) from (
          select item_id, warehouse_id, sum(quantity) as on_hand, sum(reserved_change) as reserved,
            sum(unavailable_change) as unavailable, sum(in_transit_change) as in_transit, count(*) as entries
          from stock_movements group by item_id, warehouse_id
        ) e full join stock_levels s using (item_id, warehouse_id)
        where row(e.on_hand, e.reserved, e.unavailable, e.in_transit, e.entries)
          is distinct from row(s.on_hand, s.reserved, s.unavailable, s.in_transit, s.version)) as levels_that_differ,
        (select count(*) from (
          select row(balance_after, reserved_after, unavailable_after, in_transit_after) is distinct from
              row(sum(quantity) over level, sum(reserved_change) over level, sum(unavailable_change) over level,
                sum(in_transit_change) over level) as off,
            version - row_number() over level as gap,
            previous_hash is distinct from coalesce(lag(hash) over level, '') as unlinked
          from stock_movements
          window level as (partition by item_id, warehouse_id order by version)
        ) e where off or gap <> 0 or unlinked) as entries_that_differ,
        (select count(*) from (
          select lot_balance_after is distinct from sum(quantity) over lot as off
          from stock_movements where lot_id is not null
          window lot as (partition by lot_id, warehouse_id order by version)
        ) e where off) as lot_entries_that_differ,
        (select count(*) from (
          select lot_id, warehouse_id, sum(quantity) as on_hand, sum(unavailable_change) as unavailable,
            sum(in_transit_change) as in_transit
          from stock_movements where lot_id is not null group by lot_id, warehouse_id
        ) e full join lot_balances b using (lot_id, warehouse_id)
        where row(e.on_hand, e.unavailable, e.in_transit) is distinct from row(b.on_hand, b.unavailable, b.in_transit))
          as lots_that_differ,
        (select count(*) from stock_levels s where s.reserved <> (
          select coalesce(sum(r.open_quantity), 0) from reservations r
          where r.item_id = s.item_id and r.warehouse_id = s.warehouse_id)) as levels_with_other_reservations,
        (select count(*) from stock_levels s where s.in_transit <> (
          select coalesce(sum(t.open_quantity), 0) from transits t
          where t.item_id = s.item_id and t.to_warehouse_id = s.warehouse_id)) as levels_with_other_transits,
        (select count(*) from movement_outcomes o
          where (o.status = 'applied') is distinct from
            exists (select from stock_movements m where m.movement_id = o.id)) as outcomes_that_differ,
        (select count(*) from (
          select o.id from movement_outcomes o
          join stock_movements m on m.movement_id = o.id and m.item_id = o.item_id and m.warehouse_id = o.warehouse_id
          group by o.id, o.version
          having max(m.version) <> o.version or max(m.version) - min(m.version) + 1 <> count(*)
            or count(*) <> count(distinct coalesce(m.lot_id::text, ''))
        ) d) as movements_applied_twice,
        (select count(*) from (
          select position - row_number() over (partition by lane order by position) as gap from events
        ) g where gap <> 0) as gaps_in_event_positions,
        (select count(*) from stock_movements m
          where not exists (select from events e where e.lane = m.lane and e.position = m.position)) as entries_without_event`,
  });
  expect(rows[0]).toEqual({
    levels_that_differ: 0,
    entries_that_differ: 0,
    lot_entries_that_differ: 0,
    lots_that_differ: 0,
    levels_with_other_reservations: 0,
    levels_with_other_transits: 0,
    outcomes_that_differ: 0,
    movements_applied_twice: 0,
    gaps_in_event_positions: 0,
    entries_without_event: 0,
  });
}
