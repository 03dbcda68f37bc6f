/**
 * One fault of the list (reliability.md, docs/faults.md) as a vitest test: its seed, how often it is repeated, and what it counted.
 * `npm run faults -- --seed 7 --runs 20 F9` replays; the reporter prints what `fault` notes.
 */
import { setTimeout as pause } from "node:timers/promises";
import { inject, test } from "vitest";

export interface FaultSettings {
  readonly seed: number;
  /** Multiplies how often each fault is tried. */
  readonly runs: number;
  /** Where an upgrade begins: a ref of git, or "" for the newest commit before the newest migrations. */
  readonly previous: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    faults: FaultSettings;
  }
  interface TaskMeta {
    fault?: FaultNote;
  }
}

/** What the summary table says of a fault. */
export interface FaultNote {
  readonly id: string;
  readonly seed: number;
  /** How often the fault was done, and whatever else was counted. */
  readonly counts: Record<string, number>;
}

/** For how long a fault lasts; nothing else in a test waits for time to pass. */
export function lasting(ms: number): Promise<void> {
  return pause(ms);
}

/** What a fault's body works with. */
export interface FaultRun {
  readonly random: Random;
  /** A count, multiplied by --runs. */
  times(count: number): number;
  /** Adds to what the summary shows. */
  count(what: string, by?: number): void;
  /** Leaves the fault out, with the reason. */
  skip(reason: string): never;
}

interface FaultOptions {
  readonly timeoutMs?: number;
}

/** Registers the fault; `id` is its number in the list. */
export function fault(
  [id, title]: readonly [id: string, title: string],
  body: (run: FaultRun) => Promise<void>,
  { timeoutMs = 300_000 }: FaultOptions = {},
): void {
  const { seed, runs } = inject("faults");
  test(`${id}: ${title}`, { timeout: timeoutMs * Math.max(1, runs) }, async ({ task, skip }) => {
    const counts: Record<string, number> = {};
    task.meta.fault = { id, seed, counts };
    await body({
      random: new Random(`${seed} ${id}`),
      times: (count) => Math.max(1, Math.round(count * runs)),
      count: (what, by = 1) => {
        counts[what] = (counts[what] ?? 0) + by;
      },
      skip: (reason) => {
        process.stdout.write(`${id} is left out: ${reason}\n`);
        return skip(reason);
      },
    });
  });
}

/** Random choices that depend on the seed only (mulberry32; the text is folded by FNV-1a). */
export class Random {
  #state: number;

  constructor(seed: string) {
    this.#state = 0x811c9dc5;
    for (const letter of Buffer.from(seed)) {
      this.#state = Math.imul(this.#state ^ letter, 0x01000193) >>> 0;
    }
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** One of the list, which is not empty. */
  pick<T>(list: readonly T[]): T {
    const found = list[this.between(0, list.length - 1)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  }

  /** The list in another order. */
  shuffle<T>(list: readonly T[]): T[] {
    return list
      .map((item) => ({ item, key: this.next() }))
      .sort((one, other) => one.key - other.key)
      .map(({ item }) => item);
  }
}
