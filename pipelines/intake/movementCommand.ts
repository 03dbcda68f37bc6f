/** A checked movement on its way into the inbox, and the hash by which a repeated id is told from a reused one. */
import { hash } from "node:crypto";
import type { MovementType } from "../../domain/movement.ts";

export interface MovementCommand {
  readonly id: string;
  readonly lane: number;
  readonly bodyHash: Buffer;
  readonly type: MovementType;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly toWarehouseId: string | null;
  /** Decimal string. */
  readonly quantity: string;
  readonly unitCost: string | null;
  readonly currency: string | null;
  readonly expectedVersion: number | null;
  readonly reason: string | null;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly source: "api" | "import" | "purchase_order" | "stream";
  readonly sourceId: string | null;
  readonly actor: string;
  readonly occurredAt: Date;
}

/** What a hash is taken of: what the client said. occurredAt is null where the client left it to us. */
export type HashedFields = Pick<
  MovementCommand,
  | "type"
  | "itemId"
  | "warehouseId"
  | "toWarehouseId"
  | "quantity"
  | "unitCost"
  | "currency"
  | "expectedVersion"
  | "reason"
  | "referenceType"
  | "referenceId"
> & { readonly occurredAt: Date | null };

/** SHA-256 over the fields in a fixed order, each as JSON, so that no two bodies share a text. */
export function hashMovementBody(fields: HashedFields): Buffer {
  const text = JSON.stringify([
    fields.type,
    fields.itemId,
    fields.warehouseId,
    fields.toWarehouseId,
    fields.quantity,
    fields.unitCost,
    fields.currency,
    fields.expectedVersion,
    fields.reason,
    fields.referenceType,
    fields.referenceId,
    fields.occurredAt,
  ]);
  return hash("sha256", text, "buffer");
}
