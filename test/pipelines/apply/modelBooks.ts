/** Compares what the database holds of lots, reservations and transfers in transit with what the oracle came to. */
import { expect } from "vitest";
import type { Db } from "../../../platform/postgres.ts";
import type { Oracle } from "../../support/oracle/books.ts";

type Lines = Record<string, readonly (number | string | null)[]>;

/** Fails with the first details of the items that differ. */
export async function expectSameDetails(
  db: Db,
  oracle: Oracle,
  items: readonly string[],
): Promise<void> {
  expect(await detailsOfLedger(db, items)).toEqual(detailsOfOracle(oracle));
}

async function detailsOfLedger(db: Db, items: readonly string[]): Promise<Lines> {
  const { rows } = await db.query<{ key: string; figures: (number | string | null)[] }>({
    text: `
      select 'lot ' || b.item_id || ' ' || l.code || ' ' || b.warehouse_id as key,
        json_build_array(b.on_hand, b.reserved, b.unavailable, b.in_transit) as figures
      from lot_balances b
      join lots l on l.id = b.lot_id
      where b.item_id = any($1::uuid[])
        and (b.on_hand, b.reserved, b.unavailable, b.in_transit) <> (0, 0, 0, 0)
      union all
      select 'day of ' || item_id || ' ' || code, json_build_array(expires_on)
      from lots
      where item_id = any($1::uuid[])
      union all
      select 'reservation ' || r.id, json_build_array(r.quantity, r.open_quantity, r.issued_quantity, l.code)
      from reservations r
      left join lots l on l.id = r.lot_id
      where r.item_id = any($1::uuid[])
      union all
      select 'transit ' || t.movement_id || ' ' || t.line, json_build_array(t.quantity, t.open_quantity, l.code)
      from transits t
      left join lots l on l.id = t.lot_id
      where t.item_id = any($1::uuid[])`,
    values: [items],
  });
  return Object.fromEntries(rows.map(({ key, figures }) => [key, figures]));
}

function detailsOfOracle(oracle: Oracle): Lines {
  const lines: Lines = {};
  for (const [id, item] of oracle.items) {
    for (const [code, lot] of Object.entries(item.lots)) {
      lines[`day of ${id} ${code}`] = [lot.expires];
      for (const [warehouse, { onHand, reserved, unavailable, inTransit }] of Object.entries(
        lot.at,
      )) {
        const figures = [onHand, reserved, unavailable, inTransit].map(units);
        if (figures.some((figure) => figure !== 0))
          lines[`lot ${id} ${code} ${warehouse}`] = figures;
      }
    }
    for (const [movement, held] of Object.entries(item.reservations)) {
      const figures = [units(held.quantity), units(held.open), units(held.issued)];
      lines[`reservation ${movement}`] = [...figures, held.lot];
    }
    for (const [movement, transit] of Object.entries(item.transits)) {
      for (const [nth, { quantity, open, lot }] of transit.lines.entries()) {
        lines[`transit ${movement} ${nth}`] = [units(quantity), units(open), lot];
      }
    }
  }
  return lines;
}

function units(scaled: number): number {
  return scaled / 10_000;
}
