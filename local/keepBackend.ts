/**
 * Starts an embedded backend again when it ends unasked, on the same port and data, so that the
 * addresses the product holds stay true. Gives up, and says so, when it will not start.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { LocalBackend } from "./localBackend.ts";
import { messageOf } from "./localError.ts";

const STARTS_MAX = 6;
const PAUSE_FIRST_MS = 250; // Doubled each time: 8 s in all, time enough for a port to be let go.

export interface KeepOptions {
  readonly restart: (port: number) => Promise<LocalBackend>;
  readonly log: (line: string) => void;
  readonly onStarted?: ((backend: LocalBackend) => void) | undefined;
}

/** The same backend, kept running until its `stop`. */
export function keepBackend(first: LocalBackend, options: KeepOptions): LocalBackend {
  const stopping = new AbortController();
  const holder = { current: first };
  const watching = watch(holder, options, stopping.signal);
  return {
    ...first,
    stop: async () => {
      stopping.abort();
      await holder.current.stop();
      await watching;
      await holder.current.stop(); // One that was just being started again.
    },
  };
}

async function watch(
  holder: { current: LocalBackend },
  options: KeepOptions,
  stopping: AbortSignal,
): Promise<void> {
  for (;;) {
    await holder.current.exited;
    if (stopping.aborted) return;
    options.log(`${holder.current.name} ended by itself; starting it again.`);
    const next = await startAgain(holder.current, options, stopping);
    if (next === undefined) return;
    holder.current = next;
    options.onStarted?.(next);
    if (stopping.aborted) return; // `stop` waits for us before it stops this one.
  }
}

async function startAgain(
  ended: LocalBackend,
  { restart, log }: KeepOptions,
  stopping: AbortSignal,
): Promise<LocalBackend | undefined> {
  for (let attempt = 1; attempt <= STARTS_MAX && !stopping.aborted; attempt += 1) {
    try {
      return await restart(ended.port);
    } catch (error) {
      const last = attempt === STARTS_MAX;
      const advice = last ? " Given up: stop with Ctrl-C and start anew." : "";
      log(`${ended.name} could not be started again: ${messageOf(error)}${advice}`);
    }
    const pauseMs = PAUSE_FIRST_MS * 2 ** (attempt - 1);
    await pause(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
  }
  return undefined;
}
