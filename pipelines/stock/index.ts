/** Stock as it is read: levels now and at any past moment, their ledger, what binds them, and the cache in front of them. */
export { createLevelReader, type LevelReader } from "./createLevelReader.ts";
export { digestLateEntries } from "./digestLateEntries.ts";
export { createLevelCache, type LevelCache } from "./levelCache.ts";
export { type LedgerRow, ledgerEntriesList } from "./queries/ledger.ts";
export {
  type LowLevel,
  lowLevelsList,
  type NamedLevel,
  stockLevelsList,
  stockLevelsOfItem,
} from "./queries/levels.ts";
export { type LotRow, lotBalancesList } from "./queries/lots.ts";
export {
  type NamedPastLevel,
  type PastLevel,
  stockLevelAsOf,
  stockLevelsAsOfList,
} from "./queries/past.ts";
export {
  RESERVATION_STATUSES,
  reservationRead,
  reservationsList,
} from "./queries/reservations.ts";
export { type TransitRow, transitsList } from "./queries/transits.ts";
export type { LevelKey, StockLevel } from "./stockLevel.ts";
