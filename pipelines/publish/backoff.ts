/** Growing pauses after failures, one series a key, with jitter so that retries of many do not meet. */

interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Milliseconds of a clock that never runs backwards. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Remembers which keys failed and until when they rest. */
export class Backoff<Key> {
  readonly #options: BackoffOptions;
  readonly #resting = new Map<Key, { failures: number; until: number }>();

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Notes a failure; answers the pause in milliseconds: doubled each time, between half and all of it by chance. */
  fail(key: Key): number {
    const failures = (this.#resting.get(key)?.failures ?? 0) + 1;
    const { firstMs, maxMs, now, random } = this.#options;
    const fullMs = Math.min(firstMs * 2 ** (failures - 1), maxMs);
    const pauseMs = fullMs * (0.5 + random() / 2);
    this.#resting.set(key, { failures, until: now() + pauseMs });
    return pauseMs;
  }

  /** The key got on: its next failure is its first again. */
  succeed(key: Key): void {
    this.#resting.delete(key);
  }

  /** True while the pause after the key's last failure lasts. */
  isResting(key: Key): boolean {
    const rest = this.#resting.get(key);
    return rest !== undefined && rest.until > this.#options.now();
  }
}
