/**
 * Loads what the fold of a batch works on. Most batches need levels only; lots, reservations, transits, movements to be
 * reversed, counted versions and closed months are asked for where a movement calls for them.
 */
import { parseAverageCost } from "../../domain/averageCost.ts";
import type {
  FoldState,
  LotBalance,
  LotState,
  OriginalState,
  ReservationState,
  TransitState,
} from "../../domain/fold/state.ts";
import { levelKey } from "../../domain/fold/state.ts";
import { differenceFromText, quantityFromText } from "../../domain/quantity.ts";
import { newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import { type BatchLevel, toLevel } from "./batchLevels.ts";
import {
  type LotRow,
  lotsRead,
  type OriginalRow,
  originalsRead,
  type ReservationRow,
  reservationsRead,
  type TransitRow,
  transitsRead,
} from "./queries/details.ts";
import type { LaneRow } from "./queries/lanes.ts";
import {
  type CountedKey,
  changesSinceRead,
  closedMonthsRead,
  type LevelRow,
  reservationsLapsedRead,
  stockLevelsRead,
} from "./queries/levels.ts";
import type { PendingRow } from "./queries/pending.ts";

/** What was loaded, and how the parts that are written by their differences were then. */
export interface LoadedState extends FoldState {
  readonly levels: Map<string, BatchLevel>;
  /** Ids of lots that the database knows, with the expiry that it holds. */
  readonly knownLots: ReadonlyMap<string, string | null>;
  /** As loaded: balances by "lot id/warehouse id", what was open by reservation id and by "transfer id/line". */
  readonly before: {
    readonly lotBalances: ReadonlyMap<string, LotBalance>;
    readonly reservations: ReadonlyMap<string, bigint>;
    readonly transitLines: ReadonlyMap<string, bigint>;
  };
  /** Ids of movements that a reversal of this batch wants to take back. */
  readonly reversalTargets: ReadonlySet<string>;
  /** When the next reservation lapses after the lapsed ones of a level, by levelKey. */
  readonly laterExpiries: ReadonlyMap<string, number | null>;
}

/** Loads the state for the movements, which are those of locked lanes. */
export async function loadState(
  db: Db,
  { lanes, rows }: { lanes: readonly LaneRow[]; rows: readonly PendingRow[] },
): Promise<LoadedState> {
  const levelRows = await stockLevelsRead(db, levelsOf(rows));
  const counted = countedOf(rows);
  const keepFor = new Set(counted.map((key) => levelKey(key.itemId, key.warehouseId)));
  const levels = new Map(
    levelRows.map((row) => {
      const key = levelKey(row.item_id, row.warehouse_id);
      return [key, toLevel(row, keepFor.has(key))] as const;
    }),
  );
  const wanted = targetsOf(rows);
  const reservations = await ifAny(wanted.reservations, (ids) => reservationsRead(db, ids));
  const transits = await ifAny(wanted.transits, (ids) => transitsRead(db, ids));
  const originals = await ifAny(wanted.originals, (ids) => originalsRead(db, ids));
  const lotRows = await loadLots(db, {
    rows,
    levelRows,
    details: [reservations, transits, originals],
  });
  const lots = gatherLots(lotRows);
  const lotById = new Map(
    [...lots.values()].flatMap((of) => [...of.values()]).map((lot) => [lot.id, lot]),
  );
  const lotOf = (id: string | null) => (id === null ? null : (lotById.get(id) ?? null));
  return {
    levels,
    lots,
    lotOrder: new Map(),
    knownLots: new Map(lotRows.map((row) => [row.id, row.expires_on])),
    reservations: new Map(
      reservations.map((row) => [row.id, toReservation(row, lotOf(row.lot_id))]),
    ),
    transits: gatherTransits(transits, lotOf),
    originals: gatherOriginals(originals, lotOf),
    before: {
      lotBalances: new Map(
        lotRows.flatMap((row) =>
          row.warehouse_id === null
            ? []
            : [[`${row.id}/${row.warehouse_id}`, toLotBalance(row)] as const],
        ),
      ),
      reservations: new Map(
        reservations.map((row) => [row.id, quantityFromText(row.open_quantity)]),
      ),
      transitLines: new Map(
        transits.map((row) => [
          `${row.movement_id}/${row.line}`,
          quantityFromText(row.open_quantity),
        ]),
      ),
    },
    reversalTargets: new Set(wanted.originals),
    changesSince: await loadChanges(db, counted),
    laterExpiries: await loadLapsed(db, { lanes, levels, lotOf }),
    closedMonths: new Set(isBackdated(lanes, rows) ? await closedMonthsRead(db) : []),
    newLotId: newId,
    journal: null,
  };
}

function ifAny<Row>(ids: readonly string[], read: (ids: readonly string[]) => Promise<Row[]>) {
  return ids.length === 0 ? Promise.resolve([]) : read([...new Set(ids)]);
}

/** The distinct levels that the movements touch. */
function levelsOf(rows: readonly PendingRow[]) {
  const pairs = new Map<string, { itemId: string; warehouseId: string }>();
  for (const row of rows) {
    for (const warehouseId of [row.warehouse_id, row.to_warehouse_id]) {
      if (warehouseId === null) continue;
      pairs.set(levelKey(row.item_id, warehouseId), { itemId: row.item_id, warehouseId });
    }
  }
  return [...pairs.values()];
}

/** What the movements name, by what it is. */
function targetsOf(rows: readonly PendingRow[]) {
  const wanted: Record<"reservations" | "transits" | "originals", string[]> = {
    reservations: [],
    transits: [],
    originals: [],
  };
  for (const { type, target_id: id } of rows) {
    if (id === null) continue;
    if (type === "issue" || type === "release") wanted.reservations.push(id);
    else wanted.transits.push(id); // an arrival, a loss, or the reversal of a transfer
    if (type === "reversal") wanted.originals.push(id);
  }
  return wanted;
}

function countedOf(rows: readonly PendingRow[]): CountedKey[] {
  return rows.flatMap((row) =>
    row.counted_version === null
      ? []
      : [
          {
            itemId: row.item_id,
            warehouseId: row.warehouse_id,
            version: row.counted_version,
            lotCode: row.lot_code,
          },
        ],
  );
}

async function loadChanges(db: Db, counted: readonly CountedKey[]) {
  const changes = counted.length === 0 ? [] : await changesSinceRead(db, counted);
  return new Map(
    counted.map((key, nth) => [
      `${levelKey(key.itemId, key.warehouseId)}/${key.version}/${key.lotCode ?? ""}`,
      differenceFromText(changes[nth] ?? "0"),
    ]),
  );
}

interface LapsedInput {
  readonly lanes: readonly LaneRow[];
  readonly levels: ReadonlyMap<string, BatchLevel>;
  readonly lotOf: LotOf;
}

/** Gives levels with a reservation past its time, and their lots, what has lapsed. */
async function loadLapsed(
  db: Db,
  { lanes, levels, lotOf }: LapsedInput,
): Promise<Map<string, number | null>> {
  const nowByLane = new Map(lanes.map((lane) => [lane.id, lane.recorded_at_ms]));
  const due = [...levels.values()].flatMap((level) => {
    const nowMs = nowByLane.get(level.lane) ?? 0;
    const isDue = level.nextExpiryMs !== null && level.nextExpiryMs <= nowMs;
    return isDue ? [{ itemId: level.itemId, warehouseId: level.warehouseId, nowMs }] : [];
  });
  const later = new Map<string, number | null>();
  if (due.length === 0) return later;
  for (const row of await reservationsLapsedRead(db, due)) {
    const key = levelKey(row.item_id, row.warehouse_id);
    const lapsed = quantityFromText(row.lapsed);
    const level = levels.get(key);
    if (level !== undefined) level.lapsed += lapsed;
    const lotThere = lotOf(row.lot_id)?.balances.get(row.warehouse_id);
    if (lotThere !== undefined) lotThere.lapsed += lapsed;
    later.set(key, earlier(later.get(key) ?? null, row.later_expiry_ms));
  }
  return later;
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** True where a movement occurred in an earlier month than it is recorded in: the month may be closed. */
function isBackdated(lanes: readonly LaneRow[], rows: readonly PendingRow[]): boolean {
  const nowMs = Math.min(...lanes.map((lane) => lane.recorded_at_ms));
  const now = new Date(nowMs);
  const monthBegin = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  return rows.some((row) => row.occurred_at_ms < monthBegin);
}

async function loadLots(
  db: Db,
  args: {
    readonly rows: readonly PendingRow[];
    readonly levelRows: readonly LevelRow[];
    readonly details: readonly (readonly { readonly lot_id: string | null }[])[];
  },
): Promise<LotRow[]> {
  const tracked = new Set(
    args.levelRows.filter((row) => row.tracking !== "none").map((row) => row.item_id),
  );
  // also of an item that is not tracked any more: what once went by a lot must be known by it
  const ids = args.details.flat().flatMap((row) => row.lot_id ?? []);
  if (tracked.size === 0 && ids.length === 0) return [];
  return lotsRead(db, {
    // a serial number must be named, so only lots are looked for by their level
    levels: args.levelRows
      .filter((row) => row.tracking === "lot")
      .map((row) => ({ itemId: row.item_id, warehouseId: row.warehouse_id })),
    named: args.rows.flatMap(({ item_id: itemId, lot_code: code }) =>
      code !== null && tracked.has(itemId) ? [{ itemId, code }] : [],
    ),
    ids,
  });
}

function gatherLots(rows: readonly LotRow[]): Map<string, Map<string, LotState>> {
  const lots = new Map<string, Map<string, LotState>>();
  for (const row of rows) {
    const ofItem = lots.get(row.item_id) ?? new Map<string, LotState>();
    lots.set(row.item_id, ofItem);
    const lot = ofItem.get(row.code) ?? {
      id: row.id,
      itemId: row.item_id,
      code: row.code,
      expiresOn: row.expires_on,
      balances: new Map(),
    };
    ofItem.set(row.code, lot);
    if (row.warehouse_id === null) continue;
    lot.balances.set(row.warehouse_id, toLotBalance(row));
  }
  return lots;
}

function toLotBalance(row: LotRow): LotBalance {
  return {
    onHand: quantityFromText(row.on_hand),
    reserved: quantityFromText(row.reserved),
    unavailable: quantityFromText(row.unavailable),
    inTransit: quantityFromText(row.in_transit),
    lapsed: 0n,
  };
}

type LotOf = (id: string | null) => LotState | null;

function toReservation(row: ReservationRow, lot: LotState | null): ReservationState {
  return {
    id: row.id,
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    lot,
    quantity: quantityFromText(row.quantity),
    open: quantityFromText(row.open_quantity),
    issued: quantityFromText(row.issued_quantity),
    released: quantityFromText(row.released_quantity),
    expiresAtMs: row.expires_at_ms,
  };
}

function gatherTransits(rows: readonly TransitRow[], lotOf: LotOf): Map<string, TransitState> {
  const transits = new Map<string, TransitState>();
  for (const row of rows) {
    const transit = transits.get(row.movement_id) ?? {
      id: row.movement_id,
      itemId: row.item_id,
      fromWarehouseId: row.from_warehouse_id,
      toWarehouseId: row.to_warehouse_id,
      lines: [],
    };
    transits.set(row.movement_id, transit);
    transit.lines.push({
      lot: lotOf(row.lot_id),
      quantity: quantityFromText(row.quantity),
      open: quantityFromText(row.open_quantity),
      arrived: quantityFromText(row.arrived_quantity),
      lost: quantityFromText(row.lost_quantity),
      unitCost: row.unit_cost === null ? null : parseAverageCost(row.unit_cost),
    });
  }
  return transits;
}

function gatherOriginals(rows: readonly OriginalRow[], lotOf: LotOf): Map<string, OriginalState> {
  const originals = new Map<string, OriginalState>();
  for (const row of rows) {
    const entry = {
      lot: lotOf(row.lot_id),
      onHand: quantityFromText(row.quantity),
      unavailable: quantityFromText(row.unavailable_change),
    };
    const known = originals.get(row.movement_id);
    originals.set(row.movement_id, {
      id: row.movement_id,
      type: row.type,
      itemId: row.item_id,
      warehouseId: row.warehouse_id,
      toWarehouseId: row.counterpart_warehouse_id,
      unitCost: row.unit_cost === null ? null : quantityFromText(row.unit_cost),
      costMoved: row.cost_moved === null ? null : parseAverageCost(row.cost_moved),
      entries: [...(known?.entries ?? []), entry],
      reversedBy: row.reversed_by,
    });
  }
  return originals;
}
