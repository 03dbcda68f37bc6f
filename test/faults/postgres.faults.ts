/** PostgreSQL goes away, fails over, loses data, and runs out of connections and disk: what was acknowledged stands. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect } from "vitest";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import { createPool } from "../../platform/postgres.ts";
import { testBackends } from "../support/backends.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import { expectSoundLedger } from "../support/invariants.ts";
import type { Load } from "../support/load.ts";
import { expectOracleAgrees, expectSoundBooks } from "../support/oracle/checkBooks.ts";
import { waitFor } from "../support/waitFor.ts";
import { promote, signalServer, startPostgresPair } from "./postgresPair.ts";
import type { PostgresProxy } from "./postgresProxy.ts";
import { queryAdmin, type Stage, type StageOptions, withStage } from "./stage.ts";

const BOTH = ["api", "workers"] as const;
const log = () => undefined;

fault(
  ["F4", "PostgreSQL is shut down at once (immediate) in mid-load, and comes back"],
  async (run) =>
    withStage({ ownPostgres: true, processes: BOTH }, async (stage) => {
      let postgres = postgresOf(stage);
      const load = await stage.startLoad(run);
      for (let shutdowns = 0; shutdowns < run.times(4); shutdowns += 1) {
        await moreLoad(load, run.random.between(50, 150));
        process.kill(postgres.pid, "SIGQUIT");
        await postgres.exited;
        run.count("shutdowns");
        postgres = await startPostgres({ home: stage.home, port: postgres.port, log });
        const again = postgres;
        stage.onStop(() => again.stop());
      }
      await moreLoad(load, 100);
      await finish(stage, run, load);
      expect(load.bare503s, "503 without Retry-After").toBe(0);
    }),
);

function postgresOf(stage: Stage): LocalPostgres {
  if (stage.postgres === undefined) throw new Error("the stage has no PostgreSQL of its own");
  return stage.postgres;
}

async function moreLoad(load: Load, movements: number): Promise<void> {
  const before = load.acked.size;
  await waitFor("more load", () => load.acked.size > before + movements, { timeoutMs: 60_000 });
}

async function finish(stage: Stage, run: FaultRun, load: Load): Promise<void> {
  await load.stop();
  run.count("movements", load.acked.size);
  await stage.expectSound(load);
}

interface PairStage {
  readonly stage: Stage;
  readonly primary: LocalPostgres;
  readonly standby: LocalPostgres;
  readonly link: PostgresProxy;
}

async function withPair(
  options: { readonly synchronous: boolean } & StageOptions,
  body: (pair: PairStage) => Promise<void>,
): Promise<void> {
  const { synchronous, ...rest } = options;
  const home = mkdtempSync(join(testBackends().home, "pair-"));
  const pair = await startPostgresPair(home, synchronous);
  try {
    await withStage({ ...rest, postgres: pair.primary, proxied: true }, (stage) =>
      body({ stage, ...pair }),
    );
  } finally {
    signalServer(pair.primary, "SIGCONT");
    signalServer(pair.standby, "SIGCONT");
    await pair.stop();
  }
}

/** As a load balancer does it: new connections go to the promoted server, old ones end. */
async function failOver({ stage, standby }: PairStage): Promise<void> {
  await promote(standby);
  stage.proxy.moveTo(standby.port);
  stage.proxy.reset();
}

async function onSurvivor(
  { standby }: PairStage,
  body: (db: ReturnType<typeof createPool>) => Promise<void>,
): Promise<void> {
  const url = standby.urlOf("writer", "stockline");
  const db = createPool({ url, applicationName: "test", max: 4, role: "stockline_writer" });
  try {
    await body(db);
  } finally {
    await db.end();
  }
}

fault(
  ["F5", "a synchronous standby takes over from a primary that hangs, which then wakes up"],
  async (run) =>
    withPair({ synchronous: true, processes: BOTH }, async (pair) => {
      const { stage, primary } = pair;
      // The backlog is asked of the old primary, which hangs: so the load runs freely here.
      const load = await stage.startLoad(run, {
        decided: async () => Number.MAX_SAFE_INTEGER,
        clients: 3,
      });
      await moreLoad(load, 150);
      signalServer(primary, "SIGSTOP");
      await failOver(pair);
      run.count("failovers");
      await moreLoad(load, 150);
      signalServer(primary, "SIGCONT");
      await moreLoad(load, 50);
      await load.stop();
      run.count("movements", load.acked.size);
      await onSurvivor(pair, (db) => expectSoundBooks(db, [load]));
    }),
);

