/**
 * Tells whether a recorded process still runs, although the system may have given its number to
 * another one since. A zombie (dead, not yet reaped by its parent) counts as gone.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process as noted in a file: its number, and a mark that no later holder of it shares. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the system's own words (clock ticks since boot, or a date). */
  readonly startedMark: string;
}

/** The identity of a running process; undefined when no such process runs. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const startedMark = process.platform === "linux" ? markFromProc(pid) : markFromPs(pid);
  return startedMark === undefined ? undefined : { pid, startedMark };
}

/** Whether the very process that was recorded still runs. */
export function stillRuns(recorded: ProcessIdentity): boolean {
  return processIdentity(recorded.pid)?.startedMark === recorded.startedMark;
}

/** The command line of a running process with blanks between its words; empty when unknown. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return ""; // It ended meanwhile, or belongs to somebody else.
  }
}

function markFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks, so count from its end: state is field 3, start 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function markFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    }).trim();
    const [state, ...started] = line.split(/\s+/);
    return state === undefined || state.startsWith("Z") ? undefined : started.join(" ");
  } catch {
    return undefined;
  }
}
