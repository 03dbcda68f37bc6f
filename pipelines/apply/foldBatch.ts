/** Folds a batch in memory: from pending movements and levels to the columns that will be written. Pure but for ids of events. */
import { formatAverageCost, parseAverageCost } from "../../domain/averageCost.ts";
import {
  type Decision,
  foldMovement,
  type LedgerEntry,
  type LevelState,
  levelKey,
} from "../../domain/foldMovements.ts";
import type { Movement, MovementType } from "../../domain/movement.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import { newId } from "../../platform/clock.ts";
import { fixed4, hashEntry } from "./hashChain.ts";
import type { BatchColumns } from "./queries/batch.ts";
import type { LaneRow } from "./queries/lanes.ts";
import type { LevelRow, PendingRow } from "./queries/pending.ts";

/** A level in the fold, with what the ledger and the events need to know of it. */
interface BatchLevel extends LevelState {
  readonly skuJson: string;
  readonly lane: number;
  readonly warehouseJson: string;
  readonly onHandBefore: bigint;
  readonly versionBefore: number;
  lastHash: string;
  updatedAt: string;
}

interface BatchLane {
  readonly row: LaneRow;
  /** ISO 8601. */
  readonly recordedAt: string;
  nextPosition: number;
  read: number;
  lastSeq: number;
}

/** What a batch came to: the columns to write, and what the rest of the platform is told after the commit. */
export interface FoldedBatch {
  readonly columns: BatchColumns;
  readonly changedLevels: readonly { itemId: string; warehouseId: string; version: number }[];
  /** How many movements of each type were applied or rejected. */
  readonly decided: readonly DecidedCount[];
  /** Lanes that gave as many movements as they were asked for. */
  readonly moreIn: readonly number[];
}

export interface DecidedCount {
  readonly type: MovementType;
  readonly status: Decision["status"];
  count: number;
}

interface BatchInput {
  readonly lanes: readonly LaneRow[];
  readonly pending: readonly PendingRow[];
  readonly levels: readonly LevelRow[];
  /** Rows a lane could give at most; a lane that gave as many may have more. */
  readonly perLane: number;
}

/** Decides every pending movement in order. */
export function foldBatch(input: BatchInput): FoldedBatch {
  const levels = new Map(
    input.levels.map((row) => [levelKey(row.item_id, row.warehouse_id), toLevel(row)]),
  );
  const lanes = new Map(input.lanes.map((row) => [row.id, toLane(row)]));
  const columns = emptyColumns();
  const decided = new Map<string, DecidedCount>();
  for (const row of input.pending) {
    const lane = mustGet(lanes, row.lane);
    lane.read += 1;
    lane.lastSeq = row.seq;
    const decision = foldMovement(toMovement(row), levels);
    writeOutcome(columns, { row, decision, lane });
    if (decision.status === "applied") {
      for (const entry of decision.entries) writeEntry(columns, { row, entry, lane });
    } else {
      writeRejection(columns, {
        row,
        decision,
        lane,
        level: mustGet(levels, levelKey(row.item_id, row.warehouse_id)),
      });
    }
    count(decided, row.type, decision.status);
  }
  const changed = [...levels.values()].filter((level) => level.version > level.versionBefore);
  for (const level of changed) writeLevel(columns, level);
  const moreIn: number[] = [];
  for (const lane of lanes.values()) {
    if (lane.read > 0) writeLane(columns, lane, input.perLane);
    if (lane.read === input.perLane) moreIn.push(lane.row.id);
  }
  return {
    columns,
    changedLevels: changed.map(({ itemId, warehouseId, version }) => ({
      itemId,
      warehouseId,
      version,
    })),
    decided: [...decided.values()],
    moreIn,
  };
}

function count(
  counts: Map<string, DecidedCount>,
  type: MovementType,
  status: Decision["status"],
): void {
  const key = `${type} ${status}`;
  const known = counts.get(key);
  if (known === undefined) counts.set(key, { type, status, count: 1 });
  else known.count += 1;
}

