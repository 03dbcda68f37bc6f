/** Applies the numbered SQL files of migrations/ in order, each in a transaction of its own, under an advisory lock. */
import { join } from "node:path";
import { runner } from "node-pg-migrate";
import { projectRoot } from "./projectRoot.ts";

interface MigrateOptions {
  /** As the owner of the database. */
  readonly databaseUrl: string;
  readonly log?: (line: string) => void;
}

/** Brings the schema up to date; answers the names of the migrations that were applied now. */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const log = options.log ?? (() => undefined);
  const applied = await runner({
    databaseUrl: options.databaseUrl,
    dir: join(projectRoot(), "migrations"),
    direction: "up",
    migrationsTable: "schema_migrations",
    checkOrder: true,
    advisoryLockMode: "wait",
    singleTransaction: false,
    verbose: false,
    logger: { debug: () => undefined, info: log, warn: log, error: log },
  });
  return applied.map((migration) => migration.name);
}
