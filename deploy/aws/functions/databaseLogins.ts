/**
 * Logins of the database: made, given their rights, and given new passwords. Statements can't take names and passwords as
 * parameters there, so both are checked against a strict form before they are written into one.
 */

/** What a login's secret holds. Hosts and URLs are there once the set-up has run. */
export interface LoginSecret {
  readonly username: string;
  readonly password: string;
  /** The role whose rights the login has; none for the administrator. */
  readonly role?: string | undefined;
  readonly alternates: "yes" | "no";
  readonly host: string;
  readonly host_2?: string | undefined;
  readonly port: string;
  readonly dbname: string;
  readonly url?: string | undefined;
  readonly url_2?: string | undefined;
}

/** The part of a pg client that is needed here. */
export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const PASSWORD = /^[A-Za-z0-9]{16,128}$/;

function checked(value: string, form: RegExp, what: string): string {
  if (!form.test(value))
    throw new Error(`the secret's ${what} has a form that is not taken: ${form}`);
  return value;
}

/** The login after this one: the other of `<role>_a` and `<role>_b` where logins alternate, else the same. */
export function nextUsername({ username, role, alternates }: LoginSecret): string {
  if (alternates === "no" || role === undefined) return username;
  return username === `${role}_a` ? `${role}_b` : `${role}_a`;
}

/** The secret with its URLs: one a host, TLS with the server's name checked. */
export function withUrls(secret: LoginSecret): LoginSecret {
  const urlOf = (host: string) =>
    `postgres://${secret.username}:${secret.password}@${host}:${secret.port}/${secret.dbname}?sslmode=verify-full`;
  const { host, host_2: second = host } = secret;
  return { ...secret, url: urlOf(host), url_2: urlOf(second) };
}

/** Makes the login if it is not there, sets its password and gives it its role's rights. As the administrator; safe to repeat. */
export async function setLogin(database: Database, secret: LoginSecret): Promise<void> {
  const username = checked(secret.username, NAME, "username");
  const password = checked(secret.password, PASSWORD, "password");
  await makeRole(database, username);
  await database.query(`alter role ${username} login password '${password}'`);
  if (secret.role === undefined || secret.role === username) return;
  const role = checked(secret.role, NAME, "role");
  await makeRole(database, role);
  await database.query(`grant ${role} to ${username}`);
}

async function makeRole(database: Database, name: string): Promise<void> {
  const { rows } = await database.query("select from pg_roles where rolname = $1", [name]);
  if (rows.length === 0) await database.query(`create role ${name} nologin`);
}

/** Extension, owner and rights of the database itself, before the first migration. As the administrator; safe to repeat. */
export async function setUpDatabase(database: Database, dbname: string): Promise<void> {
  const name = checked(dbname, NAME, "dbname");
  for (const role of ["stockline_owner", "stockline_writer", "stockline_reader"]) {
    await makeRole(database, role);
  }
  await database.query("create extension if not exists postgis");
  await database.query("create extension if not exists pg_stat_statements");
  await database.query("grant stockline_owner to current_user"); // RDS' administrator is no superuser
  await database.query(`alter database ${name} owner to stockline_owner`);
  await database.query("grant create, usage on schema public to stockline_owner");
  await database.query(`revoke connect on database ${name} from public`);
  await database.query(`grant connect on database ${name} to stockline_writer, stockline_reader`);
}
