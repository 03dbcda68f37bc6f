/**
 * The circuit of one sink. Closed: rounds of full size. After failures in a row it opens: nothing is sent until a pause is over,
 * then one event is sent as a probe (half open). A probe that comes through closes it; one that fails opens it for longer.
 */
import { Backoff } from "./backoff.ts";
import type { CircuitState } from "./queries/sinks.ts";

interface CircuitOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** Failures in a row that open the circuit; fewer are only paused after. */
const FAILURES_TO_OPEN = 5;

/** Counts failures in a row and says how long to rest after each. */
export class Circuit {
  readonly #rests: Backoff<"sink">;
  #failures = 0;
  #resting = false;

  constructor(options: CircuitOptions) {
    this.#rests = new Backoff(options);
  }

  get state(): CircuitState {
    if (this.#failures < FAILURES_TO_OPEN) return "closed";
    return this.#resting ? "open" : "half_open";
  }

  /** Notes that nothing got through; answers the pause in milliseconds. */
  fail(): number {
    this.#failures += 1;
    this.#resting = true;
    return this.#rests.fail("sink");
  }

  /** The pause is over. */
  rested(): void {
    this.#resting = false;
  }

  /** Something was acknowledged. */
  succeed(): void {
    this.#failures = 0;
    this.#resting = false;
    this.#rests.succeed("sink");
  }
}
