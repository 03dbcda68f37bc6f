/** A login of PostgreSQL as something that Secrets Manager rotates. */
import {
  type Database,
  type LoginSecret,
  nextUsername,
  setLogin,
  withUrls,
} from "./databaseLogins.ts";
import type { RotatedServer } from "./rotation.ts";
import type { Fields } from "./secretVersions.ts";

/** A connection that is ended after the work. */
export type WithDatabase = <T>(url: string, work: (database: Database) => Promise<T>) => Promise<T>;

/** Sets passwords as the administrator; where logins alternate, the one in use keeps its password until the next rotation. */
export function loginRotation(
  readAdminUrl: () => Promise<string>,
  withDatabase: WithDatabase,
): RotatedServer {
  return {
    next: (current, password) => {
      const secret = parseLogin(current);
      return { ...withUrls({ ...secret, password, username: nextUsername(secret) }) };
    },
    take: async (pending) => {
      await withDatabase(await readAdminUrl(), (database) =>
        setLogin(database, parseLogin(pending)),
      );
    },
    check: async (pending) => {
      const { url = "" } = parseLogin(pending);
      await withDatabase(url, (database) => database.query("select 1"));
    },
  };
}

/** Reads a login's secret; throws with the name of a field that is missing. */
export function parseLogin(fields: Fields): LoginSecret {
  const need = (name: string): string => {
    const value = fields[name];
    if (value === undefined || value === "") throw new Error(`the secret has no field "${name}"`);
    return value;
  };
  return {
    username: need("username"),
    password: need("password"),
    role: fields["role"],
    alternates: fields["alternates"] === "yes" ? "yes" : "no",
    host: need("host"),
    host_2: fields["host_2"],
    port: need("port"),
    dbname: need("dbname"),
    url: fields["url"],
    url_2: fields["url_2"],
  };
}
