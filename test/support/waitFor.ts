/** The one way tests wait: for something to be there, with a deadline, never for time to pass. */
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";

export interface WaitOptions {
  /** Default 25000: a machine that runs nine things at once is still right. */
  readonly timeoutMs?: number;
  /** Default 20. */
  readonly intervalMs?: number;
}

/**
 * Calls `probe` until it answers something other than undefined or false, and answers that.
 * A probe that throws is tried again; at the deadline the error says what was last seen.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 25_000, intervalMs = 20 }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let seen: unknown;
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      seen = found;
    } catch (error) {
      seen = error;
    }
    if (Date.now() >= deadline) {
      throw new Error(`Waited ${timeoutMs} ms for ${what}; saw last: ${inspect(seen)}`);
    }
    await pause(intervalMs);
  }
}
