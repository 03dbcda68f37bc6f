/**
 * A whole running product for one test file: api, workers and jobs as real processes of dist/, on a database and a Redis
 * prefix of its own. Processes can be killed and started again by name.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../domain/roles.ts";
import { type LocalChild, startChild } from "../../local/childProcess.ts";
import { ensureSigningKey } from "../../local/signingKey.ts";
import { signLocalToken } from "../../platform/accessTokens.ts";
import { readConfig } from "../../platform/config.ts";
import { projectRoot } from "../../platform/projectRoot.ts";
import { testBackends } from "./backends.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { waitFor } from "./waitFor.ts";

/** Bounds what a long run under load keeps of its processes' output. */
const OUTPUT_LINES_MAX = 50_000;

export type ProcessName = "api" | "workers" | "jobs";

export interface Instance {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** All that the processes have said so far, log lines and else, up to OUTPUT_LINES_MAX. */
  output(): string[];
  readonly database: TestDatabase;
  token(role: Role): Promise<string>;
  /**
   * Starts a further process of that kind, maybe with more variables, maybe from the build below another root; the answer kills
   * it (SIGKILL) or stops it (SIGTERM).
   */
  start(
    name: ProcessName,
    env?: Readonly<Record<string, string>>,
    root?: string,
  ): Promise<RunningProcess>;
  /** The processes that were started first, by name. */
  readonly processes: Readonly<Partial<Record<ProcessName, RunningProcess>>>;
  /** Calls the API; JSON in and out. */
  call(method: string, path: string, options?: CallOptions): Promise<CallAnswer>;
  stop(): Promise<void>;
}

export interface RunningProcess {
  readonly pid: number;
  /** Of an API: where it listens. */
  readonly port: number | undefined;
  /** Its log lines of level warning and above so far. */
  readonly complaints: readonly string[];
  hasExited(): boolean;
  /** Settles when it is gone, whoever ended it. */
  readonly exited: Promise<unknown>;
  /** SIGKILL; answers when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

interface CallOptions {
  readonly body?: unknown;
  readonly role?: Role;
  readonly headers?: Readonly<Record<string, string>>;
}

interface CallAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  readonly body: any;
  readonly headers: Headers;
}

interface InstanceOptions {
  /** Default: all three. */
  readonly processes?: readonly ProcessName[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the product's processes reach the database at these URLs instead, e.g. by a proxy. */
  readonly databaseThrough?: (url: string) => string;
}

/** Starts the product; stop it in afterAll. */
export async function startInstance(options: InstanceOptions = {}): Promise<Instance> {
  const backends = testBackends();
  const database = await createTestDatabase();
  const home = mkdtempSync(join(backends.home, "instance-"));
  const given = {
    ...backends.env,
    ...database.env,
    NODE_ENV: "test",
    LOG_LEVEL: "info",
    // load comes from one client: the limits count, and are not reached
    RATE_LIMITS: "default=1000000/1s:2000000",
    PASSWORD_SCRYPT_LN: "10",
    PORT: "0",
    REDIS_PREFIX: `inst-${randomBytes(6).toString("hex")}`,
    KINESIS_STREAM: `events-${randomBytes(4).toString("hex")}`,
    SQS_QUEUE: `events-${randomBytes(4).toString("hex")}.fifo`,
    JWT_KEY_FILE: await ensureSigningKey(home),
    ...options.env,
  };
  const env = throughProxy(given, options.databaseThrough);
  const config = readConfig(env);
  const running = new Set<RunningProcess>();
  const kept: string[] = [];
  let url = "";
  const start: Instance["start"] = async (name, more = {}, root = projectRoot()) => {
    const child = await startProcess(name, { env: { ...env, ...more }, home, kept, root });
    if (name === "api") url = `http://127.0.0.1:${child.port}`;
    running.add(child);
    return child;
  };
  const processes: Partial<Record<ProcessName, RunningProcess>> = {};
  for (const name of options.processes ?? (["api", "workers", "jobs"] as const)) {
    processes[name] = await start(name);
  }
  const token = (role: Role) =>
    signLocalToken(config, { subject: `test-${role}`, roles: [role], lifetimeSeconds: 3_600 });
  return {
    get url() {
      return url;
    },
    env,
    output: () => [...kept, ...stderrLines(home)],
    database,
    token,
    start,
    processes,
    call: async (method, path, { body, role = "admin", headers } = {}) => {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${await token(role)}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get("content-type") ?? "");
      return {
        status: response.status,
        body: isJson && text !== "" ? JSON.parse(text) : text,
        headers: response.headers,
      };
    },
    stop: async () => {
      await Promise.all([...running].map((child) => child.stop()));
      await database.drop();
    },
  };
}

function throughProxy(
  env: Readonly<Record<string, string>>,
  through: ((url: string) => string) | undefined,
): Readonly<Record<string, string>> {
  if (through === undefined) return env;
  const changed = Object.entries(env).map(([name, value]): [string, string] => [
    name,
    /^DATABASE_.*URL$/.test(name) ? through(value) : value,
  ]);
  return Object.fromEntries(changed);
}

/** Well past the 20 s that a process gives itself (SHUTDOWN_GRACE_SECONDS): one that is killed has failed to end. */
const STOP_GRACE_MS = 60_000;
/** A machine that runs a dozen other things starts a process in half a minute. */
const READY_MS = 120_000;

/** What the processes wrote past their log: their files hold standard error only. */
function stderrLines(home: string): string[] {
  return readdirSync(home)
    .filter((name) => name.endsWith(".log"))
    .flatMap((name) => readFileSync(join(home, name), "utf8").split("\n"))
    .filter((line) => line !== "");
}

/** Starts one process and waits for its "… ready" log line. */
async function startProcess(
  name: ProcessName,
  {
    env,
    home,
    kept,
    root,
  }: {
    env: Readonly<Record<string, string>>;
    home: string;
    kept: string[];
    root: string;
  },
): Promise<RunningProcess> {
  let port: number | undefined;
  let ready = false;
  const last: string[] = [];
  const complaints: string[] = [];
  const child: LocalChild = await startChild({
    name,
    command: process.execPath,
    args: [join(root, "dist", name, "main.js")],
    env: { PATH: process.env["PATH"], ...env },
    logFile: join(home, `${name}.log`),
    stopGraceMs: STOP_GRACE_MS,
    onLine: (line) => {
      if (kept.length < OUTPUT_LINES_MAX) kept.push(line);
      last.push(line);
      if (last.length > 50) last.shift();
      if (/^\{"level":[456]0,/.test(line)) complaints.push(line);
      if (!line.includes(`"msg":"${name} ready"`)) return;
      port = (JSON.parse(line) as { port?: number }).port;
      ready = true;
    },
  });
  await waitFor(`${name} to be ready`, () => ready || child.hasExited(), {
    timeoutMs: READY_MS,
  });
  // One that a fail point ended right after it was ready has been ready all the same.
  if (!ready) throw new Error(`${name} ended: ${last.join("\n")}\n${child.logTail()}`);
  return {
    pid: child.pid,
    port,
    complaints,
    hasExited: () => child.hasExited(),
    exited: child.exited,
    kill: async () => {
      if (!child.hasExited()) process.kill(child.pid, "SIGKILL");
      await child.exited;
    },
    stop: () => child.stop(),
  };
}
