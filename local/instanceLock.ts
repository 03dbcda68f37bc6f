/**
 * One `npm start` at a time for each data folder. STOCKLINE_HOME/run/instance.json says who runs and
 * which processes belong to it; a record whose process is gone is replaced, after ending what that
 * one left running. The command-line client reads `url` and `signIn` (platform/localInstance.ts).
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { killGroup } from "./childProcess.ts";
import { makeFolder } from "./localBackend.ts";
import { codeOf, LocalError } from "./localError.ts";
import { type ProcessIdentity, processIdentity, stillRuns } from "./processIdentity.ts";

const ORPHAN_STOP_MS = 15_000;
const POLL_MS = 25;
/** A killed npm is noticed by the Stockline it ran within this time, which then begins to stop. */
const NOTICE_MS = 750;
const STOPPING_MS = 60_000;

export interface InstanceRecord extends ProcessIdentity {
  readonly url: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** True once it has begun to stop: a new start then waits for its end. */
  readonly stopping: boolean;
  /** Who signs the tokens that it accepts: a key file, or the issuer of a JWKS URL. */
  readonly signIn?: SignIn | undefined;
  readonly children: readonly ChildRecord[];
}

export interface SignIn {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface ChildRecord extends ProcessIdentity {
  readonly name: string;
}

export interface InstanceLock {
  /** Notes a child process, so that a later start can end it if we cannot. */
  note(child: { readonly name: string; readonly pid: number }): void;
  /** Notes that this instance is about to end. */
  noteStopping(): void;
  /** Kills every noted child that still runs, at once. */
  killChildren(): void;
  release(): void;
}

export interface LockOptions {
  readonly home: string;
  readonly url: string;
  readonly log: (line: string) => void;
  readonly signIn?: SignIn;
}

/** Takes the data folder, or throws a sentence that names the process that holds it. */
export async function lockInstance(options: LockOptions): Promise<InstanceLock> {
  const file = join(makeFolder(options.home, "run"), "instance.json");
  const self = processIdentity(process.pid);
  if (self === undefined) throw new Error("this process could not be found among those running");
  const startedAt = new Date().toISOString();
  const { url, signIn } = options;
  const first = { ...self, url, startedAt, stopping: false, signIn, children: [] };
  while (!created(file, first)) await clearStale(file, options);
  return lockOf(file, first);
}

function lockOf(file: string, first: InstanceRecord): InstanceLock {
  let record = first;
  const running = (): ChildRecord[] => record.children.filter(stillRuns);
  return {
    note: ({ name, pid }) => {
      const identity = processIdentity(pid);
      if (identity === undefined) return; // It has ended already; its supervisor will say so.
      record = { ...record, children: [...running(), { name, ...identity }] };
      writeFileSync(file, textOf(record));
    },
    noteStopping: () => {
      record = { ...record, stopping: true };
      writeFileSync(file, textOf(record));
    },
    killChildren: () => {
      for (const child of running()) killGroup(child.pid);
    },
    release: () => rmSync(file, { force: true }),
  };
}

function created(file: string, record: InstanceRecord): boolean {
  try {
    writeFileSync(file, textOf(record), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function clearStale(file: string, options: LockOptions): Promise<void> {
  const holder = await awaitEnd(file, options.log);
  if (holder !== undefined) throw new LocalError(runningSentence(holder, options.home));
  for (const child of readRecord(file)?.children ?? []) await endOrphan(child, options.log);
  rmSync(file, { force: true });
}

/** The holder that goes on running; undefined when there is none, or it ended while we waited. */
async function awaitEnd(
  file: string,
  log: (line: string) => void,
): Promise<InstanceRecord | undefined> {
  const begunMs = Date.now();
  let told = false;
  for (;;) {
    const holder = readRecord(file);
    if (holder === undefined || !stillRuns(holder)) return undefined;
    const waitedMs = Date.now() - begunMs;
    if (waitedMs > (holder.stopping ? STOPPING_MS : NOTICE_MS)) return holder;
    if (holder.stopping && !told) log(`Waiting for process ${holder.pid}, which is stopping …`);
    told = holder.stopping;
    await pause(POLL_MS);
  }
}

function runningSentence(holder: InstanceRecord, home: string): string {
  return (
    `Stockline already runs on the data folder ${home}: process ${holder.pid} at ` +
    `${holder.url}, since ${holder.startedAt}. Stop that one first (Ctrl-C there, or ` +
    `kill ${holder.pid}), or start another on a folder of its own: ` +
    "STOCKLINE_HOME=.stockline-2 PORT=3002 npm start"
  );
}

async function endOrphan(child: ChildRecord, log: (line: string) => void): Promise<void> {
  if (!stillRuns(child)) return;
  log(`Stopping ${child.name} (process ${child.pid}), left running by an earlier start.`);
  // PostgreSQL ends at SIGINT without waiting for its clients; the others take either signal.
  process.kill(child.pid, "SIGINT");
  const deadline = Date.now() + ORPHAN_STOP_MS;
  while (stillRuns(child)) {
    if (Date.now() > deadline) killGroup(child.pid);
    await pause(POLL_MS);
  }
}

function textOf(record: InstanceRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** The record, or undefined when the file is gone or is not one of ours. */
function readRecord(file: string): InstanceRecord | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isIdentity(found)) return undefined;
    const children = "children" in found && Array.isArray(found.children) ? found.children : [];
    return {
      pid: found.pid,
      startedMark: found.startedMark,
      url: textAt(found, "url"),
      startedAt: textAt(found, "startedAt"),
      stopping: "stopping" in found && found.stopping === true,
      children: children.filter(isIdentity).map((child) => ({
        name: textAt(child, "name"),
        pid: child.pid,
        startedMark: child.startedMark,
      })),
    };
  } catch {
    return undefined;
  }
}

function isIdentity(found: unknown): found is ProcessIdentity {
  return (
    typeof found === "object" &&
    found !== null &&
    "pid" in found &&
    "startedMark" in found &&
    typeof found.pid === "number" &&
    typeof found.startedMark === "string"
  );
}

function textAt(found: object, name: string): string {
  const value: unknown = Reflect.get(found, name);
  return typeof value === "string" ? value : "unknown";
}