fault(["F6", "an asynchronous standby takes over and lacks the last movements"], async (run) =>
  withPair({ synchronous: false, processes: BOTH }, async (pair) => {
    const { stage, primary, link } = pair;
    const load = await stage.startLoad(run);
    await moreLoad(load, 150);
    link.moveTo(1); // nothing listens there, so the standby can't come back
    link.reset();
    await moreLoad(load, 100);
    await load.stop();
    await waitFor("the old primary to have decided", () => stage.isSettled());
    signalServer(primary, "SIGKILL");
    await failOver(pair);
    run.count("failovers");
    await onSurvivor(pair, async (db) => {
      const { rows } = await db.query<{ id: string }>({ text: "select id from movement_inbox" });
      const known = new Set(rows.map((row) => row.id));
      const lost = [...load.acked].filter((id) => !known.has(id));
      run.count("lost, by the clients' list", lost.length);
      expect(lost.length).toBeGreaterThan(0);
      const more = await stage.startLoad(run, {
        decided: async () => Number.MAX_SAFE_INTEGER,
        clients: 2,
      });
      await moreLoad(more, 50);
      await more.stop();
      await expectSoundBooks(db, [more]);
      await expectSoundLedger(db);
      await expectOracleAgrees(db);
    });
  }),
);

fault(["F7", "a commit that waits for the standby is cancelled"], async (run) =>
  withPair({ synchronous: true, processes: ["api"] }, async ({ stage, primary, standby }) => {
    const { instance } = stage;
    const post = async (n: number) => {
      const body = { type: "receipt", sku: "PLAIN-0", warehouse: "MAIN", quantity: n };
      return instance.call("POST", "/v1/movements", { body });
    };
    expect((await post(1)).status).toBe(202);
    signalServer(standby, "SIGSTOP");
    for (let tries = 0; tries < run.times(5); tries += 1) {
      const answer = post(tries + 2);
      await waitFor("the commit to wait", async () => {
        const rows = await queryAdmin(
          primary.adminUrl,
          `select pg_cancel_backend(pid) from pg_stat_activity
           where wait_event = 'SyncRep' and application_name = 'stockline-api'`,
        );
        return rows.length > 0;
      });
      const { status, body } = await answer;
      expect({ status, code: body.code }).toEqual({ status: 503, code: "commit_unknown" });
      run.count("cancelled");
    }
    signalServer(standby, "SIGCONT");
    expect((await post(100)).status).toBe(202);
  }),
);

fault(["F39", "PostgreSQL has no connection left"], async (run) =>
  withStage({ ownPostgres: true, processes: BOTH }, async (stage) => {
    const load = await stage.startLoad(run);
    await moreLoad(load, 100);
    const before = load.retries;
    const hogs = await takeAllConnections(stage.adminUrl);
    run.count("connections taken", hogs.length);
    await waitFor("requests to be refused", () => load.retries > before + 20, {
      timeoutMs: 30_000,
    });
    await Promise.all(hogs.map((client) => client.end()));
    await moreLoad(load, 100);
    await finish(stage, run, load);
    expect(load.bare503s, "503 without Retry-After").toBe(0);
  }),
);

/** Takes what is free, ends the product's connections, and takes those, until it has none left. */
async function takeAllConnections(url: string): Promise<pg.Client[]> {
  const hogs: pg.Client[] = [];
  const take = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    const isIn = await client.connect().then(
      () => true,
      () => false,
    );
    if (isIn) hogs.push(client);
    return isIn;
  };
  for (let ended = 1; ended > 0; ) {
    while (await take());
    const result = await hogs[0]?.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'stockline-%'",
    );
    ended = result?.rowCount ?? 0;
    await Promise.all(Array.from({ length: ended }, take));
  }
  return hogs;
}

const DISK_MIB = 400;

fault(["F39b", "PostgreSQL has no disk left"], async (run) => {
  const home = mkdtempSync(join(testBackends().home, "disk-"));
  const disk = join(home, "postgres");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MIB}m,mode=0711`, "tmpfs", disk]);
  try {
    await withStage({ ownPostgres: true, postgresHome: home, processes: BOTH }, async (stage) => {
      const load = await stage.startLoad(run);
      await moreLoad(load, 100);
      const filler = join(disk, "filler");
      fillUp(filler);
      run.count("full disks");
      const before = load.retries;
      await waitFor("requests to be refused", () => load.retries > before + 20, {
        timeoutMs: 60_000,
      });
      rmSync(filler);
      await restartIfGone(stage, home);
      await moreLoad(load, 100);
      await finish(stage, run, load);
      expect(load.bare503s, "503 without Retry-After").toBe(0);
    });
  } finally {
    execFileSync("umount", ["--lazy", disk]);
  }
});

/** Writes until nothing more fits. */
function fillUp(file: string): void {
  const block = Buffer.alloc(64 * 1_024);
  try {
    for (;;) writeFileSync(file, block, { flag: "a" });
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC")) throw thrown;
  }
}

/** A server that could not even recover on the full disk has ended; whoever runs it starts it again. */
async function restartIfGone(stage: Stage, home: string): Promise<void> {
  const postgres = postgresOf(stage);
  const isGone = await Promise.race([postgres.exited.then(() => true), Promise.resolve(false)]);
  if (!isGone) return;
  const again = await startPostgres({ home, port: postgres.port, log });
  stage.onStop(() => again.stop());
}
