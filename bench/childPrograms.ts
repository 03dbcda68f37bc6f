/** Runs the processes of a benchmark: those of the product, and its own load generators and baselines. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type LocalChild, startChild } from "../local/childProcess.ts";
import { PRODUCT_NODE_FLAGS } from "../local/nodeFlags.ts";
import { projectRoot } from "../platform/projectRoot.ts";
import type { Stage } from "./stage.ts";

const READY_MS = 30_000;

export interface RunningProgram {
  /** Port that it told when it was ready; 0 when it told none. */
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

interface ProgramOptions {
  readonly stage: Stage;
  /** Path below dist/, e.g. "api/main.js". */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** Starts a program that logs JSON lines and answers once one says `... ready`. */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  let child: LocalChild | undefined;
  try {
    const port = await new Promise<number>((resolve, reject) => {
      setTimeout(() => reject(new Error("it was not ready in time")), READY_MS).unref();
      const onLine = (line: string): void => {
        if (!/"msg":"[a-z ]+ ready"/.test(line)) return;
        resolve((JSON.parse(line) as { port?: number }).port ?? 0);
      };
      launch(options, onLine).then((launched) => {
        child = launched;
        void launched.exited.then(() => reject(new Error("it ended before it was ready")));
      }, reject);
    });
    const running = child;
    return { port, pid: running?.pid ?? 0, stop: async () => running?.stop() };
  } catch (cause) {
    await child?.stop();
    throw new Error(`${options.program} did not start:\n${child?.logTail() ?? ""}`, { cause });
  }
}

/** Runs a program to its end and answers the JSON of the last line that it wrote. */
export async function runProgram<Result>(options: ProgramOptions): Promise<Result> {
  let last = "";
  const child = await launch(options, (line) => {
    last = line;
  });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${options.program} ended with ${code}:\n${child.logTail()}`);
  return JSON.parse(last) as Result; // what the program's own Result type says
}

function launch(options: ProgramOptions, onLine: (line: string) => void): Promise<LocalChild> {
  const logs = join(options.stage.home, "logs");
  mkdirSync(logs, { recursive: true });
  return startChild({
    name: options.program,
    command: process.execPath,
    args: [
      ...PRODUCT_NODE_FLAGS, // baselines and load generators get them as well
      join(projectRoot(), "dist", options.program),
      ...(options.args ?? []),
    ],
    env: { PATH: process.env["PATH"], ...options.env },
    logFile: join(logs, `${options.program.replaceAll("/", "-")}.log`),
    onLine,
  });
}
