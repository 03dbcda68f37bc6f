/** One start at a time for each data folder, and no trouble with what a killed one left behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockInstance } from "../../local/instanceLock.ts";
import { processIdentity } from "../../local/processIdentity.ts";
import { temporaryFolder } from "./localFixtures.ts";

const url = "http://127.0.0.1:1";
const log = (): void => undefined;

async function sleeper(): Promise<{ pid: number; gone: Promise<unknown> }> {
  const child = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
  const gone = once(child, "exit");
  await once(child, "spawn");
  onTestFinished(() => void child.kill("SIGKILL"));
  return { pid: child.pid ?? 0, gone };
}

function writeRecord(home: string, record: unknown): string {
  const file = join(home, "run/instance.json");
  mkdirSync(join(home, "run"), { recursive: true });
  writeFileSync(file, typeof record === "string" ? record : JSON.stringify(record));
  return file;
}

test("a folder in use is refused with a sentence that names the process, its address and a way out", async () => {
  const home = temporaryFolder();
  const { pid } = await sleeper();
  const identity = processIdentity(pid);
  writeRecord(home, {
    ...identity,
    url: "http://127.0.0.1:3001",
    startedAt: "2026-01-02T03:04:05Z",
  });
  await expect(lockInstance({ home, url, log })).rejects.toThrow(
    `Stockline already runs on the data folder ${home}: process ${pid} at ` +
      "http://127.0.0.1:3001, since 2026-01-02T03:04:05Z. Stop that one first (Ctrl-C there, or " +
      `kill ${pid}), or start another on a folder of its own: ` +
      "STOCKLINE_HOME=.stockline-2 PORT=3002 npm start",
  );
});

test.each([
  ["a process that is gone", { pid: 2 ** 22 + 1, startedMark: "x" }],
  ["a number that another process has been given since", { pid: process.pid, startedMark: "x" }],
  ["nothing that can be read", '{ "pid": '],
  ["nothing at all", ""],
])("a record that names %s is replaced without a word", async (_, record) => {
  const home = temporaryFolder();
  const file = writeRecord(home, record);
  const lines: string[] = [];
  const lock = await lockInstance({ home, url, log: (line) => lines.push(line) });
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid, url });
  expect(lines).toEqual([]);
  lock.release();
  expect(() => readFileSync(file)).toThrow("ENOENT");
});

test("processes that a killed start left running are ended first", async () => {
  const home = temporaryFolder();
  const { pid, gone } = await sleeper();
  const children = [{ name: "workers", ...processIdentity(pid) }];
  writeRecord(home, { pid: 2 ** 22 + 1, startedMark: "x", children });
  const lines: string[] = [];
  const lock = await lockInstance({ home, url, log: (line) => lines.push(line) });
  await gone;
  lock.release();
  expect(lines).toEqual([`Stopping workers (process ${pid}), left running by an earlier start.`]);
});

test("a start waits for one that is stopping", async () => {
  const home = temporaryFolder();
  const { pid, gone } = await sleeper();
  writeRecord(home, { ...processIdentity(pid), stopping: true });
  const lines: string[] = [];
  const lock = await lockInstance({
    home,
    url,
    log: (line) => {
      lines.push(line);
      process.kill(pid);
    },
  });
  await gone;
  lock.release();
  expect(lines).toEqual([`Waiting for process ${pid}, which is stopping …`]);
});

test("noted children are killed together on demand", async () => {
  const lock = await lockInstance({ home: temporaryFolder(), url, log });
  const children = [await sleeper(), await sleeper()];
  for (const { pid } of children) lock.note({ name: "sleep", pid });
  lock.killChildren();
  await Promise.all(children.map(({ gone }) => gone));
  lock.release();
});
