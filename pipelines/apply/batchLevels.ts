/** Levels and lanes while a batch is folded: the state of the pure fold, and what ledger and events need beside it. */
import { parseAverageCost } from "../../domain/averageCost.ts";
import type { LevelState } from "../../domain/fold/state.ts";
import { quantityFromText } from "../../domain/quantity.ts";
import { type StockWatch, watchOf } from "../lowStock/index.ts";
import type { LaneRow } from "./queries/lanes.ts";
import type { LevelRow } from "./queries/levels.ts";

/** A level in the fold. `before` is what was loaded; only the differences are written. */
export interface BatchLevel extends LevelState {
  readonly lane: number;
  /** As JSON. */
  readonly sku: string;
  /** As JSON. */
  readonly warehouse: string;
  readonly before: Pick<
    LevelState,
    "onHand" | "reserved" | "unavailable" | "inTransit" | "version" | "nextExpiryMs"
  >;
  lastHash: string;
  updatedAt: string;
  /** For crossings of the reorder level; null where no policy says when the level is low. */
  readonly watch: StockWatch | null;
}

/** Makes the state of a level as it was loaded; `keepChanges` where a count asks for an earlier version of it. */
export function toLevel(row: LevelRow, keepChanges: boolean): BatchLevel {
  const balances = {
    onHand: quantityFromText(row.on_hand),
    reserved: quantityFromText(row.reserved),
    unavailable: quantityFromText(row.unavailable),
    inTransit: quantityFromText(row.in_transit),
    version: row.version,
    nextExpiryMs: row.next_expiry_ms,
  };
  // Spreads come last: V8 takes a hundred times as long for members that are added after one.
  return {
    before: balances,
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    tracking: row.tracking,
    lane: row.lane,
    sku: JSON.stringify(row.sku),
    warehouse: JSON.stringify(row.warehouse),
    allowNegative: row.allow_negative,
    lapsed: 0n,
    averageCost: row.average_cost === null ? null : parseAverageCost(row.average_cost),
    changes: keepChanges ? [] : null,
    lastHash: row.last_hash,
    updatedAt: "",
    watch: watchOf(row),
    ...balances,
  };
}

/** A lane in the fold. */
export interface BatchLane {
  readonly row: LaneRow;
  /** ISO 8601. */
  readonly recordedAt: string;
  nextPosition: number;
  /** The last seq that is decided; an atomic group's lines may lie further back than what was read. */
  decidedTo: number;
}

/** Makes the state of a lane as it was locked. */
export function toLane(row: LaneRow): BatchLane {
  return {
    row,
    recordedAt: new Date(row.recorded_at_ms).toISOString(),
    nextPosition: row.next_position,
    decidedTo: row.decided_to,
  };
}
