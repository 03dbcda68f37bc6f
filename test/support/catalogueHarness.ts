/** The API harness with the catalogue's and the stock's routes, and builders for what their tests need. */
import { createHash } from "node:crypto";
import { itemRoutes } from "../../api/items/routes.ts";
import { reorderPolicyRoutes } from "../../api/reorderPolicies/routes.ts";
import { stockRoutes } from "../../api/stock/routes.ts";
import { supplierItemRoutes } from "../../api/supplierItems/routes.ts";
import { supplierRoutes } from "../../api/suppliers/routes.ts";
import { warehouseRoutes } from "../../api/warehouses/routes.ts";
import { createCatalogueLookup } from "../../pipelines/catalogue/index.ts";
import { createPersonalData } from "../../pipelines/privacy/index.ts";
import {
  createLevelCache,
  createLevelReader,
  type LevelCache,
} from "../../pipelines/stock/index.ts";
import { newId } from "../../platform/clock.ts";
import type { Context } from "../../platform/context.ts";
import { type ApiHarness, createApiHarness } from "./apiHarness.ts";

/** One change of a level. */
export interface EntryGiven {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly quantity: number;
  readonly occurredAt?: string;
  readonly counterpartId?: string;
}

export interface CatalogueHarness extends ApiHarness {
  readonly cache: LevelCache;
  /** Creates an item, warehouse or the like and answers its body; throws unless 201. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  create(path: string, body: unknown): Promise<any>;
  /** Writes ledger entries and the level, as the apply batch would, and invalidates the cache; answers the version. */
  enter(entry: EntryGiven): Promise<number>;
  /** Types of the events of an entity, in order. */
  eventTypes(entityId: string): Promise<string[]>;
}

/** Builds it; close it in afterAll. */
export async function createCatalogueHarness(
  env: Readonly<Record<string, string>> = {},
): Promise<CatalogueHarness> {
  let cache: LevelCache | undefined;
  const routesOf = (context: Context) => {
    const { db, redis, config, metrics, log, lifecycle } = context;
    const redisPrefix = config.REDIS_PREFIX;
    const catalogue = createCatalogueLookup({ db, redis, redisPrefix, metrics, log });
    lifecycle.onStop("catalogue lookup", () => catalogue.close());
    cache = createLevelCache(redis, redisPrefix, metrics);
    const levels = createLevelReader({ db, cache, metrics });
    const personal = createPersonalData({ db, wrapper: context.keyWrapper });
    const deps = { db, catalogue, levels, personal };
    return [
      ...itemRoutes(deps),
      ...warehouseRoutes(deps),
      ...supplierRoutes(deps),
      ...supplierItemRoutes(deps),
      ...reorderPolicyRoutes(deps),
      ...stockRoutes(deps),
    ];
  };
  const harness = await createApiHarness({ routes: routesOf, env });
  const { db } = harness.context;
  if (cache === undefined) throw new Error("the routes were not built");
  const levelCache = cache;
  return {
    ...harness,
    cache: levelCache,
    create: async (path, body) => {
      const answer = await harness.request("POST", path, { body });
      if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    enter: async (entry) => {
      const version = await enterMovement(db, entry);
      await levelCache.invalidate([{ ...entry, version }]);
      return version;
    },
    eventTypes: async (entityId) => {
      const { rows } = await db.query<{ type: string }>(
        "select type from events where partition_key = $1 order by lane, position",
        [entityId],
      );
      return rows.map((row) => row.type);
    },
  };
}

async function enterMovement(db: Context["db"], entry: EntryGiven): Promise<number> {
  const { rows } = await db.query<{ on_hand: string; version: number }>(
    `insert into stock_levels as s (item_id, warehouse_id, lane, on_hand, version, updated_at)
     values ($1, $2, lane_of($1), $3, 1, now())
     on conflict (item_id, warehouse_id) do update
     set on_hand = s.on_hand + excluded.on_hand, version = s.version + 1, updated_at = now()
     returning on_hand, version`,
    [entry.itemId, entry.warehouseId, entry.quantity],
  );
  const level = rows[0];
  if (level === undefined) throw new Error("no level was written");
  const hash = createHash("sha256").update(`${entry.itemId} ${level.version}`).digest();
  await db.query(
    `insert into stock_movements (movement_id, type, item_id, warehouse_id, quantity, balance_after, version,
       lane, position, counterpart_warehouse_id, reason, reference_type, reference_id, source, actor,
       occurred_at, recorded_at, previous_hash, hash)
     values ($1, 'adjustment', $2, $3, $4, $5, $6, lane_of($2), $6, $7, 'because', 'test', 'T-1', 'api', 'tester',
       coalesce($8::timestamptz, now()), now(), '\\x', $9)`,
    [
      newId(),
      entry.itemId,
      entry.warehouseId,
      entry.quantity,
      level.on_hand,
      level.version,
      entry.counterpartId ?? null,
      entry.occurredAt ?? null,
      hash,
    ],
  );
  return level.version;
}
