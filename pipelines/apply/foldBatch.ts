/** Folds a batch in memory: from planned movements and loaded state to the columns that will be written. Pure but for ids of events. */
import { formatAverageCost } from "../../domain/averageCost.ts";
import { foldGroup, foldMovement } from "../../domain/fold/foldMovement.ts";
import {
  type Application,
  type Decision,
  type LedgerEntry,
  levelKey,
} from "../../domain/fold/state.ts";
import type { Movement, MovementType } from "../../domain/movement.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import { noteStep } from "../lowStock/index.ts";
import { type BatchColumns, type BatchRow, emptyColumns } from "./batchColumns.ts";
import { type BatchLane, type BatchLevel, toLane } from "./batchLevels.ts";
import type { LoadedState } from "./loadState.ts";
import type { BatchPlan } from "./planBatch.ts";
import type { LateRelease } from "./queries/detailsWrite.ts";
import type { DrainedLane } from "./queries/lanes.ts";
import type { PendingRow } from "./queries/pending.ts";
import { timestampText } from "./timestampText.ts";
import { writeApplied, writeLevel, writeRejected } from "./writeColumns.ts";

/** What a batch came to beside the rows of its parts: what is written at its end, and what the rest of the platform is told. */
export interface FoldedBatch {
  readonly columns: BatchColumns;
  /** Reversed movements with those that reverse them. */
  readonly reversals: readonly { readonly movementId: string; readonly reversedBy: string }[];
  /** What was let go of reservations later than they had lapsed. */
  readonly lateReleases: readonly LateRelease[];
  /** Average costs that left with transfers which arrived at once. */
  readonly transferCosts: readonly { readonly movementId: string; readonly unitCost: string }[];
  readonly changedLevels: readonly { itemId: string; warehouseId: string; version: number }[];
  /** How many movements of each type were applied or rejected. */
  readonly decided: readonly DecidedCount[];
  /** Movements of requests that brought a traceparent. */
  readonly traced: readonly TracedDecision[];
  /** What was issued of each item, scaled. */
  readonly issued: ReadonlyMap<string, bigint>;
  /** Lanes that gave as many movements as they were asked for. */
  readonly moreIn: readonly number[];
}

interface TracedDecision {
  readonly movementId: string;
  readonly traceparent: string;
  readonly status: Decision["status"];
}

export interface DecidedCount {
  readonly type: MovementType;
  readonly status: Decision["status"];
  count: number;
  /** Sum of what was moved, scaled; of a count, how far it was off. */
  quantity: bigint;
}

interface BatchRead {
  readonly pending: readonly PendingRow[];
  readonly plan: BatchPlan;
}

/**
 * The fold of one batch. Its steps are decided part by part, in order, so that one part can be written while the next is folded;
 * levels and lanes are written once, at the end.
 */
export class BatchFold {
  readonly #state: LoadedState;
  readonly #lanes: ReadonlyMap<number, BatchLane>;
  readonly #rowsMax: ReadonlyMap<number, number>;
  readonly #decided = new Map<string, DecidedCount>();
  readonly #issued = new Map<string, bigint>();
  readonly #reversals: { movementId: string; reversedBy: string }[] = [];
  readonly #lateReleases: LateRelease[] = [];
  readonly #transferCosts: { movementId: string; unitCost: string }[] = [];
  readonly #traced: TracedDecision[] = [];

  constructor({ lanes, state }: { lanes: readonly DrainedLane[]; state: LoadedState }) {
    this.#state = state;
    this.#lanes = new Map(lanes.map((row) => [row.id, toLane(row)]));
    this.#rowsMax = new Map(lanes.map(({ id, rowsMax }) => [id, rowsMax]));
  }

