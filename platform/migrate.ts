/** Applies the numbered SQL files of migrations/ in order, each in a transaction of its own, under an advisory lock. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { runner } from "node-pg-migrate";

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

/** The folder that holds package.json, seen from the sources as well as from dist/. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
