/** An upgrade as it is deployed: the database first, then new processes beside the old, then the old ones go; and the way back. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject } from "vitest";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import { projectRoot } from "../../platform/projectRoot.ts";
import { testBackends } from "../support/backends.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import type { ProcessName, RunningProcess } from "../support/instance.ts";
import type { Load } from "../support/load.ts";
import { waitFor } from "../support/waitFor.ts";
import {
  buildPreviousRelease,
  findPreviousRelease,
  type PreviousRelease,
} from "./previousRelease.ts";
import { type Stage, withStage } from "./stage.ts";

/** A migration gives up where it waits for a lock, and is run again, as the migrate task is. */
const MIGRATE_TRIES = 10;
const PATIENT = { timeoutMs: 120_000 };

fault(
  ["F44", "the previous release's processes beside the new ones across a migration, and back"],
  async (run) => {
    const found = findPreviousRelease(inject("faults").previous);
    if (typeof found === "string") return run.skip(found);
    const previous = buildPreviousRelease(found);
    const home = mkdtempSync(join(testBackends().home, "upgrade-"));
    const postgres = await startPostgres({ home, log: () => undefined });
    try {
      await runMigrations(postgres, previous.root);
      await withStage({ processes: [], postgres }, (stage) =>
        upgrade(run, { stage, postgres, previous }),
      );
    } finally {
      await postgres.stop();
      rmSync(previous.root, { recursive: true, force: true });
    }
  },
  { timeoutMs: 900_000 },
);

interface Scene {
  readonly stage: Stage;
  readonly postgres: LocalPostgres;
  readonly previous: PreviousRelease;
}

async function upgrade(run: FaultRun, { stage, postgres, previous }: Scene): Promise<void> {
  const fleet = new Fleet(stage, previous.root);
  await fleet.start("old", ["api", "api", "workers", "jobs"]);
  const load = await stage.startLoad(run, { urls: () => fleet.urls() });
  const more = (what: string) => {
    process.stdout.write(`F44: ${what}\n`); // it takes minutes on a loaded machine
    return loadGoesOn({ stage, load, wanted: run.times(200), what });
  };
  await more("the old release alone");
  const { applied, tries } = await runMigrations(postgres, projectRoot());
  run.count("migrations", applied.length);
  run.count("migration tries", tries);
  expect(applied).toEqual(previous.newMigrations.map((name) => name.replace(/\.sql$/, "")));
  await more("the old release on the new schema");
  await fleet.start("new", ["api"]);
  await more("both APIs, old workers");
  await fleet.start("new", ["workers", "jobs"]);
  await more("both releases side by side");
  await fleet.stop("new");
  await more("the old release after a going back");
  await fleet.start("new", ["api", "workers", "jobs"]);
  await fleet.stop("old");
  await more("the new release alone");
  await load.stop();
  run.count("movements", load.acked.size);
  for (const [release, requests] of fleet.requests)
    run.count(`requests to the ${release}`, requests);
  expect([...fleet.requests.keys()].toSorted(), "releases that served").toEqual(["new", "old"]);
  expect(load.retries, "requests that failed").toBe(0);
  await stage.expectSound(load);
}

interface Pace {
  readonly stage: Stage;
  readonly load: Load;
  readonly wanted: number;
  readonly what: string;
}

/** Waits until so many more movements are accepted, and as many decided. */
async function loadGoesOn({ stage, load, wanted, what }: Pace): Promise<void> {
  const [acked, decided] = [load.acked.size, await stage.decided()];
  await waitFor(
    `load with ${what}`,
    async () => load.acked.size > acked + wanted && (await stage.decided()) > decided + wanted,
    PATIENT,
  );
}

type Release = "old" | "new";

/** Processes of both releases. Like a load balancer, it sends nothing new to an API that is about to stop. */
class Fleet {
  /** Requests for movements that APIs of each release had answered when they were stopped. */
  readonly requests = new Map<Release, number>();
  readonly #running: { readonly release: Release; readonly process: RunningProcess }[] = [];
  #leaving: Release | undefined;
  readonly #stage: Stage;
  readonly #oldRoot: string;

  constructor(stage: Stage, oldRoot: string) {
    this.#stage = stage;
    this.#oldRoot = oldRoot;
  }

  urls(): string[] {
    return this.#running
      .filter(({ release, process }) => process.port !== undefined && release !== this.#leaving)
      .map(({ process }) => urlOf(process));
  }

  async start(release: Release, names: readonly ProcessName[]): Promise<void> {
    const root = release === "old" ? this.#oldRoot : projectRoot();
    const started = names.map((name) => this.#stage.instance.start(name, {}, root));
    for (const process of await Promise.all(started)) this.#running.push({ release, process });
  }

  /** SIGTERM to all of the release; each must end by itself with status 0. */
  async stop(leaving: Release): Promise<void> {
    this.#leaving = leaving;
    const gone = this.#running.filter(({ release }) => release === leaving);
    for (const { process } of gone) {
      if (process.port === undefined) continue;
      const served = (this.requests.get(leaving) ?? 0) + (await requestsServed(urlOf(process)));
      this.requests.set(leaving, served);
    }
    const exits = gone.map(async ({ process }) => {
      await process.stop();
      return process.exited;
    });
    expect(await Promise.all(exits)).toEqual(gone.map(() => ({ code: 0, signal: null })));
    this.#running.splice(
      0,
      this.#running.length,
      ...this.#running.filter(({ release }) => release !== leaving),
    );
    this.#leaving = undefined;
  }
}

const urlOf = ({ port }: RunningProcess): string => `http://127.0.0.1:${port}`;

async function requestsServed(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line =
    /^stockline_http_request_duration_seconds_count\{.*route="\/v1\/movements".*\} (\d+)$/gm;
  return [...text.matchAll(line)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Runs the migrate program of a release, again where a lock was not to be had; answers what it applied. */
async function runMigrations(
  postgres: LocalPostgres,
  root: string,
): Promise<{ applied: string[]; tries: number }> {
  const url = postgres.urlOf("owner", "stockline");
  const env = { PATH: process.env["PATH"], ...testBackends().env, DATABASE_OWNER_URL: url };
  const said: string[] = [];
  for (let tries = 1; tries <= MIGRATE_TRIES; tries += 1) {
    const program = promisify(execFile)(process.execPath, [join(root, "dist/cli/migrate.js")], {
      env: { ...env, DATABASE_URL: postgres.urlOf("writer", "stockline") },
    });
    const { stdout, stderr } = await program.catch((thrown: unknown) => ({
      stdout: "",
      stderr: String(thrown),
    }));
    const applied = /^migrations: (?:applied (.*)|nothing to do)$/m.exec(stdout);
    if (applied !== null) return { applied: applied[1]?.split(", ") ?? [], tries };
    said.push(stderr);
  }
  throw new Error(`the migrations of ${root} were not applied:\n${said.join("\n")}`);
}
