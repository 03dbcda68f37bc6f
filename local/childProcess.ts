/**
 * Starts one child process of the local stack and answers for its end: it has a process group of
 * its own (so Ctrl-C at the terminal reaches only us and we stop things in order), it dies with us
 * on Linux even when we are killed (parent death signal), and its output goes to a log file.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { LocalError } from "./localError.ts";

const LOG_BYTES_MAX = 10 * 1024 * 1024; // A log past this is set aside once at the next start.
const STOP_GRACE_MS = 15_000; // PostgreSQL's shutdown checkpoint is the slowest; seconds at most.
const TAIL_LINES = 20; // Enough for the message above a short stack.

/** The system user a child runs as instead of ours. */
export interface ChildUser {
  readonly uid: number;
  readonly gid: number;
  /** Give it CAP_DAC_OVERRIDE, to work below folders that only root may enter (Linux). */
  readonly entersAnyFolder: boolean;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly user?: ChildUser | undefined;
  /** What asks it to end: PostgreSQL wants SIGINT ("fast"), the rest SIGTERM. */
  readonly stopSignal?: "SIGTERM" | "SIGINT";
  /** Time it has to end after that signal before it is killed. */
  readonly stopGraceMs?: number;
  /** When given, standard output is handed over line by line instead of going to the log file. */
  readonly onLine?: (line: string) => void;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LocalChild {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<ChildExit>;
  hasExited(): boolean;
  /** The last few lines that went to its log file since this start, for error sentences. */
  logTail(): string;
  /** Asks it to end, then kills it after the grace time. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a child; rejects with a sentence when the program cannot be run at all. */
export async function startChild(options: ChildOptions): Promise<LocalChild> {
  const log = openLog(options.logFile);
  const logStart = fstatSync(log).size;
  const [command, ...args] = launchWords(options);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", options.onLine === undefined ? log : "pipe", log],
    ...spawnUser(options.user),
  });
  closeSync(log);
  const exited = exitOf(child);
  const pid = await pidOf(child, options.name);
  if (options.onLine !== undefined) forwardLines(child, options.onLine);
  return managedChild(options, { child, pid, exited, logStart });
}

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  /** Size of the log file when the child began. */
  readonly logStart: number;
}

function managedChild(options: ChildOptions, running: Running): LocalChild {
  const { child, pid, exited, logStart } = running;
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let stopping: Promise<void> | undefined;
  const stopOnce = async (): Promise<void> => {
    if (hasExited()) return;
    child.kill(options.stopSignal ?? "SIGTERM");
    const killer = setTimeout(() => killGroup(pid), options.stopGraceMs ?? STOP_GRACE_MS);
    await exited;
    clearTimeout(killer);
  };
  return {
    name: options.name,
    pid,
    exited,
    hasExited,
    logTail: () => readTail(options.logFile, logStart),
    stop: () => {
      stopping ??= stopOnce();
      return stopping;
    },
  };
}

/** The command line in front of which Linux's setpriv sets the death signal, user and rights. */
function launchWords(options: ChildOptions): [string, ...string[]] {
  const plain: [string, ...string[]] = [options.command, ...options.args];
  if (!setprivExists()) return plain;
  const signal = (options.stopSignal ?? "SIGTERM").slice("SIG".length);
  const words = ["--pdeathsig", signal];
  if (options.user !== undefined) {
    words.push("--reuid", String(options.user.uid), "--regid", String(options.user.gid));
    words.push("--clear-groups");
    if (options.user.entersAnyFolder) {
      // Without this bit access(2), by which initdb looks for its programs, forgets the capability.
      words.push("--securebits=+no_setuid_fixup");
      words.push("--inh-caps=+dac_override", "--ambient-caps=+dac_override");
    }
  }
  return ["setpriv", ...words, ...plain];
}

function spawnUser(user: ChildUser | undefined): { uid: number; gid: number } | undefined {
  if (user === undefined || setprivExists()) return undefined; // setpriv changes the user itself.
  return { uid: user.uid, gid: user.gid };
}

let setprivKnown: boolean | undefined;

/** Whether util-linux's setpriv with `--pdeathsig` is there (BusyBox has one without it). */
export function setprivExists(): boolean {
  if (setprivKnown === undefined) {
    try {
      if (process.platform !== "linux") throw new Error("Linux only");
      execFileSync("setpriv", ["--pdeathsig", "TERM", "true"], { stdio: "ignore" });
      setprivKnown = true;
    } catch {
      setprivKnown = false;
    }
  }
  return setprivKnown;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
}

function pidOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(new LocalError(`${name} could not be started: ${error.message}.`));
    });
    child.once("spawn", () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = "";
  child.stdout?.setEncoding("utf8");
  child.stdout?.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  child.stdout?.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

/** Kills a child and all it started, at once; every child leads a process group of its own. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

function readTail(file: string, start: number): string {
  try {
    const text = readFileSync(file).subarray(start).toString("utf8");
    return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  } catch {
    return "";
  }
}
