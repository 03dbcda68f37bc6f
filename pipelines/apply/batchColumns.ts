/** What a batch writes, gathered while it is folded: rows that tell a decision, and levels and lanes column by column. */
import type { MoreOfEntry } from "./hashChain.ts";
import type { PendingRow } from "./queries/pending.ts";

/** What is written once, at the end of a batch. Hashes are hexadecimal digits, times ISO 8601. */
export interface BatchColumns {
  readonly levels: LevelColumns;
  /** Only lanes that decided something. */
  readonly lanes: LaneColumns;
}

/** An event with what stands beside it: a ledger entry, or the outcome of its movement, or both. A rejection has no entry. */
export interface BatchRow {
  /** Whose it is; what the movement said is taken from its inbox row. */
  readonly movement: PendingRow;
  readonly entry: BatchEntry | null;
  /** Whether the row is also the movement's outcome; one of its rows is. */
  readonly isOutcome: boolean;
  readonly rejection: { readonly code: string; readonly detail: string } | null;
  /** Of the event, in its lane. */
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly recordedAtMs: number;
  readonly eventId: string;
  /** JSON text without line breaks, as JSON.stringify writes it. */
  readonly data: string;
}

/** A ledger entry; quantities as fixed4 writes them, hashes in hexadecimal digits. */
interface BatchEntry {
  readonly warehouseId: string;
  readonly counterpartWarehouseId: string | null;
  readonly quantity: string;
  readonly balanceAfter: string;
  readonly version: number;
  readonly previousHash: string;
  readonly hash: string;
  /** Null for most: nothing reserved, unavailable or in transit, no lot, no target. */
  readonly more: MoreOfEntry | null;
}

interface LevelColumns {
  readonly itemId: string[];
  readonly warehouseId: string[];
  readonly lane: number[];
  readonly onHandChange: string[];
  readonly reservedChange: string[];
  readonly unavailableChange: string[];
  readonly inTransitChange: string[];
  readonly nextExpiry: (string | null)[];
  readonly averageCost: (string | null)[];
  readonly versionBefore: number[];
  readonly version: number[];
  readonly lastHash: string[];
  readonly updatedAt: string[];
}

interface LaneColumns {
  readonly id: number[];
  readonly nextPosition: number[];
  /** Every movement of the lane up to here is decided, and nothing can still commit below. */
  readonly lowWater: number[];
  /** Nothing of the lane past it is decided. */
  readonly decidedTo: number[];
  readonly recordedAt: string[];
}

/** Columns without a row. */
export function emptyColumns(): BatchColumns {
  return {
    levels: {
      itemId: [],
      warehouseId: [],
      lane: [],
      onHandChange: [],
      reservedChange: [],
      unavailableChange: [],
      inTransitChange: [],
      nextExpiry: [],
      averageCost: [],
      versionBefore: [],
      version: [],
      lastHash: [],
      updatedAt: [],
    },
    lanes: { id: [], nextPosition: [], lowWater: [], decidedTo: [], recordedAt: [] },
  };
}
