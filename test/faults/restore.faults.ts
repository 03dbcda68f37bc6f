/** The database is restored to a moment in the past: what is lost is told, the rest is sound, and no sink takes new events for old ones. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect } from "vitest";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import { migrate } from "../../platform/migrate.ts";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { testBackends } from "../support/backends.ts";
import { fault } from "../support/faultRun.ts";
import { expectSoundLedger } from "../support/invariants.ts";
import type { Load } from "../support/load.ts";
import { expectOracleAgrees } from "../support/oracle/checkBooks.ts";
import { readKinesisStream } from "../support/sinks.ts";
import { waitFor } from "../support/waitFor.ts";
import { signalServer } from "./postgresPair.ts";
import { queryAdmin, type Stage, withStage } from "./stage.ts";

const log = () => undefined;
const UNLIMITED = { decided: async () => Number.MAX_SAFE_INTEGER };

interface Archived {
  readonly postgres: LocalPostgres;
  readonly home: string;
  readonly archive: string;
}

const dataOf = (home: string): string => join(home, "postgres/data");

function configure(home: string, lines: readonly string[]): void {
  appendFileSync(join(dataOf(home), "postgresql.auto.conf"), `${lines.join("\n")}\n`);
}

/** Writes a file that the server's own user may read. */
function writeForServer(home: string, name: string, text: string): void {
  const { uid, gid } = statSync(dataOf(home));
  const file = join(dataOf(home), name);
  writeFileSync(file, text);
  chownSync(file, uid, gid);
}

/** A migrated server that archives its write-ahead log. */
async function startArchived(base: string): Promise<Archived> {
  const home = join(base, "first");
  const archive = join(base, "archive");
  const made = await startPostgres({ home, log });
  await migrate({ databaseUrl: made.urlOf("owner", "stockline") });
  await made.stop();
  mkdirSync(archive);
  const { uid, gid } = statSync(dataOf(home));
  chownSync(archive, uid, gid);
  configure(home, [
    "archive_mode = on",
    `archive_command = 'cp %p ${archive}/%f'`,
    "archive_timeout = 1",
  ]);
  return { postgres: await startPostgres({ home, port: made.port, log }), home, archive };
}

/** A base backup as the low-level interface makes it: start, copy the files, stop, keep the label. */
async function backUp({ postgres, home }: Archived, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  try {
    await client.query("select pg_backup_start('restore', true)");
    execFileSync("cp", ["-a", home, to]);
    const { rows } = await client.query<{ labelfile: string }>(
      "select labelfile from pg_backup_stop()",
    );
    rmSync(join(dataOf(to), "postmaster.pid"), { force: true });
    rmSync(join(dataOf(to), "pg_wal"), { recursive: true });
    mkdirSync(join(dataOf(to), "pg_wal"), { mode: 0o700 });
    const { uid, gid } = statSync(dataOf(to));
    chownSync(join(dataOf(to), "pg_wal"), uid, gid);
    writeForServer(to, "backup_label", rows[0]?.labelfile ?? "");
  } finally {
    await client.end();
  }
}

/** Recovers the copy to the moment from the archive, into a server of its own; answers when it takes writes. */
async function recover(home: string, archive: string, moment: string): Promise<LocalPostgres> {
  configure(home, [
    "archive_mode = off",
    "hot_standby = off",
    `restore_command = 'cp ${archive}/%f %p'`,
    `recovery_target_time = '${moment}'`,
    "recovery_target_action = promote",
  ]);
  writeForServer(home, "recovery.signal", "");
  return startPostgres({ home, log });
}

async function clockOf(adminUrl: string): Promise<string> {
  const [row] = await queryAdmin(adminUrl, "select clock_timestamp()::text as now");
  return String(row?.["now"]);
}

async function moreLoad(load: Load, movements: number): Promise<void> {
  const before = load.acked.size;
  await waitFor("more load", () => load.acked.size > before + movements, { timeoutMs: 60_000 });
}

