/** Runs something again and again, never two rounds at once; a failed round is logged and the next one comes all the same. */
import { toError } from "../domain/errors.ts";
import type { Log } from "./log.ts";
import { isUnavailable } from "./postgres.ts";

interface RepeatOptions {
  readonly everyMs: number;
  /** Named in the log when a round fails. */
  readonly what: string;
  readonly log: Log;
  readonly run: () => Promise<void>;
}

/** Starts the first round at once; stop() waits for the round in flight. */
export function repeat(options: RepeatOptions): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let wake: () => void = () => undefined;
  const rounds = async () => {
    while (!stopped) {
      await options.run().catch((thrown: unknown) => {
        const level = isUnavailable(thrown) ? "warn" : "error";
        options.log[level]({ err: toError(thrown) }, `${options.what} failed; it comes again`);
      });
      if (stopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, options.everyMs);
      });
    }
  };
  const running = rounds();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      wake();
      await running;
    },
  };
}
