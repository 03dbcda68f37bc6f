/**
 * The life of a Stockline at the terminal, shared by `npm start` and `npm run demo`: start, ready
 * line, work, signal, stop. Faults of the machine or settings are told in a sentence, status 1.
 */
import { codeOf, LocalError, messageOf } from "./localError.ts";
import { type Environment, type RunningStockline, startStockline } from "./startStockline.ts";

const PARENT_POLL_MS = 250;
/** npm hands on a Ctrl-C that we have had from the terminal already; that is one, not two. */
const SECOND_SIGNAL_MS = 1_000;

/** What a command does once all is ready; when it answers "stop", everything is stopped, otherwise it serves on. */
export type Work = (running: RunningStockline, abort: AbortSignal) => Promise<"serve" | "stop">;

export interface ServeOptions {
  readonly work?: Work;
  /** Folder of the compiled product; for tests. */
  readonly dist?: string;
}

/** Runs Stockline until stopped, then sets the exit status: 0 after an orderly stop. */
export async function serveUntilStopped(options: ServeOptions = {}): Promise<void> {
  const work: Work = options.work ?? (async () => "serve");
  const say = (line: string): void => console.log(line);
  const interruption = new AbortController();
  const state: { running?: RunningStockline } = {};
  watchSignals(interruption, () => state.running?.kill());
  watchParent(interruption);
  try {
    say("Starting Stockline …");
    const running = await startStockline({
      given: process.env,
      say,
      abort: interruption.signal,
      ...(options.dist === undefined ? {} : { dist: options.dist }),
    });
    state.running = running;
    say(readyLine(running.url, running.env));
    if (!interruption.signal.aborted && (await work(running, interruption.signal)) === "serve") {
      await aborted(interruption.signal);
    }
    await running.stop();
    say("Stockline has stopped.");
  } catch (error) {
    await state.running?.stop();
    report(error, interruption.signal);
  }
  // Nothing should be left to wait for; if something is, it must not keep the terminal.
  process.exit();
}

/** The line that says where Stockline is and how to sign in. */
export function readyLine(url: string, env: Environment): string {
  const signIn =
    env["JWT_JWKS_URL"] === undefined
      ? "npm run -s stockline -- token --role admin"
      : `a token whose key is at ${env["JWT_JWKS_URL"]}`;
  return `Stockline is ready at ${url} – sign in: ${signIn}`;
}

function report(error: unknown, interruption: AbortSignal): void {
  if (interruption.aborted) {
    console.log("Stockline has stopped.");
    return;
  }
  process.exitCode = 1;
  console.error(error instanceof LocalError ? error.message : (fileSentence(error) ?? error));
}

/** What the system refused to do with a file of the data folder; undefined for other errors. */
function fileSentence(error: unknown): string | undefined {
  const refusals = ["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR", "EEXIST"];
  if (!refusals.includes(codeOf(error) ?? "")) return undefined;
  return (
    `${messageOf(error)}. The data folder must be one that you may write to, with room left; ` +
    "choose another with STOCKLINE_HOME."
  );
}

function watchSignals(interruption: AbortController, kill: () => void): void {
  let firstMs: number | undefined;
  const onSignal = (): void => {
    if (firstMs === undefined) {
      firstMs = Date.now();
      console.log("Stopping … (again to stop at once)");
      interruption.abort();
    } else if (Date.now() - firstMs > SECOND_SIGNAL_MS) {
      kill();
      process.exit(130);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

/** Under npm, a killed npm must not leave us behind: then our parent process changes. */
function watchParent(interruption: AbortController): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) interruption.abort();
  }, PARENT_POLL_MS).unref();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A timer keeps the process alive: signals and unref'd timers alone do not.
    const alive = setInterval(() => undefined, PARENT_POLL_MS);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}
