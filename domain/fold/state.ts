/**
 * What a fold works on: levels, lots, reservations, transfers in transit and movements to be reversed, all loaded beforehand.
 * They are changed in place; inside an atomic group the journal remembers how they were, so that the group can be taken back.
 */
import type { Movement, MovementType, RejectionCode, Tracking } from "../movement.ts";
import { formatQuantity, type ScaledQuantity } from "../quantity.ts";

/** A stock level while it is being folded. Quantities are scaled; averageCost has 6 decimals (scaled by 10^6). */
export interface LevelState {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly tracking: Tracking;
  readonly allowNegative: boolean;
  onHand: ScaledQuantity;
  reserved: ScaledQuantity;
  unavailable: ScaledQuantity;
  /** On its way to this warehouse. */
  inTransit: ScaledQuantity;
  /** The part of `reserved` whose reservations are past their time: it no longer binds stock. */
  lapsed: ScaledQuantity;
  /** No reservation of the level lapses before; null where none does. */
  nextExpiryMs: number | null;
  averageCost: bigint | null;
  version: number;
  /** On-hand changes of this fold by version; kept only where a count against an earlier version needs them. */
  readonly changes: { version: number; lot: LotState | null; quantity: ScaledQuantity }[] | null;
}

/** What one warehouse holds of a lot. */
export interface LotBalance {
  onHand: ScaledQuantity;
  reserved: ScaledQuantity;
  unavailable: ScaledQuantity;
  inTransit: ScaledQuantity;
  /** As the level's: the part of `reserved` that no longer binds stock. */
  lapsed: ScaledQuantity;
}

/** A lot or a serial number of an item, with the balances that were loaded or have come to be. */
export interface LotState {
  readonly id: string;
  readonly itemId: string;
  readonly code: string;
  /** YYYY-MM-DD. */
  expiresOn: string | null;
  readonly balances: Map<string, LotBalance>;
}

export interface ReservationState {
  readonly id: string;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly lot: LotState | null;
  readonly quantity: ScaledQuantity;
  open: ScaledQuantity;
  issued: ScaledQuantity;
  released: ScaledQuantity;
  readonly expiresAtMs: number | null;
}

/** A transfer in transit: a line a lot. */
export interface TransitState {
  readonly id: string;
  readonly itemId: string;
  readonly fromWarehouseId: string;
  readonly toWarehouseId: string;
  readonly lines: TransitLine[];
}

export interface TransitLine {
  readonly lot: LotState | null;
  readonly quantity: ScaledQuantity;
  open: ScaledQuantity;
  arrived: ScaledQuantity;
  lost: ScaledQuantity;
  /** Average cost that left with the goods, scaled by 10^6. */
  readonly unitCost: bigint | null;
}

/** An applied movement that another one wants to reverse: what it changed at its own warehouse. */
export interface OriginalState {
  readonly id: string;
  readonly type: MovementType;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly toWarehouseId: string | null;
  readonly unitCost: bigint | null;
  /** Average cost that left with a transfer, scaled by 10^6; null where none is known, and of one in transit, whose lines have it. */
  readonly costMoved: bigint | null;
  readonly entries: readonly {
    readonly lot: LotState | null;
    readonly onHand: ScaledQuantity;
    readonly unavailable: ScaledQuantity;
  }[];
  reversedBy: string | null;
}

export interface FoldState {
  readonly levels: ReadonlyMap<string, LevelState>;
  /** Lots by item id, then by code. */
  readonly lots: Map<string, Map<string, LotState>>;
  /** Lots by item id in the order of their expiry, as far as somebody asked; forgotten where it may have changed. */
  readonly lotOrder: Map<string, readonly LotState[]>;
  readonly reservations: Map<string, ReservationState>;
  readonly transits: Map<string, TransitState>;
  readonly originals: Map<string, OriginalState>;
  /** On-hand change of a level (or of a lot there) between a counted version and the fold's start, by changeKey. */
  readonly changesSince: ReadonlyMap<string, ScaledQuantity>;
  /** YYYY-MM, by UTC. */
  readonly closedMonths: ReadonlySet<string>;
  readonly newLotId: () => string;
  /** Set while an atomic group is being decided. */
  journal: Journal | null;
}

/** Undoes what was changed since it began. */
export class Journal {
  readonly #undo: (() => void)[] = [];

  /** Remembers how to take one step back. */
  note(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Takes everything back, the last step first. */
  rollBack(): void {
    for (const undo of this.#undo.reverse()) undo();
  }
}

/** To be called before an object of the state is changed: the journal, if there is one, keeps how it was. */
export function remember(state: FoldState, object: object): void {
  if (state.journal === null) return;
  const before = { ...object };
  state.journal.note(() => Object.assign(object, before));
}

/** Adds an entry to a map of the state; the journal, if there is one, can take it out again. */
export function add<K, V>(state: FoldState, map: Map<K, V>, entry: readonly [K, V]): void {
  state.journal?.note(() => map.delete(entry[0]));
  map.set(entry[0], entry[1]);
}

/** One change of one level: what the ledger will hold. */
export interface LedgerEntry {
  readonly movement: Movement;
  readonly level: LevelState;
  /** The level at the other end of a transfer or an arrival. */
  readonly counterpart: LevelState | null;
  readonly lot: LotState | null;
  /** What the lot has on hand there afterwards. */
  readonly lotBalanceAfter: ScaledQuantity | null;
  /** Change of what is on hand. */
  readonly quantity: ScaledQuantity;
  readonly balanceAfter: ScaledQuantity;
  readonly reservedChange: ScaledQuantity;
  readonly reservedAfter: ScaledQuantity;
  readonly unavailableChange: ScaledQuantity;
  readonly unavailableAfter: ScaledQuantity;
  readonly inTransitChange: ScaledQuantity;
  readonly inTransitAfter: ScaledQuantity;
  readonly version: number;
}

export interface Rejection {
  readonly status: "rejected";
  readonly code: RejectionCode;
  readonly detail: string;
}

/** Entries of the movement's own warehouse come first; there is at least one. */
export interface Application {
  readonly status: "applied";
  readonly entries: readonly LedgerEntry[];
  /** Average cost that left with a transfer that arrived at once, scaled by 10^6. */
  readonly costMoved?: bigint | null;
}

export type Decision = Application | Rejection;

/** Key of a level in the map that a fold works on. */
export function levelKey(itemId: string, warehouseId: string): string {
  return `${itemId}/${warehouseId}`;
}

/** Key of FoldState.changesSince. */
export function changeKey(level: LevelState, version: number, lotCode: string | null): string {
  return `${level.itemId}/${level.warehouseId}/${version}/${lotCode ?? ""}`;
}

/** The level, which must have been loaded. */
export function levelOf(state: FoldState, itemId: string, warehouseId: string): LevelState {
  const level = state.levels.get(levelKey(itemId, warehouseId));
  if (level === undefined) throw new Error(`level of ${itemId} at ${warehouseId} was not loaded`);
  return level;
}

/** What may be taken or promised: on hand without what is reserved (and not lapsed) and what is unavailable. */
export function availableOf(level: LevelState): ScaledQuantity {
  return level.onHand - (level.reserved - level.lapsed) - level.unavailable;
}

/** Says no, in the one form that rejections have. */
export function reject(code: RejectionCode, detail: string): Rejection {
  return { status: "rejected", code, detail };
}

/** Says no because more was asked for than there is. */
export function rejectShort(asked: ScaledQuantity, word: string, found: ScaledQuantity): Rejection {
  return reject(
    "insufficient_stock",
    `asked ${formatQuantity(asked)}, ${word} ${formatQuantity(found)}`,
  );
}
