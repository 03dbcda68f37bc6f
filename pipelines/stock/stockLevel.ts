/** A stock level as it is read: quantities as decimal strings, exactly as the database wrote them. */

/** Names a level. */
export interface LevelKey {
  readonly itemId: string;
  readonly warehouseId: string;
}

/** A level and what is on order for it. */
export interface StockLevel {
  readonly onHand: string;
  /** Without what reservations hold that have lapsed. */
  readonly reserved: string;
  readonly unavailable: string;
  /** On hand less reserved and unavailable. */
  readonly available: string;
  /** Ordered and not yet received. */
  readonly incoming: string;
  readonly inTransit: string;
  readonly averageCost: string | null;
  /** Number of ledger entries of the level; 0 before the first. */
  readonly version: number;
  /** RFC 3339; null before the first movement. */
  readonly updatedAt: string | null;
}

/** The level of an item at a warehouse where it never moved. */
export const EMPTY_LEVEL: StockLevel = {
  onHand: "0",
  reserved: "0",
  unavailable: "0",
  available: "0",
  incoming: "0",
  inTransit: "0",
  averageCost: null,
  version: 0,
  updatedAt: null,
};

/** Text of a level's key, for maps and Redis. */
export function levelKeyText(key: LevelKey): string {
  return `${key.itemId}:${key.warehouseId}`;
}
