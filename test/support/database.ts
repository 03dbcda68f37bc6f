/**
 * A database for one test file: a clone of the migrated template on the run's own server, so that
 * test files run side by side and leave nothing to each other.
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { codeOf } from "../../local/localError.ts";
import { TEMPLATE_DATABASE, testBackends } from "./backends.ts";
import { waitFor } from "./waitFor.ts";

/** SQLSTATE object_in_use: somebody is connected to the template, or is cloning it this moment. */
const OBJECT_IN_USE = "55006";

export interface TestDatabase {
  readonly name: string;
  readonly ownerUrl: string;
  readonly writerUrl: string;
  readonly readerUrl: string;
  /** As the superuser, on this database. */
  readonly adminUrl: string;
  /** Variables that point a product process at this database. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends whatever is still connected and removes the database. */
  drop(): Promise<void>;
}

/** Clones the template under a name of its own; takes some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const backends = testBackends();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await waitFor("a clone of the template database", () => clone(backends.adminUrl, name));
  const at = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const ownerUrl = at(backends.ownerUrl);
  const writerUrl = at(backends.writerUrl);
  const readerUrl = at(backends.readerUrl);
  return {
    name,
    ownerUrl,
    writerUrl,
    readerUrl,
    adminUrl: at(backends.adminUrl),
    env: {
      DATABASE_URL: writerUrl,
      DATABASE_OWNER_URL: ownerUrl,
      DATABASE_READ_URL: readerUrl,
    },
    drop: async () => {
      await asAdmin(backends.adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function clone(adminUrl: string, name: string): Promise<true | undefined> {
  try {
    const statement = `create database ${name} template ${TEMPLATE_DATABASE} owner stockline_owner`;
    await asAdmin(adminUrl, statement);
    return true;
  } catch (error) {
    if (codeOf(error) === OBJECT_IN_USE) return undefined;
    throw error;
  }
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
