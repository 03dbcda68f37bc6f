/** Turns decisions into the rows that tell them: outcomes, ledger entries with their hashes, events, and changed levels. */
import { formatAverageCost } from "../../domain/averageCost.ts";
import type { Decision, LedgerEntry } from "../../domain/fold/state.ts";
import { formatQuantity, quantityFromText, type ScaledQuantity } from "../../domain/quantity.ts";
import { newId } from "../../platform/clock.ts";
import type { BatchColumns } from "./batchColumns.ts";
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

/** The final word on the movement; an applied one tells version and balance of its last entry at its own warehouse. */
export function writeOutcome(columns: BatchColumns, decided: Decided<Decision>): void {
  const { row, decision, lane, level } = decided;
  const o = columns.outcomes;
  const applied =
    decision.status === "applied"
      ? decision.entries.findLast((entry) => entry.level === level)
      : undefined;
  o.place.push(row.place);
  o.status.push(decision.status);
  o.code.push(decision.status === "rejected" ? decision.code : null);
  o.detail.push(decision.status === "rejected" ? decision.detail : null);
  o.version.push(applied?.version ?? null);
  o.balanceAfter.push(applied === undefined ? null : fixed4(applied.balanceAfter));
  o.decidedAt.push(lane.recordedAt);
}

/** An entry, chained to the one before it, and its event. */
export function writeEntry(
  columns: BatchColumns,
  { row, entry, lane }: { row: PendingRow; entry: LedgerEntry; lane: BatchLane },
): void {
  const level = entry.level as BatchLevel; // the fold was given these levels
  const counterpart = entry.counterpart as BatchLevel | null;
  const previousHash = level.lastHash;
  const quantity = fixed4(entry.quantity);
  const balanceAfter = fixed4(entry.balanceAfter);
  const more = moreOf(entry);
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
    more,
  });
  level.updatedAt = lane.recordedAt;
  pushMore(columns, more ?? NOTHING_MORE);
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
    row,
    data:
      movementJson(row, level) +
      (counterpart === null ? "" : `,"counterpart_warehouse":${counterpart.warehouse}`) +
      `,"quantity":"${formatQuantity(entry.quantity)}"` +
      `,"balance_after":"${formatQuantity(entry.balanceAfter)}"${moreJson(entry)}` +
      `,"version":${entry.version}}`,
  });
}

/** What the columns of such an entry hold that tells nothing more. */
const NOTHING_MORE: MoreOfEntry = {
  reservedChange: "0",
  reservedAfter: "0",
  unavailableChange: "0",
  unavailableAfter: "0",
  inTransitChange: "0",
  inTransitAfter: "0",
  lotId: null,
  lotBalanceAfter: null,
  targetId: null,
};

function pushMore(columns: BatchColumns, more: MoreOfEntry): void {
  const e = columns.entries;
  e.reservedChange.push(more.reservedChange);
  e.reservedAfter.push(more.reservedAfter);
  e.unavailableChange.push(more.unavailableChange);
  e.unavailableAfter.push(more.unavailableAfter);
  e.inTransitChange.push(more.inTransitChange);
  e.inTransitAfter.push(more.inTransitAfter);
  e.lotId.push(more.lotId);
  e.lotBalanceAfter.push(more.lotBalanceAfter);
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

/** The event of a rejection. */
export function writeRejection(
  columns: BatchColumns,
  { row, decision, lane, level }: Decided<Extract<Decision, { status: "rejected" }>>,
): void {
  writeEvent(columns, lane, {
    type: "stockline.movement.rejected",
    row,
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
    `{"id":"${row.id}","type":"${row.type}","sku":${level.sku},"warehouse":${level.warehouse},` +
    `"occurred_at":"${new Date(row.occurred_at_ms).toISOString()}"${reference}`
  );
}

function writeEvent(
  columns: BatchColumns,
  lane: BatchLane,
  event: { type: string; row: PendingRow; data: string },
): void {
  const v = columns.events;
  v.lane.push(lane.row.id);
  v.position.push(lane.nextPosition);
  v.id.push(newId());
  v.type.push(event.type);
  v.movementId.push(event.row.id);
  v.partitionKey.push(event.row.item_id);
  v.traceparent.push(event.row.traceparent);
  v.data.push(event.data);
  v.recordedAt.push(lane.recordedAt);
  lane.nextPosition += 1;
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
