/** Movements that need not be read back from the inbox, since whoever put them there has them in hand. */
import type { InboxPlace, MovementCommand } from "../intake/index.ts";
import type { PendingRow } from "./queries/pending.ts";

/** The movement as a read of the inbox gives it. */
export function pendingOf(command: MovementCommand, { place, seq }: InboxPlace): PendingRow {
  return {
    place,
    seq,
    lane: command.lane,
    id: command.id,
    type: command.type,
    item_id: command.itemId,
    warehouse_id: command.warehouseId,
    to_warehouse_id: command.toWarehouseId,
    quantity: command.quantity,
    unit_cost: command.unitCost,
    expected_version: command.expectedVersion,
    lot_code: command.lotCode,
    lot_expires_on: command.lotExpiresOn,
    target_id: command.targetId,
    expires_at_ms: command.expiresAt?.getTime() ?? null,
    counted_version: command.countedVersion,
    in_transit: command.inTransit,
    group_id: command.groupId,
    reason: command.reason,
    reference_type: command.referenceType,
    reference_id: command.referenceId,
    source: command.source,
    actor: command.actor,
    occurred_at_ms: command.occurredAt.getTime(),
    traceparent: command.traceparent ?? null,
  };
}
