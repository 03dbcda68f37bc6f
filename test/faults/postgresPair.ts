/** Two PostgreSQL servers, the second a streaming standby of the first, made from a cold copy: no more programs than the server's own. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  existsSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import { migrate } from "../../platform/migrate.ts";
import { waitFor } from "../support/waitFor.ts";
import { type PostgresProxy, startPostgresProxy } from "./postgresProxy.ts";
import { asAdmin, queryAdmin } from "./stage.ts";

export interface PostgresPair {
  readonly primary: LocalPostgres;
  readonly standby: LocalPostgres;
  /** What the standby reaches the primary by. */
  readonly link: PostgresProxy;
  stop(): Promise<void>;
}

const log = () => undefined;

/** Starts both below `home`, migrated; `synchronous`: a commit on the first waits for the second. */
export async function startPostgresPair(home: string, synchronous: boolean): Promise<PostgresPair> {
  const [firstHome, secondHome] = [join(home, "first"), join(home, "second")];
  const made = await startPostgres({ home: firstHome, log });
  await migrate({ databaseUrl: made.urlOf("owner", "stockline") });
  await made.stop();
  execFileSync("cp", ["-a", firstHome, secondHome]);
  if (synchronous) configure(firstHome, ["synchronous_standby_names = 'second'"]);
  const { password } = new URL(made.adminUrl);
  const link = await startPostgresProxy(made.port);
  const source = `host=127.0.0.1 port=${link.port} user=postgres password=${password} application_name=second sslmode=disable gssencmode=disable`;
  configure(secondHome, [`primary_conninfo = '${source}'`]);
  const data = join(secondHome, "postgres/data");
  const { uid, gid } = statSync(data);
  writeFileSync(join(data, "standby.signal"), "");
  chownSync(join(data, "standby.signal"), uid, gid);
  const primary = await startPostgres({ home: firstHome, port: made.port, log });
  const standby = await startPostgres({ home: secondHome, log });
  await waitFor("the standby to follow", () => isFollowed(primary, synchronous));
  return {
    primary,
    standby,
    link,
    stop: async () => {
      await link.stop();
      await standby.stop();
      await primary.stop();
    },
  };
}

function configure(home: string, lines: readonly string[]): void {
  appendFileSync(join(home, "postgres/data/postgresql.auto.conf"), `${lines.join("\n")}\n`);
}

async function isFollowed(primary: LocalPostgres, synchronous: boolean): Promise<boolean> {
  const rows = await queryAdmin(
    primary.adminUrl,
    "select state, sync_state from pg_stat_replication",
  );
  return rows.some(
    (row) => row["state"] === "streaming" && (!synchronous || row["sync_state"] === "sync"),
  );
}

/** Makes the standby a primary; answers when it takes writes. */
export async function promote(standby: LocalPostgres): Promise<void> {
  await asAdmin(standby.adminUrl, ["select pg_promote(true, 30)"]);
}

/** Sends the signal to the server and all its processes, as far as they are there. */
export function signalServer({ pid }: LocalPostgres, signal: NodeJS.Signals): void {
  for (const process of [...childrenOf(pid), pid]) signalIfThere(process, signal);
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended since it was listed
  }
}
