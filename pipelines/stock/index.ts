/** Stock as it is read: levels now and at any past moment, the ledger of a level, and the cache in front of them. */
export { createLevelReader, type LevelReader } from "./createLevelReader.ts";
export { createLevelCache, type LevelCache } from "./levelCache.ts";
export {
  type LedgerRow,
  type LowLevel,
  ledgerEntriesList,
  lowLevelsList,
  type NamedLevel,
  type PastLevel,
  stockLevelsAsOf,
  stockLevelsList,
  stockLevelsOfItem,
  stockOfItemAsOf,
} from "./queries.ts";
export type { LevelKey, StockLevel } from "./stockLevel.ts";
