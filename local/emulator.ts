/**
 * Starts an emulator that is itself a Node program (s3rver, fauxqs, kinesis-local) as a child
 * process held to loopback.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../platform/projectRoot.ts";
import { type LocalChild, startChild } from "./childProcess.ts";
import { bareEnvironment, logFileOf } from "./localBackend.ts";
import { LocalError } from "./localError.ts";

const STOP_GRACE_MS = 60_000; // It saves what it holds at its end; killed meanwhile, it has lost that.

export interface EmulatorOptions {
  readonly name: string;
  readonly home: string;
  /** The program's file below node_modules/. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the program with its own folder as working directory. */
export function startEmulator(options: EmulatorOptions): Promise<LocalChild> {
  const root = projectRoot();
  const program = join(root, "node_modules", options.program);
  const preload = join(root, "dist/local/loopbackOnly.js");
  if (!existsSync(program)) {
    throw new LocalError(`${program} is missing; run: npm ci --include=dev`);
  }
  if (!existsSync(preload)) throw new LocalError(`${preload} is missing; run: npm run build`);
  return startChild({
    name: options.name,
    command: process.execPath,
    args: ["--import", pathToFileURL(preload).href, program, ...(options.args ?? [])],
    cwd: dirname(program),
    env: { ...bareEnvironment(), ...options.env },
    logFile: logFileOf(options.home, options.name),
    stopGraceMs: STOP_GRACE_MS,
  });
}
