/** The statements of lanes on the simulated store; stands in for pipelines/apply/queries/lanes.ts and pending.ts. */
import type { LockedLane } from "../../pipelines/apply/queries/lanes.ts";
import type { PendingRow } from "../../pipelines/apply/queries/pending.ts";
import type { Db } from "../../platform/postgres.ts";
import { simDb } from "./simDb.ts";
import type { Lane, SimStore, Tx } from "./simStore.ts";

/** Those that nobody holds. */
export function lanesLock(db: Db, lanes: readonly number[]): Promise<LockedLane[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("lanes_lock", (tx) => {
    const free = lanesOf(store, lanes).filter((lane) => lane.holder === null);
    return free.map((lane) => lock(store, tx, lane));
  });
}

/** All of them, one after the other. */
export function lanesLockAll(db: Db, lanes: readonly number[]): Promise<LockedLane[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.statement("lanes_lock_all", function* (tx) {
    const locked: LockedLane[] = [];
    for (const lane of lanesOf(store, lanes)) {
      while (lane.holder !== null) yield lane.holder;
      locked.push(lock(store, tx, lane));
    }
    return locked;
  });
}

function lanesOf(store: SimStore, ids: readonly number[]): Lane[] {
  return [...ids].sort((one, other) => one - other).flatMap((id) => store.lanes.get(id) ?? []);
}

function lock(store: SimStore, tx: Tx, lane: Lane): LockedLane {
  hold(store, tx, lane);
  return {
    id: lane.id,
    next_position: lane.nextPosition,
    low_water: lane.lowWater,
    decided_to: lane.lowWater,
    safe_seq: store.mutant === "watermark" ? store.seq : store.horizon.safe,
    recorded_at_ms: Math.max(store.clockMs(), lane.lastRecordedAtMs),
    is_halted: false,
  };
}

function hold(store: SimStore, tx: Tx, lane: Lane): void {
  store.needXid(tx); // a row lock draws one
  if (store.mutant === "no_lane_lock") return;
  lane.holder = tx;
  tx.release.push(() => {
    lane.holder = null;
  });
}

/** Lanes with undone movements past their marks. */
export function lanesWithWork(db: Db): Promise<number[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("lanes_with_work", () => {
    return [...store.lanes.values()]
      .filter((lane) => store.undone.get(lane.id)?.some((row) => row.seq > lane.lowWater))
      .map((lane) => lane.id)
      .sort((one, other) => one - other);
  });
}

export function inboxSeqLast(db: Db): Promise<number> {
  const sim = simDb(db);
  return sim.answer("inbox_seq_last", () => {
    return sim.store.seq;
  });
}

/** The candidate is safe once all who were there when it was noted are gone. */
export function inboxHorizonAdvance(db: Db, lastSeq: number): Promise<void> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("inbox_horizon_advance", (tx) => {
    const { horizon } = store;
    if (store.snapshotXmin() < horizon.candidateXid) return;
    const candidateXid = store.needXid(tx);
    tx.writes.push(() => {
      horizon.safe = horizon.candidate;
      horizon.candidate = Math.max(horizon.candidate, lastSeq);
      horizon.candidateXid = candidateXid;
    });
  });
}

/** Moves the marks of lanes without work. */
export function idleLanesCatchUp(db: Db): Promise<void> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("idle_lanes_catch_up", (tx) => {
    const { safe } = store.horizon;
    for (const lane of store.lanes.values()) {
      const hasWork = store.undone
        .get(lane.id)
        ?.some((row) => row.seq > lane.lowWater && row.seq <= safe);
      if (lane.lowWater >= safe || lane.holder !== null || hasWork === true) continue;
      hold(store, tx, lane);
      tx.writes.push(() => {
        lane.lowWater = Math.max(lane.lowWater, safe);
      });
    }
  });
}

/** What waits in the lanes past their marks. */
export function pendingMovementsRead(
  db: Db,
  lanes: readonly { id: number; low_water: number; rowsMax: number }[],
): Promise<PendingRow[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("pending_movements_read", () => {
    const sorted = [...lanes].sort((one, other) => one.id - other.id);
    return sorted.flatMap(({ id, low_water: lowWater, rowsMax }) => {
      const past = (store.undone.get(id) ?? []).filter((row) => row.seq > lowWater);
      return asBuilt(store, past).slice(0, rowsMax);
    });
  });
}

function asBuilt(store: SimStore, rows: readonly PendingRow[]): readonly PendingRow[] {
  if (store.mutant === "group_lines_apart") return rows.map((row) => ({ ...row, group_id: null }));
  if (store.mutant !== "unsorted_inbox") return rows;
  return [...rows].sort((one, other) => (one.id < other.id ? 1 : -1));
}

/** All lines of the groups. */
export function groupMovementsRead(db: Db, groupIds: readonly string[]): Promise<PendingRow[]> {
  const sim = simDb(db);
  return sim.answer("group_movements_read", () => {
    return groupIds
      .flatMap((id) => sim.store.groups.get(id) ?? [])
      .sort((one, other) => one.seq - other.seq);
  });
}
