/** Turns decisions into the rows that tell them: ledger entries with their hashes, outcomes and events; and changed levels. */
import { formatAverageCost } from "../../domain/averageCost.ts";
import type { Decision, LedgerEntry } from "../../domain/fold/state.ts";
import { formatQuantity, quantityFromText, type ScaledQuantity } from "../../domain/quantity.ts";
import { newId } from "../../platform/clock.ts";
import type { BatchColumns, BatchRow } from "./batchColumns.ts";
import type { BatchLane, BatchLevel } from "./batchLevels.ts";
import { fixed4, hashEntry, type MoreOfEntry } from "./hashChain.ts";
import type { PendingRow } from "./queries/pending.ts";
import { timestampText } from "./timestampText.ts";

interface Decided<D extends Decision> {
  readonly row: PendingRow;
  readonly decision: D;
  readonly lane: BatchLane;
  /** The level at the movement's own warehouse. */
  readonly level: BatchLevel;
}

/** Rows of an applied movement: an entry with its event each. The last one at its own warehouse is its outcome, with version and balance. */
export function writeApplied(
  rows: BatchRow[],
  { row, decision, lane, level }: Decided<Extract<Decision, { status: "applied" }>>,
): void {
  const { entries } = decision;
  const telling = entries.findLast((entry) => entry.level === level);
  for (const entry of entries) {
    rows.push(entryRow({ row, entry, lane, isOutcome: entry === telling }));
  }
}

/** An entry, chained to the one before it, and its event. */
function entryRow(args: {
  readonly row: PendingRow;
  readonly entry: LedgerEntry;
  readonly lane: BatchLane;
  readonly isOutcome: boolean;
}): BatchRow {
  const { row, entry, lane, isOutcome } = args;
  const level = entry.level as BatchLevel; // the fold was given these levels
  const counterpart = entry.counterpart as BatchLevel | null;
  const previousHash = level.lastHash;
  const quantity = fixed4(entry.quantity);
  const balanceAfter = fixed4(entry.balanceAfter);
  const more = moreOf(entry);
  const hash = hashEntry(previousHash, {
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
    more,
  });
  level.lastHash = hash;
  level.updatedAt = lane.recordedAt;
  return {
    movement: row,
    entry: {
      warehouseId: level.warehouseId,
      counterpartWarehouseId: counterpart?.warehouseId ?? null,
      quantity,
      balanceAfter,
      version: entry.version,
      previousHash,
      hash,
      more,
    },
    isOutcome,
    rejection: null,
    position: takePosition(lane, row),
    recordedAtMs: lane.row.recorded_at_ms,
    eventId: newId(),
    data:
      movementJson(row, level) +
      (counterpart === null ? "" : `,"counterpart_warehouse":${counterpart.warehouse}`) +
      `,"quantity":"${formatQuantity(entry.quantity)}"` +
      `,"balance_after":"${formatQuantity(entry.balanceAfter)}"${moreJson(entry)}` +
      `,"version":${entry.version}}`,
  };
}

/** The place of a row's event in its lane; the lane notes how far it is decided. */
function takePosition(lane: BatchLane, row: PendingRow): number {
  const position = lane.nextPosition;
  lane.nextPosition += 1;
  lane.decidedTo = Math.max(lane.decidedTo, row.seq);
  return position;
}

/** What only some entries tell; null where this one tells none of it. */
function moreOf(entry: LedgerEntry): MoreOfEntry | null {
  const { movement, lot, lotBalanceAfter } = entry;
  const isPlain =
    lot === null &&
    movement.targetId === null &&
    entry.reservedAfter === 0n &&
    entry.reservedChange === 0n &&
    entry.unavailableAfter === 0n &&
    entry.unavailableChange === 0n &&
    entry.inTransitAfter === 0n &&
    entry.inTransitChange === 0n;
  if (isPlain) return null;
  return {
    reservedChange: fixed4(entry.reservedChange),
    reservedAfter: fixed4(entry.reservedAfter),
    unavailableChange: fixed4(entry.unavailableChange),
    unavailableAfter: fixed4(entry.unavailableAfter),
    inTransitChange: fixed4(entry.inTransitChange),
    inTransitAfter: fixed4(entry.inTransitAfter),
    lotId: lot?.id ?? null,
    lotBalanceAfter: lotBalanceAfter === null ? null : fixed4(lotBalanceAfter),
    targetId: movement.targetId,
  };
}

/** The changed buckets, the lot and the target, as members of the event. */
function moreJson(entry: LedgerEntry): string {
  const bucket = (name: string, change: ScaledQuantity, after: ScaledQuantity) =>
    change === 0n
      ? ""
      : `,"${name}_change":"${formatQuantity(change)}","${name}_after":"${formatQuantity(after)}"`;
  const { lot, movement } = entry;
  return (
    bucket("reserved", entry.reservedChange, entry.reservedAfter) +
    bucket("unavailable", entry.unavailableChange, entry.unavailableAfter) +
    bucket("in_transit", entry.inTransitChange, entry.inTransitAfter) +
    (lot === null ? "" : `,"lot":${JSON.stringify(lot.code)}`) +
    (movement.targetId === null ? "" : `,"target":"${movement.targetId}"`)
  );
}

/** The row of a rejection: its outcome and its event. */
export function writeRejected(
  rows: BatchRow[],
  { row, decision, lane, level }: Decided<Extract<Decision, { status: "rejected" }>>,
): void {
  const { code, detail } = decision;
  rows.push({
    movement: row,
    entry: null,
    isOutcome: true,
    rejection: { code, detail },
    position: takePosition(lane, row),
    recordedAtMs: lane.row.recorded_at_ms,
    eventId: newId(),
    data:
      movementJson(row, level) +
      `,"quantity":"${formatQuantity(quantityFromText(row.quantity))}"` +
      `,"code":"${code}","detail":${JSON.stringify(detail)}}`,
  });
}

/** JSON of what every event of a movement says, still open. Written by hand: a quarter of the time of building objects for it. */
function movementJson(row: PendingRow, level: BatchLevel): string {
  const reference =
    row.reference_type === null
      ? ""
      : `,"reference":${JSON.stringify({ type: row.reference_type, id: row.reference_id })}`;
  return (
    `{"id":"${row.id}","type":"${row.type}","sku":${level.sku},"warehouse":${level.warehouse},` +
    `"occurred_at":"${new Date(row.occurred_at_ms).toISOString()}"${reference}`
  );
}

/** A changed level, by its differences. */
export function writeLevel(
  columns: BatchColumns,
  level: BatchLevel,
  nextExpiryMs: number | null,
): void {
  const l = columns.levels;
  const { before } = level;
  l.itemId.push(level.itemId);
  l.warehouseId.push(level.warehouseId);
  l.lane.push(level.lane);
  l.onHandChange.push(fixed4(level.onHand - before.onHand));
  l.reservedChange.push(fixed4(level.reserved - before.reserved));
  l.unavailableChange.push(fixed4(level.unavailable - before.unavailable));
  l.inTransitChange.push(fixed4(level.inTransit - before.inTransit));
  l.nextExpiry.push(nextExpiryMs === null ? null : timestampText(nextExpiryMs));
  l.averageCost.push(level.averageCost === null ? null : formatAverageCost(level.averageCost));
  l.versionBefore.push(before.version);
  l.version.push(level.version);
  l.lastHash.push(level.lastHash);
  l.updatedAt.push(level.updatedAt);
}
