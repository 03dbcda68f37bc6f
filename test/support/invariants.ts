/** What must hold of the database after any run (reliability.md I1 to I4): checked by SQL of the tests' own, from outside. */
import { expect } from "vitest";
import type { Db } from "../../platform/postgres.ts";

/** Fails unless ledger, levels, outcomes and events agree to the last row. */
export async function expectSoundLedger(db: Db): Promise<void> {
  const { rows } = await db.query({
    text: `
      select
        (select count(*) from (
          select item_id, warehouse_id, sum(quantity) as total, count(*) as entries
          from stock_movements group by item_id, warehouse_id
        ) e full join stock_levels s using (item_id, warehouse_id)
        where e.total is distinct from s.on_hand or e.entries is distinct from s.version) as levels_that_differ,
        (select count(*) from (
          select balance_after - sum(quantity) over level as off, version - row_number() over level as gap,
            previous_hash is distinct from coalesce(lag(hash) over level, '') as unlinked
          from stock_movements
          window level as (partition by item_id, warehouse_id order by version)
        ) e where off <> 0 or gap <> 0 or unlinked) as entries_that_differ,
        (select count(*) from movement_outcomes o
          where (o.status = 'applied') is distinct from
            exists (select from stock_movements m where m.movement_id = o.id)) as outcomes_that_differ,
        (select count(*) from (
          select movement_id from stock_movements group by movement_id, item_id, warehouse_id having count(*) > 1
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
    outcomes_that_differ: 0,
    movements_applied_twice: 0,
    gaps_in_event_positions: 0,
    entries_without_event: 0,
  });
}
