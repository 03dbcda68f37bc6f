/**
 * A breaker for what is helpful and not needed: a call that fails, or takes longer than is worth waiting for, answers undefined,
 * and for a while nothing is tried at all. So a Redis that is away, slow or full costs one short wait in that time and no more.
 */

interface BreakerOptions {
  /** How long one call may take. */
  readonly patienceMs: number;
  /** How long nothing is tried after a call that failed. */
  readonly pauseMs: number;
}

export interface Breaker {
  /** Runs the call; undefined where it failed, was too slow, or nothing is tried at this time. */
  run<T>(call: () => Promise<T>): Promise<T | undefined>;
  /** True while calls are made. */
  readonly closed: boolean;
}

/** Makes a breaker; each resource has its own. */
export function createBreaker({ patienceMs, pauseMs }: BreakerOptions): Breaker {
  let pausedUntil = 0;
  return {
    get closed() {
      return performance.now() >= pausedUntil;
    },
    run: async (call) => {
      if (performance.now() < pausedUntil) return undefined;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        // one more turn of the event loop: after a stall of ours the answer may be there, only not read yet
        timer = setTimeout(
          () => setImmediate(() => setImmediate(() => reject(new Error("too slow")))),
          patienceMs,
        );
      });
      try {
        return await Promise.race([call(), late]);
      } catch {
        pausedUntil = performance.now() + pauseMs;
        return undefined;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