function toLevel(row: LevelRow): BatchLevel {
  const onHand = quantityFromText(row.on_hand);
  return {
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    skuJson: JSON.stringify(row.sku),
    lane: row.lane,
    warehouseJson: JSON.stringify(row.warehouse),
    allowNegative: row.allow_negative,
    onHand,
    onHandBefore: onHand,
    reserved: quantityFromText(row.reserved),
    unavailable: quantityFromText(row.unavailable),
    averageCost: row.average_cost === null ? null : parseAverageCost(row.average_cost),
    version: row.version,
    versionBefore: row.version,
    lastHash: row.last_hash,
    updatedAt: "",
  };
}

function toLane(row: LaneRow): BatchLane {
  return {
    row,
    recordedAt: new Date(row.recorded_at_ms).toISOString(),
    nextPosition: row.next_position,
    read: 0,
    lastSeq: 0,
  };
}

function toMovement(row: PendingRow): Movement {
  return {
    id: row.id,
    type: row.type,
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    toWarehouseId: row.to_warehouse_id,
    quantity: quantityFromText(row.quantity),
    unitCost: row.unit_cost === null ? null : quantityFromText(row.unit_cost),
    expectedVersion: row.expected_version,
  };
}

function writeOutcome(
  columns: BatchColumns,
  { row, decision, lane }: { row: PendingRow; decision: Decision; lane: BatchLane },
): void {
  const o = columns.outcomes;
  const applied = decision.status === "applied" ? decision.entries[0] : undefined;
  o.place.push(row.place);
  o.status.push(decision.status);
  o.code.push(decision.status === "rejected" ? decision.code : null);
  o.detail.push(decision.status === "rejected" ? decision.detail : null);
  o.version.push(applied?.version ?? null);
  o.balanceAfter.push(applied === undefined ? null : fixed4(applied.balanceAfter));
  o.decidedAt.push(lane.recordedAt);
}

function writeEntry(
  columns: BatchColumns,
  { row, entry, lane }: { row: PendingRow; entry: LedgerEntry; lane: BatchLane },
): void {
  const level = entry.level as BatchLevel;
  const counterpart = entry.counterpart as BatchLevel | null;
  const previousHash = level.lastHash;
  const quantity = fixed4(entry.quantity);
  const balanceAfter = fixed4(entry.balanceAfter);
  level.lastHash = hashEntry(previousHash, {
    movementId: row.id,
    type: row.type,
    itemId: level.itemId,
    warehouseId: level.warehouseId,
    quantity,
    balanceAfter,
    version: entry.version,
    unitCost: entry.movement.unitCost,
    counterpartWarehouseId: counterpart?.warehouseId ?? null,
    reason: row.reason,
    referenceType: row.reference_type,
    referenceId: row.reference_id,
    actor: row.actor,
    occurredAtMs: row.occurred_at_ms,
    recordedAtMs: lane.row.recorded_at_ms,
  });
  level.updatedAt = lane.recordedAt;
  const e = columns.entries;
  e.place.push(row.place);
  e.warehouseId.push(level.warehouseId);
  e.counterpartWarehouseId.push(counterpart?.warehouseId ?? null);
  e.quantity.push(quantity);
  e.balanceAfter.push(balanceAfter);
  e.version.push(entry.version);
  e.position.push(lane.nextPosition);
  e.recordedAt.push(lane.recordedAt);
  e.previousHash.push(previousHash);
  e.hash.push(level.lastHash);
  writeEvent(columns, lane, {
    type: "stockline.movement.applied",
    movementId: row.id,
    partitionKey: row.item_id,
    data:
      movementJson(row, level) +
      (counterpart === null ? "" : `,"counterpart_warehouse":${counterpart.warehouseJson}`) +
      `,"quantity":"${formatQuantity(entry.quantity)}"` +
      `,"balance_after":"${formatQuantity(entry.balanceAfter)}","version":${entry.version}}`,
  });
}

