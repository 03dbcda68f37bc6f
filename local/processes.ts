/**
 * The product's own processes for `npm start`: migrates once, then runs api, workers and jobs side
 * by side until stopped. Knows only their compiled entry points and their environment.
 */
import { join } from "node:path";
import { type LocalChild, startChild } from "./childProcess.ts";
import { logFileOf } from "./localBackend.ts";
import { LocalError } from "./localError.ts";
import { type SupervisedProcess, superviseProcess } from "./superviseProcess.ts";

export interface ProductOptions {
  readonly home: string;
  /** Folder of the compiled product, which holds api/main.js and the others. */
  readonly dist: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly onStarted: (child: LocalChild) => void;
  /** Ends a start that is under way. */
  readonly abort?: AbortSignal | undefined;
}

/** Brings the schema up to date; throws a sentence with the migration's own words when it fails. */
export async function runMigrations(options: ProductOptions): Promise<void> {
  const logFile = logFileOf(options.home, "migrate");
  const child = await startChild({
    name: "migrate",
    command: process.execPath,
    args: [join(options.dist, "cli/migrate.js")],
    env: options.env,
    logFile,
  });
  options.onStarted(child);
  const { code, signal } = await child.exited;
  if (code === 0) return;
  throw new LocalError(
    `The database could not be migrated (${signal ?? `status ${code}`}); ` +
      `the log is ${logFile} and ends:\n${child.logTail()}`,
  );
}

export interface RunningProduct {
  /** Stops api, then jobs, then workers. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts api, workers and jobs; resolves when all are ready. `url` is where the api will listen. */
export async function startProduct(options: ProductOptions, url: string): Promise<RunningProduct> {
  // Only the api has a port that people know; the others serve their probes on any free one.
  const quiet = { ...options, env: { ...options.env, PORT: "0" } };
  const api = supervise("api", options, { url: `${url}/readyz` });
  const jobs = supervise("jobs", quiet, { message: "jobs ready" });
  const workers = supervise("workers", quiet, { message: "workers ready" });
  const stop = async (): Promise<void> => {
    for (const process of [api, jobs, workers]) await process.stop();
  };
  const onAbort = (): void => void stop();
  options.abort?.addEventListener("abort", onAbort);
  try {
    await Promise.all([api.ready, jobs.ready, workers.ready]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    options.abort?.removeEventListener("abort", onAbort);
  }
  return { stop };
}

type Readiness = { readonly url: string } | { readonly message: string };

function supervise(name: string, options: ProductOptions, ready: Readiness): SupervisedProcess {
  const { home, env, say, onStarted } = options;
  const script = join(options.dist, name, "main.js");
  return superviseProcess({ name, home, script, env, ready, say, onStarted });
}
