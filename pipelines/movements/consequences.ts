/**
 * Movements that follow from another one: what arrives of a transfer in transit, what is lost of it, and what takes a movement
 * back. They lie in the lane of the original's item, so they are decided after it, also while it still waits.
 */
import { deriveId } from "../../domain/deriveId.ts";
import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import type { MovementType } from "../../domain/movement.ts";
import type { Db } from "../../platform/postgres.ts";
import {
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
  UNSAID,
} from "../intake/index.ts";
import { movementOriginalRead, type OriginalRow } from "./queries/originals.ts";

/** What the commands of one request share. */
interface Said {
  /** Id of the first command; those of further ones follow from it. */
  readonly id: string;
  readonly actor: string;
  /** Codes that the caller is limited to. */
  readonly warehouses: readonly string[] | undefined;
  readonly reason: string | undefined;
  /** Where the client told when it happened. */
  readonly occurredAt: Date | undefined;
  readonly now: Date;
}

/** What came of a transfer: quantities are decimal strings in the item's stock unit. */
export interface Arrived extends Said {
  readonly transferId: string;
  readonly quantity: string | undefined;
  readonly losses: readonly { readonly quantity: string; readonly reason: string }[];
  /** Of which lot; where none is named the open lines of the transfer are taken in their order. */
  readonly lot: string | undefined;
}

/** The original, where the caller may act at all of the warehouses that `endsOf` tells; throws NotFoundError. */
async function originalFor(
  db: Db,
  { id, warehouses }: { readonly id: string; readonly warehouses: Said["warehouses"] },
  endsOf: (original: OriginalRow) => readonly string[],
): Promise<OriginalRow> {
  const original = await movementOriginalRead(db, id);
  if (original === undefined) throw new NotFoundError("movement", id);
  const isTheirs = endsOf(original).every((end) => warehouses?.includes(end) ?? true);
  if (!isTheirs) throw new NotFoundError("movement", id);
  return original;
}

const bothEnds = ({ warehouse, to_warehouse: other }: OriginalRow): string[] =>
  other === null ? [warehouse] : [warehouse, other];

/** Where a transfer's goods arrive: who works there need not know where they came from. */
const arrivalEnds = (original: OriginalRow): string[] =>
  original.type === "transfer" && original.to_warehouse !== null
    ? [original.to_warehouse]
    : bothEnds(original);

/**
 * Commands of an arrival and its losses, for a caller who may act at the destination; several of them are one atomic group. Throws NotFoundError, and ConflictError
 * not_in_transit where the movement is no transfer on its way.
 */
export async function arrivalCommands(db: Db, arrived: Arrived): Promise<MovementCommand[]> {
  const original = await originalFor(
    db,
    { id: arrived.transferId, warehouses: arrived.warehouses },
    arrivalEnds,
  );
  const { status, type, in_transit: inTransit, to_warehouse_id: destinationId } = original;
  const isTaken = status === "accepted" || status === "applied";
  const isOnItsWay = type === "transfer" && inTransit && isTaken;
  if (!isOnItsWay || destinationId === null) {
    throw new ConflictError({
      code: "not_in_transit",
      detail: `movement "${original.id}" is ${describe(original)}; only a transfer with in_transit, accepted or applied, arrives`,
    });
  }
  const fields = {
    warehouseId: destinationId,
    lotCode: arrived.lot ?? null,
    targetId: original.id,
  };
  const parts: Part[] = arrived.losses.map(({ quantity, reason }) => ({
    ...fields,
    type: "transit_loss",
    toWarehouseId: null,
    quantity,
    reason,
  }));
  if (arrived.quantity !== undefined) {
    parts.unshift({
      ...fields,
      type: "arrival",
      toWarehouseId: original.warehouse_id,
      quantity: arrived.quantity,
      reason: arrived.reason ?? null,
    });
  }
  const groupId = parts.length > 1 ? deriveId(`${arrived.id}\ngroup`) : null;
  const further = parts.slice(1).map(({ quantity, reason }) => [quantity, reason] as const);
  return parts.map((part, nth) =>
    toCommand(original, arrived, {
      part,
      // the first has the id that the client gave, so its hash is of all that the client said under it
      ...(nth === 0 && further.length > 0 ? { further } : {}),
      id: nth === 0 ? arrived.id : deriveId(`${arrived.id}\npart ${nth}`),
      groupId,
    }),
  );
}

/** The command that takes a movement back, for a caller who may act at both of its ends. Throws NotFoundError, and ConflictError not_applied where it was rejected or set aside. */
export async function reversalCommand(
  db: Db,
  reversed: Said & { readonly movementId: string },
): Promise<MovementCommand> {
  const original = await originalFor(
    db,
    { id: reversed.movementId, warehouses: reversed.warehouses },
    bothEnds,
  );
  if (original.status === "rejected" || original.status === "set_aside") {
    throw new ConflictError({
      code: "not_applied",
      detail: `movement "${original.id}" is ${describe(original)}, so there is nothing to reverse`,
    });
  }
  return toCommand(original, reversed, {
    part: {
      type: "reversal",
      warehouseId: original.warehouse_id,
      toWarehouseId: original.to_warehouse_id,
      // what was counted before it is applied, the variance after: the hash must not know the difference
      quantity: original.quantity ?? "0",
      saidQuantity: "0",
      lotCode: null,
      targetId: original.id,
      reason: reversed.reason ?? null,
    },
    id: reversed.id,
    groupId: null,
  });
}

function describe({ type, status }: OriginalRow): string {
  if (status === "set_aside") return "set aside";
  return type === null ? status : `a ${type}, ${status}`;
}

interface Part {
  readonly type: MovementType;
  readonly warehouseId: string;
  readonly toWarehouseId: string | null;
  readonly quantity: string;
  /** What the hash is of, where it is not the quantity. */
  readonly saidQuantity?: string;
  readonly lotCode: string | null;
  readonly targetId: string;
  readonly reason: string | null;
}

interface ToldPart {
  readonly part: Part;
  readonly id: string;
  readonly groupId: string | null;
  /** Quantity and reason of the other parts, where the hash is to know them. */
  readonly further?: readonly (readonly [string, string | null])[];
}

function toCommand(
  original: OriginalRow,
  said: Said,
  { part, id, groupId, further }: ToldPart,
): MovementCommand {
  const { saidQuantity = part.quantity, ...own } = part;
  const hashed: HashedFields = {
    ...UNSAID,
    ...own,
    quantity: saidQuantity,
    itemId: original.item_id,
    unitCost: null,
    currency: null,
    expectedVersion: null,
    referenceType: null,
    referenceId: null,
    occurredAt: said.occurredAt ?? null,
  };
  return {
    ...hashed,
    id,
    quantity: part.quantity,
    lane: original.lane,
    ...hashesOf(hashed, further),
    source: "api",
    sourceId: groupId === null ? null : deriveId(`${said.id}\nrequest`),
    groupId,
    actor: said.actor,
    occurredAt: said.occurredAt ?? said.now,
  };
}

/** The hash of what was said, and the one of earlier releases, which knew nothing of the other parts. */
function hashesOf(
  hashed: HashedFields,
  further: ToldPart["further"],
): Pick<MovementCommand, "bodyHash" | "formerBodyHash"> {
  if (further === undefined) return { bodyHash: hashMovementBody(hashed) };
  return {
    bodyHash: hashMovementBody(hashed, { further }),
    formerBodyHash: hashMovementBody(hashed),
  };
}
