/**
 * Refuses movements while the backlog is past its configured depth, and tells when to come back, from the measured rate at which it
 * is decided. What a process lets in counts at once, so that no process overshoots by more than a request.
 */
import { UnavailableError } from "../../domain/errors.ts";

/** A full backlog takes movements again once it has fallen to this share of its depth: callers don't come back for nothing. */
const OPEN_AGAIN_SHARE = 0.95;
/** Bounds of Retry-After: nobody should ask more often, nor stay away longer when the rate is a guess or zero. */
const RETRY_SECONDS_MIN = 1;
const RETRY_SECONDS_MAX = 60;

interface Backlog {
  readonly depth: number;
  readonly decidedPerSecond: number;
}

/** The gate in front of the inbox. */
export class BacklogGate {
  readonly #backlog: Backlog;
  readonly #depthMax: number;
  #isShut = false;

  constructor(backlog: Backlog, depthMax: number) {
    this.#backlog = backlog;
    this.#depthMax = depthMax;
  }

  /** False while the backlog is full. */
  get isOpen(): boolean {
    const { depth } = this.#backlog;
    this.#isShut = depth >= this.#depthMax || (this.#isShut && depth > this.#openAgain);
    return !this.#isShut;
  }

  get #openAgain(): number {
    return Math.floor(this.#depthMax * OPEN_AGAIN_SHARE);
  }

  /** Throws UnavailableError (503 backlog_full) while the backlog is full. */
  check(): void {
    if (this.isOpen) return;
    const { depth, decidedPerSecond } = this.#backlog;
    const openAgain = this.#openAgain;
    const retryAfterSeconds = retryAfter(depth - openAgain, decidedPerSecond);
    throw new UnavailableError({
      code: "backlog_full",
      detail: `${depth} accepted movements wait to be applied, the limit is ${this.#depthMax}; send the same request again in ${retryAfterSeconds} seconds`,
      retryAfterSeconds,
    });
  }
}

/** Seconds until so many movements are decided at the rate, rounded up and bounded. */
function retryAfter(movements: number, perSecond: number): number {
  const seconds = Math.ceil(movements / perSecond); // at rate 0: Infinity
  return Math.min(RETRY_SECONDS_MAX, Math.max(RETRY_SECONDS_MIN, seconds));
}
