/**
 * Keeps one process of the product running: waits until it is ready, and starts it again, with a
 * growing pause, when it ends unasked. An end before it was ever ready is a fault and not retried.
 */
import { setTimeout as pause } from "node:timers/promises";
import { answers } from "./awaitReady.ts";
import { type ChildExit, type LocalChild, startChild } from "./childProcess.ts";
import { logFileOf } from "./localBackend.ts";
import { LocalError } from "./localError.ts";
import { PRODUCT_NODE_FLAGS } from "./nodeFlags.ts";
import { openProductLog } from "./productLog.ts";

const READY_TIMEOUT_MS = 120_000; // As a backend has; a loaded machine starts all of them at once.
const PROBE_INTERVAL_MS = 50;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 15_000;
const STABLE_MS = 60_000; // One that ran this long starts again without the grown pause.
const STOP_GRACE_MS = 30_000; // Past the product's own default of 20 s (SHUTDOWN_GRACE_SECONDS).

export interface ProcessOptions {
  readonly name: string;
  readonly home: string;
  /** The compiled script to run with Node. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ready when this address answers 200, or when this message is logged. */
  readonly ready: { readonly url: string } | { readonly message: string };
  readonly say: (line: string) => void;
  readonly onStarted: (child: LocalChild) => void;
}

export interface SupervisedProcess {
  readonly name: string;
  /** Resolves at the first readiness; rejects with a sentence when there will be none. */
  readonly ready: Promise<void>;
  /** Ends it in order and keeps it ended. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts the process and answers at once; see `ready`. */
export function superviseProcess(options: ProcessOptions): SupervisedProcess {
  const stopping = new AbortController();
  let child: LocalChild | undefined;
  const started = (next: LocalChild): void => {
    child = next;
    options.onStarted(next);
  };
  const life: { ended: Promise<void> } = { ended: Promise.resolve() };
  const ready = new Promise<void>((resolve, reject) => {
    const running = { options, stopping: stopping.signal, started, onReady: resolve };
    const late = new LocalError(
      `${options.name} was not ready within ${READY_TIMEOUT_MS / 1000} s; ` +
        `its log is ${logFileOf(options.home, options.name)}.`,
    );
    setTimeout(() => reject(late), READY_TIMEOUT_MS).unref();
    // Rejected also when stopped while starting, so that nobody waits for ever.
    const stopped = new LocalError(`${options.name} was stopped before it was ready.`);
    life.ended = keepRunning(running).then(() => reject(stopped), reject);
  });
  ready.catch(() => undefined); // Told to whoever awaits it; not an unhandled rejection.
  return {
    name: options.name,
    ready,
    stop: async () => {
      stopping.abort();
      await child?.stop();
      await life.ended;
    },
  };
}

interface Running {
  readonly options: ProcessOptions;
  readonly stopping: AbortSignal;
  readonly started: (child: LocalChild) => void;
  readonly onReady: () => void;
}

async function keepRunning(running: Running): Promise<void> {
  const { options, stopping } = running;
  let pauseMs = PAUSE_FIRST_MS;
  let wasReady = false;
  const onReady = (): void => {
    if (wasReady) options.say(`${options.name} is ready again.`);
    wasReady = true;
    running.onReady();
  };
  while (!stopping.aborted) {
    const begunMs = Date.now();
    const error = await runOnce(running, onReady);
    if (stopping.aborted) return;
    if (!wasReady) throw error;
    if (Date.now() - begunMs > STABLE_MS) pauseMs = PAUSE_FIRST_MS;
    options.say(`${error.message}\nStarting it again in ${pauseMs / 1000} s.`);
    await pause(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
  }
}

/** One life of the process; answers, at its end, a sentence about that end. */
async function runOnce(running: Running, onReady: () => void): Promise<LocalError> {
  const { options } = running;
  const file = logFileOf(options.home, options.name);
  const message = "message" in options.ready ? options.ready.message : undefined;
  const log = openProductLog({
    name: options.name,
    file,
    readyMessage: message,
    onReady,
    say: options.say,
  });
  const child = await startChild({
    name: options.name,
    command: process.execPath,
    args: [...PRODUCT_NODE_FLAGS, options.script],
    env: options.env,
    logFile: file,
    stopGraceMs: STOP_GRACE_MS,
    onLine: log.onLine,
  });
  running.started(child);
  if (running.stopping.aborted) await child.stop();
  if ("url" in options.ready) await pollUntilReady(child, options.ready.url, onReady);
  const exit = await child.exited;
  log.close();
  return new LocalError(endSentence(child, exit, file));
}

async function pollUntilReady(child: LocalChild, url: string, onReady: () => void): Promise<void> {
  while (!child.hasExited()) {
    if (await answers(url, 200)) {
      onReady();
      return;
    }
    await pause(PROBE_INTERVAL_MS);
  }
}

function endSentence(child: LocalChild, exit: ChildExit, file: string): string {
  const how = exit.signal ?? `status ${exit.code}`;
  // Log records went to the terminal if they were errors; what else it wrote is worth showing.
  const words = child
    .logTail()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("{"))
    .map((line) => `\n  ${line}`);
  return `${child.name} ended by itself (${how}); its log is ${file}.${words.join("")}`;
}
