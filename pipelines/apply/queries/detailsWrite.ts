/** SQL that writes what only some movements touch. Each statement answers how many rows it wrote, for the caller's assertion. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";

export interface LotWrite {
  readonly id: string;
  readonly itemId: string;
  readonly code: string;
  readonly expiresOn: string | null;
}

/** Adds lots, and gives those that are there their expiry. */
export async function lotsWrite(db: Db, lots: readonly LotWrite[]): Promise<number> {
  const { rowCount } = await db.query({
    name: "lots_write",
    text: `
      insert into lots (id, item_id, code, expires_on)
      select *
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
      on conflict (id) do update set expires_on = excluded.expires_on`,
    values: [
      plainArray(lots.map((lot) => lot.id)),
      plainArray(lots.map((lot) => lot.itemId)),
      textArray(lots.map((lot) => lot.code)),
      plainArray(lots.map((lot) => lot.expiresOn)),
    ],
  });
  return rowCount ?? 0;
}

/** Differences to a lot's balance at a warehouse, as decimal strings. */
export interface LotBalanceWrite {
  readonly lotId: string;
  readonly warehouseId: string;
  readonly itemId: string;
  readonly isNew: boolean;
  readonly onHand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly inTransit: string;
}

/** Adds the differences; a first balance begins at zero. */
export async function lotBalancesWrite(
  db: Db,
  balances: readonly LotBalanceWrite[],
): Promise<number> {
  const { rows } = await db.query<{ written: number }>({
    name: "lot_balances_write",
    text: `
      with given as (
        select *
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[], $5::numeric[], $6::numeric[], $7::numeric[],
          $8::numeric[])
          as g (lot_id, warehouse_id, item_id, is_new, on_hand, reserved, unavailable, in_transit)
      ),
      changed as (
        update lot_balances b
        set on_hand = b.on_hand + g.on_hand,
          reserved = b.reserved + g.reserved,
          unavailable = b.unavailable + g.unavailable,
          in_transit = b.in_transit + g.in_transit,
          updated_at = clock_timestamp()
        from given g
        where not g.is_new
          and b.lot_id = g.lot_id
          and b.warehouse_id = g.warehouse_id
        returning 1
      ),
      added as (
        insert into lot_balances (
          lot_id, warehouse_id, item_id, on_hand, reserved, unavailable, in_transit, updated_at)
        select lot_id, warehouse_id, item_id, on_hand, reserved, unavailable, in_transit, clock_timestamp()
        from given
        where is_new
        returning 1
      )
      select (select count(*) from changed) + (select count(*) from added) as written`,
    values: [
      plainArray(balances.map((one) => one.lotId)),
      plainArray(balances.map((one) => one.warehouseId)),
      plainArray(balances.map((one) => one.itemId)),
      plainArray(balances.map((one) => (one.isNew ? "t" : "f"))),
      plainArray(balances.map((one) => one.onHand)),
      plainArray(balances.map((one) => one.reserved)),
      plainArray(balances.map((one) => one.unavailable)),
      plainArray(balances.map((one) => one.inTransit)),
    ],
  });
  return rows[0]?.written ?? 0;
}

export interface ReservationWrite {
  readonly id: string;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly lotId: string | null;
  readonly quantity: string;
  /** What was open when it was read; null for a new one. */
  readonly openBefore: string | null;
  readonly open: string;
  readonly issued: string;
  readonly released: string;
  readonly expiresAt: string | null;
}

/** Adds reservations and changes those that still are as they were read. */
export async function reservationsWrite(
  db: Db,
  reservations: readonly ReservationWrite[],
): Promise<number> {
  const { rows } = await db.query<{ written: number }>({
    name: "reservations_write",
    text: `
      with given as (
        select *
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[], $6::numeric[], $7::numeric[],
          $8::numeric[], $9::numeric[], $10::timestamptz[])
          as g (id, item_id, warehouse_id, lot_id, quantity, open_before, open, issued, released, expires_at)
      ),
      changed as (
        update reservations r
        set open_quantity = g.open,
          issued_quantity = g.issued,
          released_quantity = g.released,
          updated_at = clock_timestamp()
        from given g
        where r.id = g.id
          and r.open_quantity = g.open_before
        returning 1
      ),
      added as (
        insert into reservations (
          id, item_id, warehouse_id, lot_id, quantity, open_quantity, issued_quantity, released_quantity, expires_at)
        select id, item_id, warehouse_id, lot_id, quantity, open, issued, released, expires_at
        from given
        where open_before is null
        returning 1
      )
      select (select count(*) from changed) + (select count(*) from added) as written`,
    values: [
      plainArray(reservations.map((one) => one.id)),
      plainArray(reservations.map((one) => one.itemId)),
      plainArray(reservations.map((one) => one.warehouseId)),
      plainArray(reservations.map((one) => one.lotId)),
      plainArray(reservations.map((one) => one.quantity)),
      plainArray(reservations.map((one) => one.openBefore)),
      plainArray(reservations.map((one) => one.open)),
      plainArray(reservations.map((one) => one.issued)),
      plainArray(reservations.map((one) => one.released)),
      plainArray(reservations.map((one) => one.expiresAt)),
    ],
  });
  return rows[0]?.written ?? 0;
}

