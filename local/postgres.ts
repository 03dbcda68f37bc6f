/**
 * Embedded PostgreSQL: a real server as a child process, loopback TCP only, data under
 * STOCKLINE_HOME/postgres, passwords required, durable by default. What is committed survives any
 * stop, also a kill.
 */
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { awaitReady, startOnPort } from "./awaitReady.ts";
import { type ChildUser, type LocalChild, startChild } from "./childProcess.ts";
import {
  type BackendOptions,
  backendOf,
  bareEnvironment,
  type LocalBackend,
  logFileOf,
  makeFolder,
} from "./localBackend.ts";
import { codeOf, LocalError } from "./localError.ts";
import { type LocalSecrets, localSecrets } from "./localSecrets.ts";
import { postgresBinaries, postgresMajor } from "./postgresBinaries.ts";
import { clearPidFile } from "./postgresPidFile.ts";
import { DATABASE, ensureRoles } from "./postgresRoles.ts";
import { postgresUser } from "./postgresUser.ts";

const BUILTIN_LOCALES_SINCE = 17;

export interface PostgresOptions extends BackendOptions {
  /** Folder with initdb and postgres; the npm package's when missing. */
  readonly binDir?: string | undefined;
  /** False trades durability for speed; for tests. Default true. */
  readonly fsync?: boolean | undefined;
}

export interface LocalPostgres extends LocalBackend {
  /** As the superuser, on database `postgres`: for tests, never for the product. */
  readonly adminUrl: string;
  /** Address of another database on this server, as one of its roles. */
  urlOf(role: "postgres" | "owner" | "writer" | "reader", database: string): string;
}

interface Server {
  readonly options: PostgresOptions;
  readonly binDir: string;
  readonly folder: string;
  readonly data: string;
  readonly user: ChildUser | undefined;
  readonly secrets: LocalSecrets;
}

/** Starts PostgreSQL, making its data folder, roles and database at the first start. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const binDir = postgresBinaries(options.binDir);
  const folder = makeFolder(options.home, "postgres");
  const data = join(folder, "data");
  const user = postgresUser(folder, data, binDir);
  const server: Server = {
    options,
    binDir,
    folder,
    data,
    user,
    secrets: localSecrets(options.home),
  };
  if (existsSync(data)) checkVersion(server);
  else await initialize(server);
  await clearPidFile(data, options.log);
  return startOnPort(options.port, (port) => launch(server, port));
}

async function launch(server: Server, port: number): Promise<LocalPostgres> {
  const urlOf: LocalPostgres["urlOf"] = (role, database) => {
    const name = role === "postgres" ? role : `stockline_${role}`;
    return `postgres://${name}:${server.secrets[role]}@127.0.0.1:${port}/${database}`;
  };
  const adminUrl = urlOf("postgres", "postgres");
  const settings = settingsOf(port, server.options.fsync ?? true);
  const args = ["-D", server.data, ...settings.flatMap((setting) => ["-c", setting])];
  const child = await run(server, "postgres", args);
  await awaitReady(child, async () => {
    if (!(await accepts(adminUrl, server.options.home))) return false;
    await ensureRoles(adminUrl, server.secrets);
    return true;
  });
  const env = {
    DATABASE_URL: urlOf("writer", DATABASE),
    DATABASE_OWNER_URL: urlOf("owner", DATABASE),
    DATABASE_READ_URL: urlOf("reader", DATABASE),
  };
  return { ...backendOf(child, port, env), adminUrl, urlOf };
}

function settingsOf(port: number, fsync: boolean): string[] {
  const settings = [
    ...["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories="],
    ...["password_encryption=scram-sha-256", "timezone=UTC", "log_timezone=UTC"],
    ...["shared_buffers=128MB", "max_connections=200"],
  ];
  if (fsync) return settings;
  const fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  return [...settings, ...fast, "wal_level=minimal", "max_wal_senders=0"];
}

/** Makes the data folder beside its final name, so one that was cut short is never used. */
async function initialize(server: Server): Promise<void> {
  const draft = `${server.data}.new`;
  rmSync(draft, { recursive: true, force: true });
  const passwordFile = join(server.folder, "password");
  writeFileSync(passwordFile, `${server.secrets.postgres}\n`, { mode: 0o600 });
  if (server.user !== undefined) chownSync(passwordFile, server.user.uid, server.user.gid);
  const major = postgresMajor(server.binDir);
  const locale =
    major < BUILTIN_LOCALES_SINCE
      ? ["--locale=C.UTF-8"]
      : ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const args = [
    ...["-D", draft, "--username=postgres", `--pwfile=${passwordFile}`],
    ...["--auth=scram-sha-256", "--encoding=UTF8", ...locale],
    ...(server.options.fsync === false ? ["--no-sync"] : []),
  ];
  const initdb = await run(server, "initdb", args);
  const { code } = await initdb.exited;
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    throw new LocalError(
      `PostgreSQL could not make its data folder ${server.data} (initdb status ${code}). ` +
        `Its log ends:\n${initdb.logTail()}`,
    );
  }
  renameSync(draft, server.data);
}

function run(server: Server, program: "initdb" | "postgres", args: string[]): Promise<LocalChild> {
  return startChild({
    name: program,
    command: join(server.binDir, program),
    args,
    cwd: server.folder,
    env: bareEnvironment(),
    logFile: logFileOf(server.options.home, "postgres"),
    user: server.user,
    stopSignal: "SIGINT",
  });
}

function checkVersion(server: Server): void {
  const found = Number(readFileSync(join(server.data, "PG_VERSION"), "utf8"));
  const expected = postgresMajor(server.binDir);
  if (found === expected) return;
  throw new LocalError(
    `${server.data} holds data of PostgreSQL ${found}, but the server here is ${expected}. ` +
      "Choose another data folder with STOCKLINE_HOME, or remove this one to begin anew.",
  );
}

/** Whether the server takes our password now; it refuses connections while it recovers. */
async function accepts(adminUrl: string, home: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on("error", () => undefined); // A server that goes away again is met by the next probe.
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if (codeOf(error) !== "28P01") return false;
    throw new LocalError(
      `PostgreSQL refuses the password in ${join(home, "keys/passwords.json")}, so that file does not ` +
        "belong to this data. Put the old file back, or remove the data folder to begin anew.",
    );
  }
}
