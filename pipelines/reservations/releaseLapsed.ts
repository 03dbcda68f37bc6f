/**
 * Posts the release of reservations whose time is over, so that the ledger tells it. Stock is free from that moment on without
 * it: every read and every batch leaves lapsed reservations out. Any number may run at once and at any time: the id of a release follows
 * from the reservation, what it holds and when it lapsed, so what was posted before is left as it is.
 */
import { deriveId } from "../../domain/deriveId.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import {
  appendToInbox,
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
  UNSAID,
} from "../intake/index.ts";
import { type LapsedRow, lapsedReservationsRead } from "./queries.ts";

/** Reservations of one transaction. */
const BATCH_ROWS = 1_000;

/** What a round posted. */
export interface Released {
  /** Releases that are new. */
  readonly posted: number;
  /** Lanes that have them, for those who can wake lanes; the sweep finds them in any case. */
  readonly lanes: ReadonlySet<number>;
}

/** One round over all lapsed reservations, in batches; ends early between two of them when told to. */
export async function releaseLapsedReservations(
  db: DbPool,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Released> {
  const lanes = new Set<number>();
  let posted = 0;
  let after: LapsedRow | undefined;
  do {
    const rows = await lapsedReservationsRead(db, { after, limit: BATCH_ROWS });
    if (rows.length === 0) break;
    const commands = rows.map(toRelease);
    const acceptances = await inTransaction(db, (tx) => appendToInbox(tx, commands));
    for (const [place, { result }] of acceptances.entries()) {
      const lane = commands[place]?.lane;
      if (result !== "new" || lane === undefined) continue;
      posted += 1;
      lanes.add(lane);
    }
    after = rows.length < BATCH_ROWS ? undefined : rows.at(-1);
  } while (after !== undefined && signal?.aborted !== true);
  return { posted, lanes };
}

function toRelease(row: LapsedRow): MovementCommand {
  const hashed: HashedFields = {
    ...UNSAID,
    type: "release",
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    toWarehouseId: null,
    quantity: row.open_quantity,
    unitCost: null,
    currency: null,
    expectedVersion: null,
    targetId: row.id,
    reason: "expired",
    referenceType: null,
    referenceId: null,
    occurredAt: null,
  };
  return {
    ...hashed,
    // the time is part of it: a release that a closed month refused is posted anew, dated into the month after
    id: deriveId(`${row.id}\nexpired\n${row.open_quantity}\n${row.lapsed_at.toISOString()}`),
    lane: row.lane,
    bodyHash: hashMovementBody(hashed),
    source: "system",
    sourceId: null,
    groupId: null,
    actor: "stockline",
    // as reads have it, so that a past moment (as_of) answers what was answered then
    occurredAt: row.lapsed_at,
  };
}
