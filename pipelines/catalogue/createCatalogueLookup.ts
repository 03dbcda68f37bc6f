/**
 * Items by SKU and warehouses by code for the hot paths, cached in the process (items 5 min, warehouses 1 h).
 * A write anywhere drops the entry everywhere; while Redis can't bring such news, entries live 5 s. What does not
 * exist is never cached. Misses of one turn of the event loop share one statement.
 */
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Db } from "../../platform/postgres.ts";
import type { Redis } from "../../platform/redis.ts";
import {
  announceCatalogueChange,
  type CatalogueChange,
  listenToCatalogueChanges,
} from "./catalogueChanges.ts";
import { createEntryCache } from "./createEntryCache.ts";
import {
  type ItemEntry,
  itemsBySku,
  type WarehouseEntry,
  warehousesByCode,
} from "./queries/lookups.ts";

const ITEM_TTL_MS = 5 * 60_000;
const WAREHOUSE_TTL_MS = 60 * 60_000;
/** Lifetime while news of writes can't arrive. */
const UNREACHABLE_TTL_MS = 5_000;
/** About 300 bytes an entry: at most some 60 MB. */
const ITEMS_MAX = 200_000;
const WAREHOUSES_MAX = 20_000;

interface LookupDeps {
  readonly db: Db;
  /** Without it nothing can be told of writes elsewhere, and entries live 5 s. */
  readonly redis?: Redis | undefined;
  readonly redisPrefix?: string | undefined;
  readonly metrics?: Pick<Metrics, "cacheLookups" | "beforeCacheLookups"> | undefined;
  readonly log?: Log | undefined;
}

export interface CatalogueLookup {
  /** The item of a SKU (exact, NFC), archived ones too; undefined where there is none. */
  itemBySku(sku: string): Promise<ItemEntry | undefined>;
  /** The warehouse of a code, archived ones too; undefined where there is none. */
  warehouseByCode(code: string): Promise<WarehouseEntry | undefined>;
  /** The items of many SKUs by SKU; those that do not exist are missing. */
  itemsBySku(skus: readonly string[]): Promise<Map<string, ItemEntry>>;
  /** The warehouses of many codes by code; those that do not exist are missing. */
  warehousesByCode(codes: readonly string[]): Promise<Map<string, WarehouseEntry>>;
  /** Call after the commit of a write: drops the entries here at once and tells every other process. */
  announce(change: CatalogueChange): Promise<void>;
  /** True while news of writes elsewhere arrive. */
  reachable(): boolean;
  close(): void;
}

/** Makes the look-ups of one process; `close` ends their Redis connection. */
export function createCatalogueLookup(deps: LookupDeps): CatalogueLookup {
  const { db, redis, metrics, redisPrefix = "stockline" } = deps;
  let reachable = false;
  const ttlMs = (whenReachable: number) => () => (reachable ? whenReachable : UNREACHABLE_TTL_MS);
  const items = createEntryCache(
    { name: "items", entriesMax: ITEMS_MAX, ttlMs: ttlMs(ITEM_TTL_MS), metrics },
    async (skus) => new Map((await itemsBySku(db, skus)).map((row) => [row.sku, row])),
  );
  const warehouses = createEntryCache(
    { name: "warehouses", entriesMax: WAREHOUSES_MAX, ttlMs: ttlMs(WAREHOUSE_TTL_MS), metrics },
    async (codes) => new Map((await warehousesByCode(db, codes)).map((row) => [row.code, row])),
  );
  const drop = ({ skus = [], codes = [], all = false }: CatalogueChange): void => {
    if (all || skus.length > 0) items.drop(all ? "all" : skus);
    if (all || codes.length > 0) warehouses.drop(all ? "all" : codes);
  };
  const onReachable = (now: boolean): void => {
    reachable = now;
    drop({ all: true }); // what was written in between is not known here
  };
  const stopListening =
    redis === undefined
      ? () => undefined
      : listenToCatalogueChanges(
          { redis, prefix: redisPrefix, log: deps.log },
          { onChange: drop, onReachable },
        );
  return {
    itemBySku: async (sku) => (await items.get([sku])).get(sku),
    warehouseByCode: async (code) => (await warehouses.get([code])).get(code),
    itemsBySku: (skus) => items.get(skus),
    warehousesByCode: (codes) => warehouses.get(codes),
    announce: async (change) => {
      drop(change);
      if (redis !== undefined) await announceCatalogueChange(redis, redisPrefix, change);
    },
    reachable: () => reachable,
    close: stopListening,
  };
}
