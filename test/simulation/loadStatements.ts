/** What a batch loads, from the simulated store; stands in for pipelines/apply/queries/levels.ts and details.ts. */
import type {
  LotRow,
  OriginalRow,
  ReservationRow,
  TransitRow,
} from "../../pipelines/apply/queries/details.ts";
import type { CountedKey, LevelKey, LevelRow } from "../../pipelines/apply/queries/levels.ts";
import type { Db } from "../../platform/postgres.ts";
import { simDb } from "./simDb.ts";
import { BUCKETS, type SimStore } from "./simStore.ts";

export function keyOf({ itemId, warehouseId }: LevelKey): string {
  return `${itemId}/${warehouseId}`;
}

function text(scaled: number): string {
  return String(scaled / 10_000);
}

export function stockLevelsRead(db: Db, pairs: readonly LevelKey[]): Promise<LevelRow[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("stock_levels_read", () => {
    return pairs.map((pair): LevelRow => {
      const item = store.items.get(pair.itemId);
      const warehouse = store.warehouses.get(pair.warehouseId);
      if (item === undefined || warehouse === undefined) throw new Error("no such item or place");
      const level = store.levels.get(keyOf(pair));
      const of = (bucket: (typeof BUCKETS)[number]) => text(level?.balances[bucket] ?? 0);
      return {
        item_id: item.id,
        warehouse_id: pair.warehouseId,
        sku: item.sku,
        tracking: item.tracking,
        lane: item.lane,
        warehouse: warehouse.code,
        allow_negative: warehouse.allowNegative,
        on_hand: of("on_hand"),
        reserved: of("reserved"),
        unavailable: of("unavailable"),
        in_transit: of("in_transit"),
        next_expiry_ms: level?.nextExpiryMs ?? null,
        average_cost: level?.averageCost ?? null,
        version: level?.version ?? 0,
        last_hash: level?.lastHash ?? "",
        reorder_at: null,
        recovery_margin: null,
        is_low: null,
      };
    });
  });
}

export function reservationsLapsedRead(
  db: Db,
  levels: readonly (LevelKey & { readonly nowMs: number })[],
) {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("reservations_lapsed_read", () => {
    return levels.flatMap((level) => lapsedOf(store, level));
  });
}

function lapsedOf(store: SimStore, level: LevelKey & { readonly nowMs: number }) {
  const { itemId, warehouseId, nowMs } = level;
  const open = [...store.reservations.values()].filter(
    (one) => one.itemId === itemId && one.warehouseId === warehouseId && one.open > 0,
  );
  const lots = new Set(open.map((one) => one.lotId));
  if (lots.size === 0) lots.add(null);
  return [...lots].map((lotId) => {
    let lapsed = 0;
    let later: number | null = null;
    for (const { expiresAtMs, open: quantity, ...one } of open) {
      if (one.lotId !== lotId || expiresAtMs === null) continue;
      if (expiresAtMs <= nowMs) lapsed += store.mutant === "lapsed_still_bind" ? 0 : quantity;
      else later = Math.min(later ?? expiresAtMs, expiresAtMs);
    }
    return {
      item_id: itemId,
      warehouse_id: warehouseId,
      lot_id: lotId,
      lapsed: text(lapsed),
      later_expiry_ms: later,
    };
  });
}

export function changesSinceRead(db: Db, counted: readonly CountedKey[]): Promise<string[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("changes_since_read", () => {
    return counted.map((one) => {
      const codeOf = (id: string | null) => (id === null ? null : store.lots.get(id)?.code);
      const since = (store.ledger.get(keyOf(one)) ?? []).filter(
        (entry) =>
          entry.version > one.version &&
          (one.lotCode === null || codeOf(entry.lotId) === one.lotCode),
      );
      return text(since.reduce((sum, entry) => sum + entry.changes.on_hand, 0));
    });
  });
}

export function closedMonthsRead(db: Db): Promise<string[]> {
  return simDb(db).answer("closed_months_read", () => {
    return [];
  });
}

