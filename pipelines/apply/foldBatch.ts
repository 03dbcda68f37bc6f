/** Folds a batch in memory: from pending movements and levels to the columns that will be written. Pure but for ids of events. */
import { formatAverageCost, parseAverageCost } from "../../domain/averageCost.ts";
import {
  type Decision,
  foldMovement,
  type LedgerEntry,
  type LevelState,
  levelKey,
} from "../../domain/foldMovements.ts";
import type { Movement } from "../../domain/movement.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import { newId } from "../../platform/clock.ts";
import { fixed4, hashEntry } from "./hashChain.ts";
import type { BatchColumns, LaneRow, LevelRow, PendingRow } from "./queries.ts";

/** A level in the fold, with what the ledger and the events need to know of it. */
interface BatchLevel extends LevelState {
  readonly sku: string;
  readonly lane: number;
  readonly warehouse: string;
  readonly onHandBefore: bigint;
  readonly versionBefore: number;
  lastHash: string;
  updatedAt: Date;
}

interface BatchLane {
  readonly row: LaneRow;
  readonly recordedAt: Date;
  nextPosition: number;
  read: number;
  lastSeq: number;
}

/** What a batch came to: the columns to write, and what the rest of the platform is told after the commit. */
export interface FoldedBatch {
  readonly columns: BatchColumns;
  readonly changedLevels: readonly { itemId: string; warehouseId: string; version: number }[];
  readonly decided: readonly { type: string; status: "applied" | "rejected" }[];
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
  const decided: { type: string; status: "applied" | "rejected" }[] = [];
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
    decided.push({ type: row.type, status: decision.status });
  }
  const changed = [...levels.values()].filter((level) => level.version > level.versionBefore);
  for (const level of changed) writeLevel(columns, level);
  for (const lane of lanes.values()) writeLane(columns, lane, input.perLane);
  return {
    columns,
    changedLevels: changed.map(({ itemId, warehouseId, version }) => ({
      itemId,
      warehouseId,
      version,
    })),
    decided,
  };
}

function toLevel(row: LevelRow): BatchLevel {
  const onHand = quantityFromText(row.on_hand);
  return {
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    sku: row.sku,
    lane: row.lane,
    warehouse: row.warehouse,
    allowNegative: row.allow_negative,
    onHand,
    onHandBefore: onHand,
    reserved: quantityFromText(row.reserved),
    unavailable: quantityFromText(row.unavailable),
    averageCost: row.average_cost === null ? null : parseAverageCost(row.average_cost),
    version: row.version,
    versionBefore: row.version,
    lastHash: row.last_hash,
    updatedAt: new Date(0),
  };
}

function toLane(row: LaneRow): BatchLane {
  return {
    row,
    recordedAt: new Date(row.recorded_at_ms),
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
  o.id.push(row.id);
  o.bodyHash.push(row.body_hash);
  o.status.push(decision.status);
  o.code.push(decision.status === "rejected" ? decision.code : null);
  o.detail.push(decision.status === "rejected" ? decision.detail : null);
  o.itemId.push(row.item_id);
  o.warehouseId.push(row.warehouse_id);
  o.version.push(applied?.version ?? null);
  o.balanceAfter.push(applied === undefined ? null : fixed4(applied.balanceAfter));
  o.sourceId.push(row.source_id);
  o.decidedAt.push(lane.recordedAt);
}

function writeEntry(
  columns: BatchColumns,
  { row, entry, lane }: { row: PendingRow; entry: LedgerEntry; lane: BatchLane },
): void {
  const level = entry.level as BatchLevel;
  const counterpart = entry.counterpart as BatchLevel | null;
  const previousHash = level.lastHash;
  level.lastHash = hashEntry(previousHash, {
    movementId: row.id,
    type: row.type,
    itemId: level.itemId,
    warehouseId: level.warehouseId,
    quantity: entry.quantity,
    balanceAfter: entry.balanceAfter,
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
  e.movementId.push(row.id);
  e.itemId.push(level.itemId);
  e.warehouseId.push(level.warehouseId);
  e.counterpartWarehouseId.push(counterpart?.warehouseId ?? null);
  e.quantity.push(fixed4(entry.quantity));
  e.balanceAfter.push(fixed4(entry.balanceAfter));
  e.version.push(entry.version);
  e.lane.push(row.lane);
  e.position.push(lane.nextPosition);
  e.recordedAt.push(lane.recordedAt);
  e.previousHash.push(Buffer.from(previousHash, "hex"));
  e.hash.push(Buffer.from(level.lastHash, "hex"));
  writeEvent(columns, lane, {
    type: "stockline.movement.applied",
    subject: `movements/${row.id}`,
    partitionKey: row.item_id,
    data: {
      ...movementData(row, level),
      ...(counterpart === null ? {} : { counterpart_warehouse: counterpart.warehouse }),
      quantity: formatQuantity(entry.quantity),
      balance_after: formatQuantity(entry.balanceAfter),
      version: entry.version,
    },
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
    subject: `movements/${row.id}`,
    partitionKey: row.item_id,
    data: {
      ...movementData(row, level),
      quantity: formatQuantity(quantityFromText(row.quantity)),
      code: decision.code,
      detail: decision.detail,
    },
  });
}

function movementData(row: PendingRow, level: BatchLevel) {
  return {
    id: row.id,
    type: row.type,
    sku: level.sku,
    warehouse: level.warehouse,
    occurred_at: new Date(row.occurred_at_ms).toISOString(),
    ...(row.reference_type === null
      ? {}
      : { reference: { type: row.reference_type, id: row.reference_id } }),
  };
}

function writeEvent(
  columns: BatchColumns,
  lane: BatchLane,
  event: { type: string; subject: string; partitionKey: string; data: unknown },
): void {
  const v = columns.events;
  v.lane.push(lane.row.id);
  v.position.push(lane.nextPosition);
  v.id.push(newId());
  v.type.push(event.type);
  v.subject.push(event.subject);
  v.partitionKey.push(event.partitionKey);
  v.data.push(JSON.stringify(event.data));
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
  l.lastHash.push(Buffer.from(level.lastHash, "hex"));
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
      movementId: [],
      itemId: [],
      warehouseId: [],
      counterpartWarehouseId: [],
      quantity: [],
      balanceAfter: [],
      version: [],
      lane: [],
      position: [],
      recordedAt: [],
      previousHash: [],
      hash: [],
    },
    outcomes: {
      id: [],
      bodyHash: [],
      status: [],
      code: [],
      detail: [],
      itemId: [],
      warehouseId: [],
      version: [],
      balanceAfter: [],
      sourceId: [],
      decidedAt: [],
    },
    events: {
      lane: [],
      position: [],
      id: [],
      type: [],
      subject: [],
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
