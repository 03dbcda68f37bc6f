/** A database of its own for the test file that calls this at its top, with a pool as the working role; both gone after it. */
import { afterAll, beforeAll } from "vitest";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

/** Usable from the file's own beforeAll on. */
export interface OwnDatabase {
  readonly database: TestDatabase;
  readonly db: DbPool;
}

/** Registers the set-up and the clean-up; `connections` is the most that the file uses at once. */
export function useTestDatabase(connections = 8): OwnDatabase {
  let made: OwnDatabase | undefined;
  beforeAll(async () => {
    const database = await createTestDatabase();
    const db = createPool({
      url: database.writerUrl,
      applicationName: "test",
      max: connections,
      role: "stockline_writer",
    });
    made = { database, db };
  });
  afterAll(async () => {
    await made?.db.end();
    await made?.database.drop();
  });
  const present = (): OwnDatabase => {
    if (made === undefined) throw new Error("the test database is there from beforeAll on");
    return made;
  };
  return {
    get database() {
      return present().database;
    },
    get db() {
      return present().db;
    },
  };
}