  /** Decides the next steps of the plan and answers the rows that tell it. */
  decide(steps: BatchPlan["steps"]): BatchRow[] {
    const rows: BatchRow[] = [];
    for (const step of steps) {
      const movements = step.map((row) => toMovement(row, mustGet(this.#lanes, row.lane)));
      const decisions = decide(movements, step, this.#state);
      for (let nth = 0; nth < decisions.length; nth += 1) {
        const row = mustBe(step[nth]);
        const decision = mustBe(decisions[nth]);
        this.#count(row, quantityMoved(mustBe(movements[nth]), decision), decision.status);
        this.#note(rows, row, decision);
      }
    }
    return rows;
  }

  #count({ type, item_id }: PendingRow, quantity: bigint, status: Decision["status"]): void {
    count(this.#decided, { type, status, quantity });
    if (type !== "issue" || quantity === 0n) return;
    this.#issued.set(item_id, (this.#issued.get(item_id) ?? 0n) + quantity);
  }

  #note(rows: BatchRow[], row: PendingRow, decision: Decision): void {
    const state = this.#state;
    const lane = mustGet(this.#lanes, row.lane);
    const level = mustGet(state.levels, levelKey(row.item_id, row.warehouse_id));
    if (decision.status === "rejected") writeRejected(rows, { row, decision, lane, level });
    else writeApplied(rows, { row, decision, lane, level });
    const { id: movementId, traceparent } = row;
    if (traceparent !== null) {
      this.#traced.push({ movementId, traceparent, status: decision.status });
    }
    noteLevels(row, decision, state);
    if (decision.status === "rejected") return;
    if (row.type === "reversal") {
      this.#reversals.push({ movementId: row.target_id ?? "", reversedBy: row.id });
    }
    this.#lateReleases.push(...lateRelease(row, decision.entries, state));
    const { costMoved = null } = decision;
    if (costMoved !== null) {
      this.#transferCosts.push({ movementId: row.id, unitCost: formatAverageCost(costMoved) });
    }
    if (state.reversalTargets.has(row.id)) rememberOriginal(state, decision);
  }

  /** Once every step is decided: what is written of the whole. */
  close(read: BatchRead): FoldedBatch {
    const columns = emptyColumns();
    const changed = [...this.#state.levels.values()].filter(
      (level) => level.version > level.before.version,
    );
    for (const level of changed) {
      writeLevel(columns, level, nextExpiry(this.#state, level, this.#lanes));
    }
    return {
      columns,
      reversals: this.#reversals,
      lateReleases: this.#lateReleases,
      transferCosts: this.#transferCosts,
      changedLevels: changed.map(({ itemId, warehouseId, version }) => ({
        itemId,
        warehouseId,
        version,
      })),
      decided: [...this.#decided.values()],
      issued: this.#issued,
      traced: this.#traced,
      moreIn: closeLanes(columns, this.#lanes, { rowsMax: this.#rowsMax, ...read }),
    };
  }
}

/** Notes the watched levels that a decision left changed; a decided receipt of an order is on its way no longer, even rejected. */
function noteLevels(row: PendingRow, decision: Decision, state: LoadedState): void {
  const own = mustGet(state.levels, levelKey(row.item_id, row.warehouse_id));
  const receipt = row.source === "purchase_order" ? quantityFromText(row.quantity) : 0n;
  const isOwnNoted = decision.status === "applied" || receipt !== 0n;
  if (own.watch !== null && isOwnNoted) noteStep(own.watch, own, { id: row.id, receipt });
  if (decision.status === "rejected") return;
  for (const { level } of decision.entries) {
    if (level === own) continue;
    const other = mustGet(state.levels, levelKey(level.itemId, level.warehouseId));
    if (other.watch !== null) noteStep(other.watch, other, { id: row.id, receipt: 0n });
  }
}

/** A line by itself, or a group as one. */
function decide(
  movements: readonly Movement[],
  rows: readonly PendingRow[],
  state: LoadedState,
): readonly Decision[] {
  if (rows[0]?.group_id === null) return [foldMovement(mustBe(movements[0]), state)];
  return foldGroup(movements, state);
}

function count(
  counts: Map<string, DecidedCount>,
  { type, status, quantity }: Omit<DecidedCount, "count">,
): void {
  const key = `${type} ${status}`;
  const known = counts.get(key);
  if (known === undefined) {
    counts.set(key, { type, status, count: 1, quantity });
  } else {
    known.count += 1;
    known.quantity += quantity;
  }
}

/** How much an applied movement moved, without its sign; nothing where it was rejected. */
function quantityMoved(movement: Movement, decision: Decision): bigint {
  if (decision.status === "rejected") return 0n;
  const moved =
    movement.type === "count"
      ? decision.entries.reduce((sum, entry) => sum + entry.quantity, 0n)
      : movement.quantity;
  return moved < 0n ? -moved : moved;
}

function toMovement(row: PendingRow, lane: BatchLane): Movement {
  return {
    id: row.id,
    type: row.type,
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    toWarehouseId: row.to_warehouse_id,
    quantity: quantityFromText(row.quantity),
    unitCost: row.unit_cost === null ? null : quantityFromText(row.unit_cost),
    expectedVersion: row.expected_version,
    lotCode: row.lot_code,
    lotExpiresOn: row.lot_expires_on,
    targetId: row.target_id,
    expiresAtMs: row.expires_at_ms,
    countedVersion: row.counted_version,
    inTransit: row.in_transit,
    occurredAtMs: row.occurred_at_ms,
    decidedAtMs: lane.row.recorded_at_ms,
  };
}

/** What the movement lets go of a reservation that had lapsed when it occurred, whatever the time is by now. */
function lateRelease(
  row: PendingRow,
  entries: readonly LedgerEntry[],
  state: LoadedState,
): LateRelease[] {
  if (row.target_id === null || (row.type !== "release" && row.type !== "issue")) return [];
  const lapsedAtMs = state.reservations.get(row.target_id)?.expiresAtMs ?? null;
  if (lapsedAtMs === null || row.occurred_at_ms <= lapsedAtMs) return [];
  const freed = entries.reduce((sum, entry) => sum - entry.reservedChange, 0n);
  return [
    {
      movementId: row.id,
      itemId: row.item_id,
      warehouseId: row.warehouse_id,
      quantity: formatQuantity(freed),
      lapsedAt: timestampText(lapsedAtMs),
      occurredAt: timestampText(row.occurred_at_ms),
    },
  ];
}

/** A movement that a later one of the same batch reverses is not in the ledger yet. */
function rememberOriginal(state: LoadedState, { entries, costMoved = null }: Application): void {
  const first = mustBe(entries[0]);
  const { movement, level } = first;
  const own = entries.filter((entry) => entry.level === level);
  state.originals.set(movement.id, {
    id: movement.id,
    type: movement.type,
    itemId: movement.itemId,
    warehouseId: movement.warehouseId,
    toWarehouseId: movement.toWarehouseId,
    unitCost: movement.unitCost,
    costMoved,
    entries: own.map(({ lot, quantity, unavailableChange }) => ({
      lot,
      onHand: quantity,
      unavailable: unavailableChange,
    })),
    reversedBy: null,
  });
}

/** A mark in the past stays as long as something has lapsed that is not released; then the next one counts. */
function nextExpiry(
  state: LoadedState,
  level: BatchLevel,
  lanes: ReadonlyMap<number, BatchLane>,
): number | null {
  const nowMs = mustGet(lanes, level.lane).row.recorded_at_ms;
  if (level.nextExpiryMs === null || level.nextExpiryMs > nowMs || level.lapsed !== 0n) {
    return level.nextExpiryMs;
  }
  const expiries = [...state.reservations.values()]
    .filter((one) => one.itemId === level.itemId && one.warehouseId === level.warehouseId)
    .map((one) => (one.open > 0n ? one.expiresAtMs : null));
  // where nothing was looked up, the mark was ahead as it was loaded, and only what this batch reserved has lapsed since
  const later = state.laterExpiries.get(levelKey(level.itemId, level.warehouseId));
  expiries.push(later === undefined ? level.before.nextExpiryMs : later);
  return expiries.reduce(
    (least, one) => (least === null || (one !== null && one < least) ? one : least),
    null,
  );
}

/** Writes the lanes that decided something; answers those that may have more. */
function closeLanes(
  columns: BatchColumns,
  lanes: ReadonlyMap<number, BatchLane>,
  { pending, plan, rowsMax }: BatchRead & { readonly rowsMax: ReadonlyMap<number, number> },
): number[] {
  const read = countRead(pending);
  const moreIn: number[] = [];
  for (const [id, lane] of lanes) {
    const { rows, lastSeq } = read.get(id) ?? NOTHING_READ;
    const stoppedAt = plan.stoppedAt.get(id);
    if (stoppedAt === undefined && rows === rowsMax.get(id)) moreIn.push(id);
    if (lane.nextPosition === lane.row.next_position) continue;
    // a lane that was read empty is decided up to the horizon, another one up to where it was read or stopped
    const decidedTo = stoppedAt === undefined ? lastSeq : stoppedAt - 1;
    const isEmptied = stoppedAt === undefined && rows < mustGet(rowsMax, id);
    const { safe_seq: safeSeq } = lane.row;
    columns.lanes.id.push(id);
    columns.lanes.nextPosition.push(lane.nextPosition);
    columns.lanes.lowWater.push(isEmptied ? safeSeq : Math.min(safeSeq, decidedTo));
    columns.lanes.decidedTo.push(lane.decidedTo);
    columns.lanes.recordedAt.push(lane.recordedAt);
  }
  return moreIn;
}

const NOTHING_READ = { rows: 0, lastSeq: 0 };

/** How many movements each lane gave, and the place of the last. */
function countRead(pending: readonly PendingRow[]) {
  const read = new Map<number, typeof NOTHING_READ>();
  for (const { lane, seq } of pending) {
    read.set(lane, { rows: (read.get(lane)?.rows ?? 0) + 1, lastSeq: seq });
  }
  return read;
}

function mustGet<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the batch has no ${String(key)}`);
  return value;
}

function mustBe<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a decision belongs to a movement, and has an entry");
  return value;
}
