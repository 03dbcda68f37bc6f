/**
 * Lanes give movements of one item their order: 256 fixed virtual lanes for items, 16 more for the events of other entities.
 * The hash is our own and fixed for ever; migrations/0001 computes the same in SQL (golden vectors in test/domain/lane.test.ts).
 */
import { createHash } from "node:crypto";

/** Lanes that carry movements: 0 to 255. */
export const ITEM_LANES = 256;
/** Lanes that carry the events of all other entities: 256 to 271. */
export const ENTITY_LANES = 16;

/** Lane of an item: first byte of the SHA-256 of its id's 16 bytes. */
export function laneOfItem(itemId: string): number {
  return firstHashByte(itemId);
}

/** Lane of the events of an entity that is not an item's movement. */
export function laneOfEntity(entityId: string): number {
  return ITEM_LANES + (firstHashByte(entityId) % ENTITY_LANES);
}

function firstHashByte(id: string): number {
  const bytes = Buffer.from(id.replaceAll("-", ""), "hex");
  if (bytes.length !== 16) throw new RangeError(`id "${id}" is not a UUID`);
  return createHash("sha256").update(bytes).digest().readUInt8(0);
}
