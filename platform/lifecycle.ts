/**
 * Start and stop of a process: everything started registers its stop; stops run last in, first out, within a deadline.
 * SIGTERM and SIGINT stop in order; a second one ends the process at once.
 */
import { toError } from "../domain/errors.ts";
import type { Log } from "./log.ts";

type Stop = () => Promise<void> | void;

/** Holds what must be stopped. stop() may be called twice; the first error is kept, the other stops still run. */
export class Lifecycle {
  readonly #stops: { readonly name: string; readonly stop: Stop }[] = [];
  readonly #stopped = new AbortController();
  #stopping: Promise<void> | undefined;
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** True from the first call of stop(). */
  get draining(): boolean {
    return this.#stopping !== undefined;
  }

  /** Aborted by the first call of stop(), before anything is stopped. */
  get stopping(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Registers what undoes a start; called in the reverse order of registration. */
  onStop(name: string, stop: Stop): void {
    this.#stops.push({ name, stop });
  }

  /** Stops everything; answers when the last stop has ended, throws the first error. */
  stop(): Promise<void> {
    this.#stopped.abort();
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    let first: Error | undefined;
    for (const { name, stop } of this.#stops.reverse()) {
      try {
        await stop();
      } catch (thrown) {
        const error = toError(thrown);
        first ??= error;
        this.#log.error({ err: error, part: name }, "stop failed");
      }
    }
    if (first !== undefined) throw first;
  }
}

/** Ends the process in order on SIGTERM or SIGINT: exit 0 when all stopped within the grace, 1 otherwise. */
export function stopOnSignals(lifecycle: Lifecycle, log: Log, graceSeconds: number): void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (lifecycle.draining) process.exit(1);
    log.info({ signal }, "stopping");
    const deadline = setTimeout(() => {
      log.error({ grace_seconds: graceSeconds }, "not stopped within the grace period");
      process.exit(1);
    }, graceSeconds * 1_000);
    deadline.unref();
    lifecycle.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
