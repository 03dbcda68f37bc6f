/**
 * What every embedded backend of local/ has in common: its name, the variables that tell the
 * product where it is, and its end.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LocalChild } from "./childProcess.ts";

export interface LocalBackend {
  readonly name: string;
  readonly pid: number;
  /** At 127.0.0.1. */
  readonly port: number;
  /** Variables for the product's processes, as platform/config.ts names them. */
  readonly env: Readonly<Record<string, string>>;
  /** Settles when the process is gone; tells a supervisor of an end that nobody asked for. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

export interface BackendOptions {
  /** The data folder (STOCKLINE_HOME), an absolute path. */
  readonly home: string;
  /** Fixed port; a free one is found when it is missing. */
  readonly port?: number;
  readonly log: (line: string) => void;
}

/** A backend that is one child process. */
export function backendOf(
  child: LocalChild,
  port: number,
  env: Record<string, string>,
): LocalBackend {
  return {
    port,
    name: child.name,
    pid: child.pid,
    env,
    exited: child.exited,
    stop: () => child.stop(),
  };
}

/** Makes (if missing) the data folder and a folder in it. Others may pass through, not look. */
export function makeFolder(home: string, name: string): string {
  const folder = join(home, name);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Where the output of a child process of this data folder goes. */
export function logFileOf(home: string, name: string): string {
  return join(home, "logs", `${name}.log`);
}

/** The little of our environment that an emulator needs; the rest could change how it behaves. */
export function bareEnvironment(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "/usr/bin:/bin", TZ: "UTC", LANG: "C" };
}