export function reservationsRead(db: Db, ids: readonly string[]): Promise<ReservationRow[]> {
  const sim = simDb(db);
  return sim.answer("reservations_read", () => {
    return ids
      .flatMap((id) => sim.store.reservations.get(id) ?? [])
      .map((one) => ({
        id: one.id,
        item_id: one.itemId,
        warehouse_id: one.warehouseId,
        lot_id: one.lotId,
        quantity: text(one.quantity),
        open_quantity: text(one.open),
        issued_quantity: text(one.issued),
        released_quantity: text(one.released),
        expires_at_ms: one.expiresAtMs,
      }));
  });
}

export function transitsRead(db: Db, ids: readonly string[]): Promise<TransitRow[]> {
  const sim = simDb(db);
  return sim.answer("transits_read", () => {
    return ids
      .flatMap((id) => sim.store.transits.get(id) ?? [])
      .map((line) => ({
        movement_id: line.movementId,
        line: line.line,
        item_id: line.itemId,
        from_warehouse_id: line.from,
        to_warehouse_id: line.to,
        lot_id: line.lotId,
        quantity: text(line.quantity),
        open_quantity: text(line.open),
        arrived_quantity: text(line.arrived),
        lost_quantity: text(line.lost),
        unit_cost: line.unitCost,
      }));
  });
}

export function originalsRead(db: Db, ids: readonly string[]): Promise<OriginalRow[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("originals_read", () => {
    return ids
      .flatMap((id) => store.ownEntries.get(id) ?? [])
      .map(({ movement, ...entry }) => ({
        movement_id: movement.id,
        type: movement.type,
        item_id: movement.item_id,
        warehouse_id: entry.warehouseId,
        counterpart_warehouse_id: entry.counterpartWarehouseId,
        lot_id: entry.lotId,
        quantity: text(entry.changes.on_hand),
        unavailable_change: text(entry.changes.unavailable),
        unit_cost: movement.unit_cost,
        cost_moved: store.transferCosts.get(movement.id) ?? null,
        reversed_by: store.reversals.get(movement.id) ?? null,
      }));
  });
}

export function lotsRead(
  db: Db,
  wanted: {
    readonly levels: readonly LevelKey[];
    readonly named: readonly { readonly itemId: string; readonly code: string }[];
    readonly ids: readonly string[];
  },
): Promise<LotRow[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("lots_read", () => {
    const levels = new Set(wanted.levels.map(keyOf));
    const named = new Set(wanted.named.map((lot) => `${lot.itemId}/${lot.code}`));
    const isWanted = (lot: { id: string; itemId: string; code: string }) =>
      wanted.ids.includes(lot.id) ||
      named.has(`${lot.itemId}/${lot.code}`) ||
      [...store.warehouses.keys()].some(
        (warehouseId) =>
          levels.has(`${lot.itemId}/${warehouseId}`) &&
          Object.values(store.lotBalances.get(`${lot.id}/${warehouseId}`) ?? {}).some(Boolean),
      );
    return [...store.lots.values()].filter(isWanted).flatMap((lot) => rowsOfLot(store, lot));
  });
}

function rowsOfLot(
  store: SimStore,
  lot: { id: string; itemId: string; code: string; expiresOn: string | null },
): LotRow[] {
  const { id, itemId: item_id, code, expiresOn: expires_on } = lot;
  const rows = [...store.warehouses.keys()].flatMap((warehouseId) => {
    const balance = store.lotBalances.get(`${id}/${warehouseId}`);
    if (balance === undefined) return [];
    const [on_hand = "0", reserved = "0", unavailable = "0", in_transit = "0"] = BUCKETS.map(
      (bucket) => text(balance[bucket]),
    );
    const row = { on_hand, reserved, unavailable, in_transit };
    return [{ id, item_id, code, expires_on, warehouse_id: warehouseId, ...row }];
  });
  const none = { on_hand: "0", reserved: "0", unavailable: "0", in_transit: "0" };
  return rows.length > 0 ? rows : [{ id, item_id, code, expires_on, warehouse_id: null, ...none }];
}