export interface TransitWrite {
  readonly movementId: string;
  readonly line: number;
  readonly itemId: string;
  readonly fromWarehouseId: string;
  readonly toWarehouseId: string;
  readonly lotId: string | null;
  readonly quantity: string;
  /** What was open when it was read; null for a new one. */
  readonly openBefore: string | null;
  readonly open: string;
  readonly arrived: string;
  readonly lost: string;
  readonly unitCost: string | null;
}

/** Adds lines of transfers in transit and changes those that still are as they were read. */
export async function transitsWrite(db: Db, lines: readonly TransitWrite[]): Promise<number> {
  const { rows } = await db.query<{ written: number }>({
    name: "transits_write",
    text: `
      with given as (
        select *
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[],
          $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[])
          as g (movement_id, line, item_id, from_warehouse_id, to_warehouse_id, lot_id, quantity, open_before, open,
            arrived, lost, unit_cost)
      ),
      changed as (
        update transits t
        set open_quantity = g.open,
          arrived_quantity = g.arrived,
          lost_quantity = g.lost,
          updated_at = clock_timestamp()
        from given g
        where t.movement_id = g.movement_id
          and t.line = g.line
          and t.open_quantity = g.open_before
        returning 1
      ),
      added as (
        insert into transits (
          movement_id, line, item_id, from_warehouse_id, to_warehouse_id, lot_id, quantity, open_quantity,
          arrived_quantity, lost_quantity, unit_cost, shipped_at, updated_at)
        select movement_id, line, item_id, from_warehouse_id, to_warehouse_id, lot_id, quantity, open, arrived, lost,
          unit_cost, clock_timestamp(), clock_timestamp()
        from given
        where open_before is null
        returning 1
      )
      select (select count(*) from changed) + (select count(*) from added) as written`,
    values: [
      plainArray(lines.map((one) => one.movementId)),
      plainArray(lines.map((one) => one.line)),
      plainArray(lines.map((one) => one.itemId)),
      plainArray(lines.map((one) => one.fromWarehouseId)),
      plainArray(lines.map((one) => one.toWarehouseId)),
      plainArray(lines.map((one) => one.lotId)),
      plainArray(lines.map((one) => one.quantity)),
      plainArray(lines.map((one) => one.openBefore)),
      plainArray(lines.map((one) => one.open)),
      plainArray(lines.map((one) => one.arrived)),
      plainArray(lines.map((one) => one.lost)),
      plainArray(lines.map((one) => one.unitCost)),
    ],
  });
  return rows[0]?.written ?? 0;
}

/** Notes which movements were reversed, and by which. A movement reversed already fails the statement. */
export async function reversalsInsert(
  db: Db,
  reversals: readonly { readonly movementId: string; readonly reversedBy: string }[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: "reversals_insert",
    text: `
      insert into reversals (movement_id, reversed_by, reversed_at)
      select movement_id, reversed_by, clock_timestamp()
      from unnest($1::uuid[], $2::uuid[]) as g (movement_id, reversed_by)`,
    values: [
      plainArray(reversals.map((one) => one.movementId)),
      plainArray(reversals.map((one) => one.reversedBy)),
    ],
  });
  return rowCount ?? 0;
}

/** What an entry lets go of that was lapsed at its time already. */
export interface LateRelease {
  readonly movementId: string;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly quantity: string;
  readonly lapsedAt: string;
  readonly occurredAt: string;
}

/** Notes what was let go of later than it lapsed, so that levels at a moment between the two leave it out (as_of). */
export async function lateReleasesInsert(
  db: Db,
  releases: readonly LateRelease[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: "late_releases_insert",
    text: `
      insert into late_releases (movement_id, item_id, warehouse_id, quantity, lapsed_at, occurred_at)
      select *
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[], $5::timestamptz[], $6::timestamptz[])`,
    values: [
      plainArray(releases.map((one) => one.movementId)),
      plainArray(releases.map((one) => one.itemId)),
      plainArray(releases.map((one) => one.warehouseId)),
      plainArray(releases.map((one) => one.quantity)),
      plainArray(releases.map((one) => one.lapsedAt)),
      plainArray(releases.map((one) => one.occurredAt)),
    ],
  });
  return rowCount ?? 0;
}

/** Notes the average cost, a decimal string, that left with transfers which arrived at once; a reversal asks for it. */
export async function transferCostsInsert(
  db: Db,
  costs: readonly { readonly movementId: string; readonly unitCost: string }[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: "transfer_costs_insert",
    text: `
      insert into transfer_costs (movement_id, unit_cost)
      select *
      from unnest($1::uuid[], $2::numeric[])`,
    values: [
      plainArray(costs.map((one) => one.movementId)),
      plainArray(costs.map((one) => one.unitCost)),
    ],
  });
  return rowCount ?? 0;
}