async function catchUp(stage: Stage, what: string): Promise<void> {
  await waitFor(
    what,
    async () => {
      const { body } = await stage.instance.call("GET", "/v1/sinks");
      return body.data.every((sink: { lag_events: number }) => sink.lag_events === 0);
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );
}

fault(["F43", "the database is restored from a backup to a moment in the past"], async (run) => {
  const base = mkdtempSync(join(testBackends().home, "restore-"));
  const first = await startArchived(base);
  const second = join(base, "second");
  let restored: LocalPostgres | undefined;
  try {
    await withStage(
      { postgres: first.postgres, proxied: true, processes: ["api", "workers"] },
      async (stage) => {
        const load = await stage.startLoad(run);
        await moreLoad(load, 100);
        await backUp(first, second);
        await moreLoad(load, 150);
        const known = new Set(load.acked); // acknowledged before the moment, so committed before it
        const moment = await clockOf(stage.adminUrl);
        await moreLoad(load, 100);
        await load.stop();
        await waitFor("the rest to be decided", () => stage.isSettled());
        await catchUp(stage, "the sinks to have what will be lost");
        await queryAdmin(first.postgres.adminUrl, "select pg_switch_wal()");
        const last = await queryAdmin(
          first.postgres.adminUrl,
          "select pg_walfile_name(pg_current_wal_lsn()) as file",
        );
        await waitFor("the log to be archived", async () => {
          const [row] = await queryAdmin(
            first.postgres.adminUrl,
            "select last_archived_wal as file from pg_stat_archiver",
          );
          return String(row?.["file"]) >= String(last[0]?.["file"]).replace(/.$/, "0");
        });
        signalServer(first.postgres, "SIGKILL");
        restored = await recover(second, first.archive, moment);
        stage.proxy.moveTo(restored.port);
        stage.proxy.reset();
        run.count("restores");
        const more = await stage.startLoad(run, { ...UNLIMITED, clients: 2 });
        await moreLoad(more, 100);
        await more.stop();
        await expectRestored({ restored, stage, known, lost: load.acked, more: more.acked, run });
      },
    );
  } finally {
    await restored?.stop();
    signalServer(first.postgres, "SIGKILL");
    await first.postgres.stop().catch(() => undefined);
  }
});

interface Outcome {
  readonly restored: LocalPostgres;
  readonly stage: Stage;
  readonly known: ReadonlySet<string>;
  readonly lost: ReadonlySet<string>;
  readonly more: ReadonlySet<string>;
  readonly run: { count(what: string, by?: number): void };
}

/** What was accepted by the moment and after the restore is there and sound; the rest is told by the clients' list. */
async function expectRestored({ restored, stage, known, lost, more, run }: Outcome): Promise<void> {
  const url = restored.urlOf("writer", "stockline");
  const db = createPool({ url, applicationName: "test", max: 4, role: "stockline_writer" });
  try {
    const { rows } = await db.query<{ id: string }>("select id from movement_inbox");
    const there = new Set(rows.map((row) => row.id));
    expect(
      [...known].filter((id) => !there.has(id)),
      "accepted by the moment",
    ).toEqual([]);
    expect(
      [...more].filter((id) => !there.has(id)),
      "accepted since",
    ).toEqual([]);
    const gone = [...lost].filter((id) => !there.has(id));
    run.count("lost, by the clients' list", gone.length);
    await waitFor("everything to be decided", async () => {
      const undone = await db.query(
        "select from movement_inbox i where not exists (select from movement_outcomes o where o.id = i.id) limit 1",
      );
      return undone.rowCount === 0;
    });
    await catchUp(stage, "the sinks to catch up");
    await expectSoundLedger(db);
    await expectOracleAgrees(db);
    await expectNothingSkipped(db, stage, run);
  } finally {
    await db.end();
  }
}

/** Every event of the restored log was sent; by incarnation, lane and position nothing is missing and nothing stands twice. */
async function expectNothingSkipped(db: DbPool, stage: Stage, run: Outcome["run"]): Promise<void> {
  const { rows } = await db.query<{ id: string; incarnation: number; type: string }>(
    "select id, incarnation, type from events",
  );
  const sent = await readKinesisStream(stage.instance.env["KINESIS_STREAM"] ?? "");
  const sentIds = new Set(sent.map(({ id }) => id));
  expect(
    rows.filter((row) => !sentIds.has(row.id)),
    "events never sent",
  ).toEqual([]);
  const incarnations = new Set(rows.map((row) => row.incarnation));
  expect(incarnations.size, "incarnations in the log").toBe(2);
  expect(rows.some((row) => row.type === "stockline.database.restored")).toBe(true);
  const places = new Map<string, string>();
  for (const { id, lane, position, incarnation } of sent) {
    const place = `${incarnation} ${lane} ${position}`;
    expect(places.get(place) ?? id, `two events at ${place}`).toBe(id);
    places.set(place, id);
  }
  run.count("events", rows.length);
}