function writeRejection(
  columns: BatchColumns,
  args: {
    row: PendingRow;
    decision: Extract<Decision, { status: "rejected" }>;
    lane: BatchLane;
    level: BatchLevel;
  },
): void {
  const { row, decision, lane, level } = args;
  writeEvent(columns, lane, {
    type: "stockline.movement.rejected",
    movementId: row.id,
    partitionKey: row.item_id,
    data:
      movementJson(row, level) +
      `,"quantity":"${formatQuantity(quantityFromText(row.quantity))}"` +
      `,"code":"${decision.code}","detail":${JSON.stringify(decision.detail)}}`,
  });
}

/** JSON of what every event of a movement says, still open. Written by hand: a quarter of the time of building objects for it. */
function movementJson(row: PendingRow, level: BatchLevel): string {
  const reference =
    row.reference_type === null
      ? ""
      : `,"reference":${JSON.stringify({ type: row.reference_type, id: row.reference_id })}`;
  return (
    `{"id":"${row.id}","type":"${row.type}","sku":${level.skuJson},"warehouse":${level.warehouseJson},` +
    `"occurred_at":"${new Date(row.occurred_at_ms).toISOString()}"${reference}`
  );
}

function writeEvent(
  columns: BatchColumns,
  lane: BatchLane,
  event: { type: string; movementId: string; partitionKey: string; data: string },
): void {
  const v = columns.events;
  v.lane.push(lane.row.id);
  v.position.push(lane.nextPosition);
  v.id.push(newId());
  v.type.push(event.type);
  v.movementId.push(event.movementId);
  v.partitionKey.push(event.partitionKey);
  v.data.push(event.data);
  v.recordedAt.push(lane.recordedAt);
  lane.nextPosition += 1;
}

function writeLevel(columns: BatchColumns, level: BatchLevel): void {
  const l = columns.levels;
  l.itemId.push(level.itemId);
  l.warehouseId.push(level.warehouseId);
  l.lane.push(level.lane);
  l.onHandChange.push(fixed4(level.onHand - level.onHandBefore));
  l.averageCost.push(level.averageCost === null ? null : formatAverageCost(level.averageCost));
  l.versionBefore.push(level.versionBefore);
  l.version.push(level.version);
  l.lastHash.push(level.lastHash);
  l.updatedAt.push(level.updatedAt);
}

/** A lane that was read empty is decided up to the horizon, another one up to the last movement read, if that is below it. */
function writeLane(columns: BatchColumns, lane: BatchLane, perLane: number): void {
  const n = columns.lanes;
  n.id.push(lane.row.id);
  n.nextPosition.push(lane.nextPosition);
  n.lowWater.push(
    lane.read < perLane ? lane.row.safe_seq : Math.min(lane.row.safe_seq, lane.lastSeq),
  );
  n.recordedAt.push(lane.recordedAt);
}

function emptyColumns(): BatchColumns {
  return {
    levels: {
      itemId: [],
      warehouseId: [],
      lane: [],
      onHandChange: [],
      averageCost: [],
      versionBefore: [],
      version: [],
      lastHash: [],
      updatedAt: [],
    },
    entries: {
      place: [],
      warehouseId: [],
      counterpartWarehouseId: [],
      quantity: [],
      balanceAfter: [],
      version: [],
      position: [],
      recordedAt: [],
      previousHash: [],
      hash: [],
    },
    outcomes: {
      place: [],
      status: [],
      code: [],
      detail: [],
      version: [],
      balanceAfter: [],
      decidedAt: [],
    },
    events: {
      lane: [],
      position: [],
      id: [],
      type: [],
      movementId: [],
      partitionKey: [],
      data: [],
      recordedAt: [],
    },
    lanes: { id: [], nextPosition: [], lowWater: [], recordedAt: [] },
  };
}

function mustGet<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the batch has no ${String(key)}`);
  return value;
}
