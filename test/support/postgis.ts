/**
 * A second server for the geographic tests: Debian's PostgreSQL 15 with PostGIS, started on demand.
 * Where it is not installed these tests are skipped, and the reason is printed.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";

const BIN_DIR = "/usr/lib/postgresql/15/bin";
const EXTENSION = "/usr/share/postgresql/15/extension/postgis.control";

/** Starts it in a folder of its own; undefined where PostGIS is not installed. Stop removes all. */
export async function startPostgis(): Promise<LocalPostgres | undefined> {
  const missing = [join(BIN_DIR, "postgres"), EXTENSION].find((file) => !existsSync(file));
  if (missing !== undefined) {
    console.log(`No PostGIS tests: ${missing} is missing (Debian: postgresql-15-postgis-3).`);
    return undefined;
  }
  const home = mkdtempSync(join(tmpdir(), "stockline-postgis-"));
  const log = (line: string): void => console.log(line);
  const postgres = await startPostgres({ home, log, binDir: BIN_DIR, fsync: false });
  return {
    ...postgres,
    stop: async () => {
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
