/**
 * COPY of decisions whose movements are in memory: ledger entries, outcomes and events. Writes many rows a page and a log record, which no
 * insert does.
 */
import { copyRows, copyValue } from "../../../platform/copyRows.ts";
import type { DbClient } from "../../../platform/postgres.ts";
import { eventsCopy, type PlacedEvent } from "../../events/index.ts";
import type { MovementCommand } from "../../intake/index.ts";
import type { BatchRow } from "../batchColumns.ts";
import { NOTHING_MORE } from "../hashChain.ts";
import { timestampText } from "../timestampText.ts";
import type { DecisionsWritten } from "./batch.ts";

/** A decision with the movement as it was given. */
export interface CopiedRow {
  readonly row: BatchRow;
  readonly command: MovementCommand;
}

/** Writes ledger entries, outcomes and events. A movement that is decided already fails it. */
export async function decisionsCopy(
  tx: DbClient,
  rows: readonly CopiedRow[],
): Promise<DecisionsWritten> {
  return {
    entries: await copyLines(tx, ENTRIES_COPY, rows.map(entryLine)),
    outcomes: await copyLines(tx, OUTCOMES_COPY, rows.map(outcomeLine)),
    events: await eventsCopy(tx, rows.map(eventOf)),
  };
}

async function copyLines(
  tx: DbClient,
  statement: string,
  lines: readonly string[],
): Promise<number> {
  const text = lines.join("");
  return text === "" ? 0 : copyRows(tx, statement, text);
}

const ENTRIES_COPY = `
  copy stock_movements (
    movement_id, type, item_id, warehouse_id, quantity, balance_after, version, lane, position, unit_cost, currency,
    counterpart_warehouse_id, target_id, reason, reference_type, reference_id, source, source_id, actor, occurred_at,
    recorded_at, previous_hash, hash, reserved_change, reserved_after, unavailable_change, unavailable_after,
    in_transit_change, in_transit_after, lot_id, lot_balance_after)
  from stdin`;
const OUTCOMES_COPY = `
  copy movement_outcomes (
    id, body_hash, status, code, detail, item_id, warehouse_id, version, balance_after, source_id, decided_at)
  from stdin`;
const NOTHING = "\\N";
const orNothing = (value: string | null): string => value ?? NOTHING;
const bytes = (hex: string): string => `\\\\x${hex}`;

/** Empty where the decision has no entry. */
function entryLine({ row, command }: CopiedRow): string {
  const { entry } = row;
  if (entry === null) return "";
  const more = entry.more ?? NOTHING_MORE;
  return `${[
    command.id,
    command.type,
    command.itemId,
    entry.warehouseId,
    entry.quantity,
    entry.balanceAfter,
    entry.version,
    command.lane,
    row.position,
    orNothing(command.unitCost),
    orNothing(command.currency),
    orNothing(entry.counterpartWarehouseId),
    orNothing(command.targetId),
    copyValue(command.reason),
    copyValue(command.referenceType),
    copyValue(command.referenceId),
    command.source,
    orNothing(command.sourceId),
    copyValue(command.actor),
    timestampText(command.occurredAt.getTime()),
    timestampText(row.recordedAtMs),
    bytes(entry.previousHash),
    bytes(entry.hash),
    more.reservedChange,
    more.reservedAfter,
    more.unavailableChange,
    more.unavailableAfter,
    more.inTransitChange,
    more.inTransitAfter,
    orNothing(more.lotId),
    orNothing(more.lotBalanceAfter),
  ].join("\t")}\n`;
}

/** Empty where another row of the movement is its outcome. */
function outcomeLine({ row, command }: CopiedRow): string {
  if (!row.isOutcome) return "";
  const { entry, rejection } = row;
  return `${[
    command.id,
    bytes(command.bodyHash.toString("hex")),
    rejection === null ? "applied" : "rejected",
    copyValue(rejection?.code ?? null),
    copyValue(rejection?.detail ?? null),
    command.itemId,
    command.warehouseId,
    entry?.version ?? NOTHING,
    entry?.balanceAfter ?? NOTHING,
    orNothing(command.sourceId),
    timestampText(row.recordedAtMs),
  ].join("\t")}\n`;
}

function eventOf({ row, command }: CopiedRow): PlacedEvent {
  return {
    lane: command.lane,
    position: row.position,
    id: row.eventId,
    type: row.rejection === null ? "stockline.movement.applied" : "stockline.movement.rejected",
    subject: `movements/${command.id}`,
    partitionKey: command.itemId,
    data: row.data,
    recordedAt: timestampText(row.recordedAtMs),
    traceparent: command.traceparent ?? null,
  };
}
