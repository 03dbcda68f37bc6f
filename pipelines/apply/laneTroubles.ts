/**
 * Finds the movement that fails a lane's batches: smaller and smaller batches of the movements among which it must be, down to
 * one, which is tried three times before it is set aside. Keeps what it knows in memory: another process finds it again by itself.
 */

/** Movements of a batch, after one that failed: an atomic group counts as one. */
const STEPS = [125, 16, 2, 1] as const;
/** Tries of a movement (or group) by itself before it is set aside. */
const TRIES = 3;
/** Tries of a lane that fails before it is known by which movement; then it is halted. */
const TRIES_UNKNOWN = 5;
/** Pause after a try of one movement, doubled for each try in a row. */
const PAUSE_MS = 100;
/** So many lanes stuck at once, with nothing decided meanwhile: the fault lies in none of them. */
const STUCK_LANES_MIN = 4;
/** They are tried again after this, for as long as it takes; nothing is set aside. */
const STUCK_PAUSE_MS = 5_000;

/** What to do about a failed batch. */
export type Verdict =
  /** Try fewer movements at once. */
  | { readonly next: "narrow" }
  /** Try again after a pause. `isCommon`: other lanes are stuck as well. */
  | { readonly next: "pause"; readonly pauseMs: number; readonly isCommon: boolean }
  | { readonly next: "set_aside"; readonly movements: readonly string[] }
  | { readonly next: "halt" };

interface Trouble {
  /** Movements of the failed batch that are not decided yet: the failing one is among them. */
  suspects: number;
  stepsMax: number;
  /** Ids of the movement or group that fails by itself. */
  culprit: string;
  tries: number;
  /** Batches that any lane had decided when this lane was stuck first. */
  stuckSince: number | undefined;
}

/** The troubles of the lanes of one process, by the lanes that fail together (one, or those of an atomic group). */
export class LaneTroubles {
  readonly #troubles = new Map<string, Trouble>();
  #decidedBatches = 0;

  /** How many movements the next batch of the lanes may hold; undefined where nothing is known against them. */
  stepsMax(lanes: readonly number[]): number | undefined {
    const stepsMax = this.#troubles.get(lanes.join())?.stepsMax;
    return stepsMax === Number.POSITIVE_INFINITY ? undefined : stepsMax;
  }

  /** Lanes, or sets of lanes, whose next movement fails by itself. */
  get stuck(): number {
    return [...this.#troubles.values()].filter((one) => one.stuckSince !== undefined).length;
  }

  /** Notes that a batch of the lanes failed that was to decide the movements. */
  failed(lanes: readonly number[], movements: readonly string[]): Verdict {
    const trouble = this.#troubleOf(lanes);
    if (movements.length > 1 && trouble.stepsMax > 1) {
      trouble.suspects = movements.length;
      const fewer = Math.min(trouble.stepsMax, movements.length);
      trouble.stepsMax = STEPS.find((steps) => steps < fewer) ?? 1;
      return { next: "narrow" };
    }
    return this.#afterTry(trouble, movements);
  }

  /** Notes that a batch of the lanes was decided. */
  decided(lanes: readonly number[], movements: number): void {
    if (movements > 0) this.#decidedBatches += 1;
    const trouble = this.#troubles.get(lanes.join());
    if (trouble === undefined) return;
    trouble.suspects -= movements;
    trouble.tries = 0;
    trouble.stuckSince = undefined;
    // none left: the fault has gone, or somebody else dealt with it
    if (trouble.suspects <= 0 || movements === 0) this.#troubles.delete(lanes.join());
  }

  /** Forgets the lanes' trouble: the movement was set aside, or the lanes were halted. */
  forget(lanes: readonly number[]): void {
    this.#troubles.delete(lanes.join());
  }

  #afterTry(trouble: Trouble, movements: readonly string[]): Verdict {
    const culprit = movements.join();
    trouble.tries = trouble.culprit === culprit ? trouble.tries + 1 : 1;
    trouble.culprit = culprit;
    trouble.stuckSince ??= this.#decidedBatches;
    if (this.#isCommon()) return { next: "pause", pauseMs: STUCK_PAUSE_MS, isCommon: true };
    if (movements.length > 0 && trouble.tries >= TRIES) return { next: "set_aside", movements };
    if (trouble.tries >= TRIES_UNKNOWN) return { next: "halt" };
    return { next: "pause", pauseMs: PAUSE_MS * 2 ** (trouble.tries - 1), isCommon: false };
  }

  #isCommon(): boolean {
    const stuck = [...this.#troubles.values()].filter(
      (one) => one.stuckSince === this.#decidedBatches,
    );
    return stuck.length >= STUCK_LANES_MIN;
  }

  #troubleOf(lanes: readonly number[]): Trouble {
    const key = lanes.join();
    const known = this.#troubles.get(key);
    if (known !== undefined) return known;
    const trouble: Trouble = {
      suspects: 0,
      stepsMax: Number.POSITIVE_INFINITY,
      culprit: "",
      tries: 0,
      stuckSince: undefined,
    };
    this.#troubles.set(key, trouble);
    return trouble;
  }
}
