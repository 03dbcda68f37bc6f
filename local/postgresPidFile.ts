/**
 * What an earlier PostgreSQL left behind in its data folder. PostgreSQL itself copes with a pid
 * file whose process is gone; not with a number that another process has been given since, or with
 * a zombie, and it cannot stop a server that outlived a killed `npm start`.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { commandLine, processIdentity, stillRuns } from "./processIdentity.ts";

const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 25;

/** Ends a server still running on this data folder, or removes a pid file that names another. */
export async function clearPidFile(dataFolder: string, log: (line: string) => void): Promise<void> {
  const file = join(dataFolder, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const running = Number.isInteger(pid) && pid > 1 ? processIdentity(pid) : undefined;
  const command = running === undefined ? "" : commandLine(pid);
  if (running === undefined || !command.includes("postgres") || !command.includes(dataFolder)) {
    rmSync(file);
    return;
  }
  log(`Stopping the PostgreSQL (process ${pid}) that an earlier start left running.`);
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (stillRuns(running)) {
    if (Date.now() > deadline) process.kill(pid, "SIGKILL");
    await pause(POLL_MS);
  }
}
