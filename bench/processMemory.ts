/** Memory of a process as the system counts it. Linux only: read from /proc. */
import { readFileSync } from "node:fs";

/** In MB: what it has resident now (VmRSS), or the most that it ever had (VmHWM). */
export function memoryOf(pid: number, name: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
  return Number(kilobytes ?? Number.NaN) / 1_024;
}
