/** What housekeeping works with in tests: the given database, the run's object storage, and the days of the defaults. */
import type { HousekeepingDeps } from "../../pipelines/housekeeping/index.ts";
import { readConfig } from "../../platform/config.ts";
import { createObjectStorage, type ObjectStorage } from "../../platform/objectStorage.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { testBackends } from "./backends.ts";
import { testPersonalData } from "./personalData.ts";

/** Storage of the run's own object server, maybe with other variables; close it after. */
function testStorage(env: Readonly<Record<string, string>> = {}): ObjectStorage {
  const database = { DATABASE_URL: "postgres://nobody@127.0.0.1/nothing" };
  return createObjectStorage(readConfig({ ...testBackends().env, ...database, ...env }));
}

/** Dependencies of keepHouse on this database. */
export function housekeepingOf(db: DbPool, storage = testStorage()): HousekeepingDeps {
  const reports = { reportFilesDays: 365, reportRowsDays: 730 };
  const personal = testPersonalData(db);
  return { db, storage, personal, importRowsDays: 30, importFilesDays: 30, ...reports };
}
