/** A checked movement on its way into the inbox, and the hash by which a repeated id is told from a reused one. */
import { hash } from "node:crypto";
import type { MovementType } from "../../domain/movement.ts";
import type { SealedCustomer } from "../customers/index.ts";

export interface MovementCommand {
  readonly id: string;
  readonly lane: number;
  readonly bodyHash: Buffer;
  /** What earlier releases kept for the same body, where that was another hash: rows of theirs are known again by it. */
  readonly formerBodyHash?: Buffer | undefined;
  readonly type: MovementType;
  readonly itemId: string;
  readonly warehouseId: string;
  /** Where a transfer goes, or where an arrival comes from. */
  readonly toWarehouseId: string | null;
  /** Decimal string, in the item's stock unit. */
  readonly quantity: string;
  readonly unitCost: string | null;
  readonly currency: string | null;
  readonly expectedVersion: number | null;
  /** Code of the lot, or the serial number. */
  readonly lotCode: string | null;
  /** YYYY-MM-DD. */
  readonly lotExpiresOn: string | null;
  /** The reservation that is issued or released, the transfer that arrives or is lost, the movement that is reversed. */
  readonly targetId: string | null;
  /** When a reservation lapses. */
  readonly expiresAt: Date | null;
  /** The level's version that a counter saw. */
  readonly countedVersion: number | null;
  readonly inTransit: boolean;
  /** Commands of one group apply together or not at all. */
  readonly groupId: string | null;
  readonly reason: string | null;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly source: "api" | "import" | "purchase_order" | "stream" | "system";
  readonly sourceId: string | null;
  readonly actor: string;
  readonly occurredAt: Date;
  /** W3C trace context of the request or message that brought it; no part of its body. */
  readonly traceparent?: string | null;
  /** The customer that it named, as it stood when it was accepted. */
  readonly customer?: SealedCustomer | undefined;
}

/** What only some movements say, left unsaid. */
export const UNSAID = {
  lotCode: null,
  lotExpiresOn: null,
  targetId: null,
  expiresAt: null,
  countedVersion: null,
  inTransit: false,
} as const;

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
  | keyof typeof UNSAID
> & { readonly occurredAt: Date | null };

/** What joins the text of a hash where it is said at all. */
type HashedMore =
  /** A customer by blind index, since who has a plain hash could try references until one fits. */
  | { readonly customer_index: string }
  /** As releases before had it; to know their rows again. */
  | { readonly customer: string }
  /** Quantity and reason of what else one request told of a transfer: the losses beside its first part. */
  | { readonly further: readonly (readonly [string, string | null])[] };

/**
 * SHA-256 over the fields in a fixed order, each as JSON, so that no two bodies share a text. Fields that only some movements
 * have join the text where one of them is said, so that bodies from before there were such fields keep their hash.
 */
export function hashMovementBody(fields: HashedFields, more?: HashedMore): Buffer {
  const said: unknown[] = [
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
  ];
  const ofSome = [
    fields.lotCode,
    fields.lotExpiresOn,
    fields.targetId,
    fields.expiresAt,
    fields.countedVersion,
    fields.inTransit,
  ];
  if (ofSome.some((value) => value !== null && value !== false)) said.push(...ofSome);
  if (more !== undefined) said.push(more);
  return hash("sha256", JSON.stringify(said), "buffer");
}

/** True where the hash that is kept of an id was taken of the command's body, by this release or by an earlier one. */
export function isSameBody(
  kept: Buffer | undefined,
  { bodyHash, formerBodyHash }: Pick<MovementCommand, "bodyHash" | "formerBodyHash">,
): boolean {
  if (kept === undefined) return false;
  return kept.equals(bodyHash) || (formerBodyHash !== undefined && kept.equals(formerBodyHash));
}
