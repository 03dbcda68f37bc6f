/**
 * What a batch writes, into the simulated store; stands in for pipelines/apply/queries/detailsWrite.ts and batch.ts. Each
 * statement keeps the constraints of the real tables: what they refuse is refused here.
 */
import type { BatchColumns, BatchRow } from "../../pipelines/apply/batchColumns.ts";
import type { DecisionsWritten } from "../../pipelines/apply/queries/batch.ts";
import type {
  LateRelease,
  LotBalanceWrite,
  LotWrite,
  ReservationWrite,
  TransitWrite,
} from "../../pipelines/apply/queries/detailsWrite.ts";
import type { PendingRow } from "../../pipelines/apply/queries/pending.ts";
import type { Db } from "../../platform/postgres.ts";
import { keyOf } from "./loadStatements.ts";
import { simDb } from "./simDb.ts";
import { BUCKETS, type Level, SimPgError, type SimStore, type Tx } from "./simStore.ts";

function scaled(text: string | null | undefined): number {
  return Math.round(Number(text ?? "0") * 10_000);
}

function refuse(rule: string): never {
  throw new SimPgError("23514", `new row violates check constraint "${rule}"`);
}

export function lotsWrite(db: Db, lots: readonly LotWrite[]): Promise<number> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("lots_write", (tx) => {
    for (const lot of lots) {
      const twin = [...store.lots.values()].find(
        (one) => one.itemId === lot.itemId && one.code === lot.code && one.id !== lot.id,
      );
      if (twin !== undefined) throw new SimPgError("23505", "lots_code_unique");
      tx.writes.push(() => store.lots.set(lot.id, { ...lot }));
    }
    return lots.length;
  });
}

export function lotBalancesWrite(db: Db, rows: readonly LotBalanceWrite[]): Promise<number> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("lot_balances_write", (tx) => {
    let written = 0;
    for (const row of rows) {
      const key = `${row.lotId}/${row.warehouseId}`;
      const known = store.lotBalances.get(key);
      if ((known === undefined) !== row.isNew) continue;
      const after = {
        on_hand: (known?.on_hand ?? 0) + scaled(row.onHand),
        reserved: (known?.reserved ?? 0) + scaled(row.reserved),
        unavailable: (known?.unavailable ?? 0) + scaled(row.unavailable),
        in_transit: (known?.in_transit ?? 0) + scaled(row.inTransit),
      };
      if (Object.values(after).some((figure) => figure < 0)) refuse("lot_balances_range");
      tx.writes.push(() => store.lotBalances.set(key, after));
      written += 1;
    }
    return written;
  });
}

export function reservationsWrite(db: Db, rows: readonly ReservationWrite[]): Promise<number> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("reservations_write", (tx) => {
    let written = 0;
    for (const row of rows) {
      const known = store.reservations.get(row.id);
      const before = row.openBefore === null ? undefined : scaled(row.openBefore);
      if (known?.open !== before) continue;
      const { id, itemId, warehouseId, lotId } = row;
      const figures = {
        quantity: scaled(row.quantity),
        open: scaled(row.open),
        issued: scaled(row.issued),
        released: scaled(row.released),
      };
      const { quantity, open, issued, released } = figures;
      if (open < 0 || quantity !== open + issued + released) refuse("reservations_whole");
      const expiresAtMs = row.expiresAt === null ? null : Date.parse(row.expiresAt);
      const one = { id, itemId, warehouseId, lotId, ...figures, expiresAtMs };
      tx.writes.push(() => store.reservations.set(id, one));
      written += 1;
    }
    return written;
  });
}

