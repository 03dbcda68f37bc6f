/** Which cores a process may use, and how much of them it has used: what a single machine can tell about several. Linux only. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Cores of the database and of what sends the load, and cores of the product; the same for both where there is but one. */
export interface Layout {
  readonly database: string;
  readonly product: string;
  /** For the report. */
  readonly text: string;
}

const TICKS_PER_SECOND = 100; // USER_HZ, fixed by Linux' interface

/** Splits the machine in halves; undefined where processes can't be pinned (no taskset, or a single core). */
export function layoutOfCores(): Layout | undefined {
  const count = cpus().length;
  if (count < 2 || process.platform !== "linux" || !hasTaskset()) return undefined;
  const half = Math.floor(count / 2);
  const database = coreRange(0, half - 1);
  const product = coreRange(half, count - 1);
  return {
    database,
    product,
    text: `PostgreSQL and load on core ${database}, product on core ${product}`,
  };
}

const coreRange = (from: number, to: number): string => (from === to ? `${from}` : `${from}-${to}`);

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Holds all threads of the process, and whatever it starts from now on, to these cores. */
export function pin(pid: number, cores: string): void {
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(pid)], {
    stdio: "ignore",
  });
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Its own time, and that of its children that have ended. */
  readonly seconds: number;
}

/** Reads /proc/<pid>/stat; undefined where the process is gone. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const times = fields.slice(11, 15).map(Number);
    const ticks = times.reduce((sum, one) => sum + one, 0);
    return { pid, parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

/** CPU seconds that these processes have used. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.seconds ?? 0), 0);
}

/** The server that a backend belongs to. */
export function parentOf(pid: number): number {
  const parent = statOf(pid)?.parent;
  if (parent === undefined) throw new Error(`process ${pid} is gone`);
  return parent;
}

/** A server and the processes that it has started and that still run. */
export function familyOf(pid: number): number[] {
  const running = readdirSync("/proc").flatMap((name) =>
    /^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : [],
  );
  return [pid, ...running.filter(({ parent }) => parent === pid).map((stat) => stat.pid)];
}
