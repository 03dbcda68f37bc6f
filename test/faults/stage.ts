/**
 * The stage of a fault: a running product whose Redis, PostgreSQL and network are its own where the fault hurts them, with items,
 * warehouses and clients. Everything is gone after stop().
 */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { LocalBackend } from "../../local/localBackend.ts";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import { startRedis } from "../../local/redis.ts";
import { migrate } from "../../platform/migrate.ts";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { testBackends } from "../support/backends.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../support/catalogue.ts";
import type { FaultRun } from "../support/faultRun.ts";
import { type Instance, type ProcessName, startInstance } from "../support/instance.ts";
import { type Load, type LoadOptions, startLoad } from "../support/load.ts";
import { expectSoundBooks, undoneMovements } from "../support/oracle/checkBooks.ts";
import { type PostgresProxy, startPostgresProxy } from "./postgresProxy.ts";

const SKUS = {
  plain: Array.from({ length: 16 }, (_, n) => `PLAIN-${n}`),
  lot: Array.from({ length: 4 }, (_, n) => `LOT-${n}`),
  serial: ["SERIAL-0", "SERIAL-1"],
};
const WAREHOUSES = ["MAIN", "EAST", "NEG"];

export interface StageOptions {
  /** Processes to begin with. Default: one api. */
  readonly processes?: readonly ProcessName[];
  /** A Redis, a PostgreSQL of the stage's own, to be stopped or broken. */
  readonly ownRedis?: boolean;
  readonly ownPostgres?: boolean;
  /** Where the stage's own PostgreSQL keeps its data; the stage's home if not said. */
  readonly postgresHome?: string;
  /** A PostgreSQL that the caller has started and will stop, migrated. */
  readonly postgres?: LocalPostgres;
  /** The product reaches PostgreSQL by a proxy. */
  readonly proxied?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly instance: Instance;
  readonly items: readonly SeededItem[];
  /** Id of the warehouse MAIN. */
  readonly mainWarehouse: string;
  /** Straight to the database, as the working role. */
  readonly db: DbPool;
  /** Straight to the database, as the working role and as the superuser. */
  readonly writerUrl: string;
  readonly adminUrl: string;
  readonly home: string;
  readonly redis: LocalBackend | undefined;
  readonly postgres: LocalPostgres | undefined;
  readonly proxy: PostgresProxy;
  startLoad(run: Pick<FaultRun, "random">, options?: Partial<LoadOptions>): Promise<Load>;
  decided(): Promise<number>;
  /** Whether every accepted movement is decided. */
  isSettled(): Promise<boolean>;
  expectSound(...loads: Load[]): Promise<void>;
  /** Keeps the stop of something started later, to be called before the stage's own. */
  onStop(stop: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

/** Sets the stage; stop it in any case (tests use withStage). */
async function setStage(options: StageOptions): Promise<Stage> {
  const home = mkdtempSync(join(testBackends().home, "stage-"));
  const stops: (() => Promise<unknown>)[] = [];
  const kept = <B extends { stop(): Promise<unknown> }>(backend: B): B => {
    stops.push(() => backend.stop());
    return backend;
  };
  const redis = options.ownRedis
    ? kept(await startRedis({ home, log: () => undefined }))
    : undefined;
  const postgres = options.ownPostgres
    ? kept(await startOwnPostgres(options.postgresHome ?? home))
    : options.postgres;
  const sharedPort = Number(new URL(testBackends().writerUrl).port);
  const proxy = kept(await startPostgresProxy(postgres?.port ?? sharedPort));
  const instance = kept(
    await startInstance({
      processes: options.processes ?? ["api"],
      env: { ...redis?.env, ...postgres?.env, ...options.env },
      ...(options.proxied ? { databaseThrough: (url: string) => proxy.through(url) } : {}),
    }),
  );
  const { urls, db } = openDatabase(instance, postgres);
  stops.push(() => db.end());
  const { items, mainWarehouse } = await seed(db);
  const { writerUrl, adminUrl } = urls;
  return {
    ...stageOf({ instance, db, items, stops }),
    mainWarehouse,
    writerUrl,
    adminUrl,
    home,
    redis,
    postgres,
    proxy,
  };
}

function openDatabase(instance: Instance, postgres: LocalPostgres | undefined) {
  const own = postgres && {
    writerUrl: postgres.urlOf("writer", "stockline"),
    adminUrl: postgres.urlOf("postgres", "stockline"),
  };
  const urls = own ?? instance.database;
  const url = urls.writerUrl;
  const db = createPool({ url, applicationName: "test", max: 6, role: "stockline_writer" });
  return { urls, db };
}

async function startOwnPostgres(home: string): Promise<LocalPostgres> {
  const postgres = await startPostgres({ home, log: () => undefined });
  await migrate({ databaseUrl: postgres.urlOf("owner", "stockline") });
  return postgres;
}

async function seed(db: DbPool): Promise<{ items: SeededItem[]; mainWarehouse: string }> {
  const items = await seedItems(db, [...SKUS.plain, ...SKUS.lot, ...SKUS.serial]);
  await db.query({
    text: "update inventory_items set tracking = lower(split_part(sku, '-', 1)) where sku !~ '^PLAIN'",
  });
  const [mainWarehouse = ""] = await seedWarehouses(db, WAREHOUSES.slice(0, 2));
  await seedWarehouses(db, WAREHOUSES.slice(2), { allowNegative: true });
  return { items, mainWarehouse };
}

interface StageParts {
  readonly instance: Instance;
  readonly db: DbPool;
  readonly items: readonly SeededItem[];
  readonly stops: (() => Promise<unknown>)[];
}

function stageOf({ instance, db, items, stops }: StageParts) {
  const decided = async (): Promise<number> => {
    const { rows } = await db.query<{ n: number }>({
      text: "select count(*) as n from movement_outcomes",
    });
    return rows[0]?.n ?? 0;
  };
  return {
    instance,
    db,
    items,
    decided,
    isSettled: async () => (await undoneMovements(db)) === 0,
    startLoad: async (
      { random }: Pick<FaultRun, "random">,
      more: Partial<LoadOptions> = {},
    ): Promise<Load> =>
      startLoad({
        urls: () => [instance.url],
        token: await instance.token("operator"),
        random,
        skus: SKUS,
        warehouses: WAREHOUSES,
        kinds: "full",
        decided,
        ...more,
      }),
    expectSound: (...loads: Load[]) => expectSoundBooks(db, loads),
    onStop: (stop: () => Promise<unknown>) => void stops.push(stop),
    stop: async () => {
      for (const stop of stops.reverse()) await stop();
    },
  };
}

/** Runs the body on a stage of its own. */
export async function withStage(
  options: StageOptions,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = await setStage(options);
  try {
    await body(stage);
  } finally {
    await stage.stop();
  }
}

/** The rows of one statement, as the superuser. */
export async function queryAdmin(
  adminUrl: string,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Runs statements as the superuser, one after another on one connection. */
export async function asAdmin(adminUrl: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