export function transitsWrite(db: Db, rows: readonly TransitWrite[]): Promise<number> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("transits_write", (tx) => {
    let written = 0;
    for (const row of rows) {
      const known = store.transits.get(row.movementId)?.[row.line];
      const before = row.openBefore === null ? undefined : scaled(row.openBefore);
      if (known?.open !== before) continue;
      const line = {
        movementId: row.movementId,
        line: row.line,
        itemId: row.itemId,
        from: row.fromWarehouseId,
        to: row.toWarehouseId,
        lotId: row.lotId,
        quantity: scaled(row.quantity),
        open: scaled(row.open),
        arrived: scaled(row.arrived),
        lost: scaled(row.lost),
        unitCost: row.unitCost,
      };
      if (line.open < 0 || line.quantity < line.open + line.arrived + line.lost) {
        refuse("transits_whole");
      }
      tx.writes.push(() => {
        const lines = store.transits.get(row.movementId) ?? [];
        lines[row.line] = line;
        store.transits.set(row.movementId, lines);
      });
      written += 1;
    }
    return written;
  });
}

export function reversalsInsert(
  db: Db,
  rows: readonly { readonly movementId: string; readonly reversedBy: string }[],
): Promise<number> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("reversals_insert", (tx) => {
    for (const { movementId, reversedBy } of rows) {
      if (store.reversals.has(movementId)) throw new SimPgError("23505", "reversals_pkey");
      tx.writes.push(() => store.reversals.set(movementId, reversedBy));
    }
    return rows.length;
  });
}

export function transferCostsInsert(
  db: Db,
  rows: readonly { readonly movementId: string; readonly unitCost: string }[],
): Promise<number> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("transfer_costs_insert", (tx) => {
    for (const { movementId, unitCost } of rows) {
      if (store.transferCosts.has(movementId)) {
        throw new SimPgError("23505", "transfer_costs_pkey");
      }
      tx.writes.push(() => store.transferCosts.set(movementId, unitCost));
    }
    return rows.length;
  });
}

/** Nothing of the simulation reads them; the table's constraints still hold. */
export function lateReleasesInsert(db: Db, rows: readonly LateRelease[]): Promise<number> {
  return simDb(db).answer("late_releases_insert", () => {
    for (const { quantity, lapsedAt, occurredAt } of rows) {
      if (scaled(quantity) <= 0) refuse("late_releases_quantity_range");
      if (Date.parse(occurredAt) <= Date.parse(lapsedAt)) refuse("late_releases_is_late");
    }
    return rows.length;
  });
}

export function decisionsWrite(db: Db, rows: readonly BatchRow[]): Promise<DecisionsWritten> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("decisions_write", (tx) => {
    const written = { entries: 0, outcomes: 0, events: rows.length };
    for (const row of rows) {
      if (row.entry !== null) {
        writeEntry(store, tx, row, row.entry);
        written.entries += 1;
      }
      if (row.isOutcome) {
        writeOutcome(store, tx, row);
        written.outcomes += 1;
      }
      writeEvent(store, tx, row);
    }
    return written;
  });
}

export function balancesWrite(
  db: Db,
  { levels, lanes }: BatchColumns,
): Promise<{ readonly levels: number }> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("balances_write", (tx) => {
    const written = writeLevels(store, tx, levels);
    writeLanes(store, tx, lanes);
    return { levels: written };
  });
}

function at<T>(column: readonly T[], nth: number): T {
  const value = column[nth];
  if (value === undefined) throw new Error("columns of a table have one length");
  return value;
}

function writeLevels(store: SimStore, tx: Tx, l: BatchColumns["levels"]): number {
  let written = 0;
  for (const [nth, itemId] of l.itemId.entries()) {
    const key = keyOf({ itemId, warehouseId: at(l.warehouseId, nth) });
    const known = store.levels.get(key);
    const before = at(l.versionBefore, nth);
    if ((known?.version ?? 0) !== before) continue;
    const changes = [l.onHandChange, l.reservedChange, l.unavailableChange, l.inTransitChange];
    const balances = { on_hand: 0, reserved: 0, unavailable: 0, in_transit: 0 };
    for (const [place, bucket] of BUCKETS.entries()) {
      balances[bucket] = (known?.balances[bucket] ?? 0) + scaled(changes[place]?.[nth]);
      if (bucket !== "on_hand" && balances[bucket] < 0) refuse(`stock_levels_${bucket}_range`);
    }
    const expiry = at(l.nextExpiry, nth);
    const level: Level = {
      balances,
      nextExpiryMs: expiry === null ? null : Date.parse(expiry),
      averageCost: at(l.averageCost, nth),
      version: at(l.version, nth),
      lastHash: at(l.lastHash, nth),
    };
    tx.writes.push(() => {
      if ((store.levels.get(key)?.version ?? 0) !== before) store.broken.push(`two wrote ${key}`);
      store.levels.set(key, level);
    });
    written += 1;
  }
  return written;
}

