/** Makes movement commands for tests that put them into the inbox themselves. */
import {
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
  UNSAID,
} from "../../pipelines/intake/index.ts";
import { newId } from "../../platform/clock.ts";

type Given = Pick<MovementCommand, "itemId" | "warehouseId" | "lane"> & Partial<MovementCommand>;

/** A command with the given fields: a receipt of 1 unless they say otherwise. */
export function toTestCommand(given: Given): MovementCommand {
  const fields: HashedFields = {
    type: "receipt",
    toWarehouseId: null,
    quantity: "1",
    unitCost: null,
    currency: null,
    expectedVersion: null,
    reason: null,
    referenceType: null,
    referenceId: null,
    ...UNSAID,
    ...given,
    occurredAt: given.occurredAt ?? null,
  };
  return {
    ...fields,
    id: newId(),
    bodyHash: hashMovementBody(fields),
    source: "api",
    sourceId: null,
    groupId: null,
    actor: "tester",
    ...given,
    occurredAt: given.occurredAt ?? new Date(),
  };
}
