/** What a batch writes, gathered column by column while it is folded: one array a column, all of one length a table. */

/** Hashes are hexadecimal digits, times ISO 8601. Places are those of the movements' inbox rows: what the movement said is taken from there. */
export interface BatchColumns {
  readonly levels: LevelColumns;
  readonly entries: EntryColumns;
  readonly outcomes: OutcomeColumns;
  readonly events: EventColumns;
  /** Only lanes that decided something. */
  readonly lanes: LaneColumns;
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

interface EntryColumns {
  readonly place: string[];
  readonly warehouseId: string[];
  readonly counterpartWarehouseId: (string | null)[];
  readonly quantity: string[];
  readonly balanceAfter: string[];
  readonly reservedChange: string[];
  readonly reservedAfter: string[];
  readonly unavailableChange: string[];
  readonly unavailableAfter: string[];
  readonly inTransitChange: string[];
  readonly inTransitAfter: string[];
  readonly lotId: (string | null)[];
  readonly lotBalanceAfter: (string | null)[];
  readonly version: number[];
  readonly position: number[];
  readonly recordedAt: string[];
  readonly previousHash: string[];
  readonly hash: string[];
}

interface OutcomeColumns {
  readonly place: string[];
  readonly status: string[];
  readonly code: (string | null)[];
  readonly detail: (string | null)[];
  readonly version: (number | null)[];
  readonly balanceAfter: (string | null)[];
  readonly decidedAt: string[];
}

interface EventColumns {
  readonly lane: number[];
  readonly position: number[];
  readonly id: string[];
  readonly type: string[];
  readonly movementId: string[];
  readonly partitionKey: string[];
  /** JSON texts without line breaks, as JSON.stringify writes them. */
  readonly data: string[];
  readonly recordedAt: string[];
  readonly traceparent: (string | null)[];
}

interface LaneColumns {
  readonly id: number[];
  readonly nextPosition: number[];
  /** Every movement of the lane up to here is decided, and nothing can still commit below. */
  readonly lowWater: number[];
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
    entries: {
      place: [],
      warehouseId: [],
      counterpartWarehouseId: [],
      quantity: [],
      balanceAfter: [],
      reservedChange: [],
      reservedAfter: [],
      unavailableChange: [],
      unavailableAfter: [],
      inTransitChange: [],
      inTransitAfter: [],
      lotId: [],
      lotBalanceAfter: [],
      version: [],
      position: [],
      recordedAt: [],
      previousHash: [],
      hash: [],
    },
    outcomes: {
      place: [],
      status: [],
      code: [],
      detail: [],
      version: [],
      balanceAfter: [],
      decidedAt: [],
    },
    events: {
      lane: [],
      position: [],
      id: [],
      type: [],
      movementId: [],
      partitionKey: [],
      data: [],
      recordedAt: [],
      traceparent: [],
    },
    lanes: { id: [], nextPosition: [], lowWater: [], recordedAt: [] },
  };
}