function rowAt(store: SimStore, place: string): PendingRow {
  const row = store.places.get(place);
  if (row === undefined) throw new Error(`nothing lies at ${place}`);
  return row;
}

function writeEntry(
  store: SimStore,
  tx: Tx,
  row: BatchRow,
  written: NonNullable<BatchRow["entry"]>,
): void {
  const movement = rowAt(store, row.movement.place);
  const { warehouseId, counterpartWarehouseId, version, previousHash, hash, more } = written;
  const key = keyOf({ itemId: movement.item_id, warehouseId });
  const lotBalance = more?.lotBalanceAfter ?? null;
  const entry = {
    movement,
    key,
    warehouseId,
    counterpartWarehouseId,
    lotId: more?.lotId ?? null,
    changes: {
      on_hand: scaled(written.quantity),
      reserved: scaled(more?.reservedChange),
      unavailable: scaled(more?.unavailableChange),
      in_transit: scaled(more?.inTransitChange),
    },
    after: {
      on_hand: scaled(written.balanceAfter),
      reserved: scaled(more?.reservedAfter),
      unavailable: scaled(more?.unavailableAfter),
      in_transit: scaled(more?.inTransitAfter),
    },
    lotBalanceAfter: lotBalance === null ? null : scaled(lotBalance),
    version,
    lane: movement.lane,
    position: row.position,
    previousHash,
    hash,
  };
  tx.writes.push(() => {
    append(store.ledger, key, entry);
    if (warehouseId === movement.warehouse_id) append(store.ownEntries, movement.id, entry);
  });
}

function append<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
}

function writeOutcome(store: SimStore, tx: Tx, decided: BatchRow): void {
  const row = rowAt(store, decided.movement.place);
  if (store.outcomes.has(row.id) && store.mutant !== "forgotten_ids") {
    throw new SimPgError("23505", "movement_outcomes_pkey");
  }
  const outcome = {
    row,
    hash: store.inbox.get(row.id)?.hash ?? "",
    status: decided.rejection === null ? ("applied" as const) : ("rejected" as const),
    code: decided.rejection?.code ?? null,
    version: decided.entry?.version ?? null,
    balanceAfter: decided.entry?.balanceAfter ?? null,
    decidedAtMs: decided.recordedAtMs,
  };
  tx.writes.push(() => {
    store.outcomes.set(row.id, outcome);
    store.decided.push(outcome);
    const undone = store.undone.get(row.lane) ?? [];
    undone.splice(undone.indexOf(row), 1);
  });
}

function writeEvent(store: SimStore, tx: Tx, row: BatchRow): void {
  const movement = rowAt(store, row.movement.place);
  const event = {
    id: row.eventId,
    lane: movement.lane,
    position: row.position,
    type: `stockline.movement.${row.rejection === null ? "applied" : "rejected"}`,
    movementId: movement.id,
    key: movement.item_id,
    data: row.data,
    recordedAt: new Date(row.recordedAtMs),
  };
  tx.writes.push(() => {
    const log = store.events.get(event.lane) ?? [];
    if (log.length + 1 !== event.position) store.broken.push(`a gap before event ${event.id}`);
    log.push(event);
    store.eventById.set(event.id, event);
  });
}

function writeLanes(store: SimStore, tx: Tx, n: BatchColumns["lanes"]): void {
  for (const [nth, id] of n.id.entries()) {
    tx.writes.push(() => {
      const lane = store.lanes.get(id);
      if (lane === undefined) return;
      lane.nextPosition = at(n.nextPosition, nth);
      lane.lowWater = Math.max(lane.lowWater, at(n.lowWater, nth));
      lane.lastRecordedAtMs = Date.parse(at(n.recordedAt, nth));
    });
  }
}
