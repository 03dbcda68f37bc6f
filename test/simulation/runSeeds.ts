/**
 * Thousands of seeded runs of the accept, apply and publish core under faults. The product's own code runs on simulated backends
 * (simStore.ts says why that is allowed here). docs/simulation.md tells how to run more seeds and how to repeat one.
 */
import { expect, inject, test } from "vitest";
import { faultsOf } from "./checkRun.ts";
import type { Mutant } from "./simStore.ts";
import { type SimRun, simulate } from "./simulate.ts";

export const MOVEMENTS = 500;

/** Runs a seed and says what is wrong with it; `mutant` is a deliberate bug. */
export async function runSeed(
  seed: number,
  mutant: Mutant | null = null,
): Promise<{ run: SimRun; faults: string[] }> {
  const run = await simulate({ seed, movements: MOVEMENTS, mutant });
  return { run, faults: faultsOf(run) };
}

/** Registers the seeds with the given remainder by two: two files share them, so that they run side by side. */
export function testSeeds(remainder: 0 | 1): void {
  const { seeds: count, seed: only } = inject("simulation");
  const first = only ?? 1;
  const seeds = Array.from({ length: only === null ? count : 1 }, (_, n) => first + n);
  const mine = seeds.filter((seed) => seed % 2 === remainder);
  test.skipIf(mine.length === 0)(
    "whatever breaks, nothing accepted is lost, doubled, overtaken or decided otherwise than one at a time",
    () => expectSoundRuns(mine),
    1_800_000,
  );
}

async function expectSoundRuns(seeds: readonly number[]): Promise<void> {
  let [movements, faults, simulatedMs] = [0, 0, 0];
  for (const seed of seeds) {
    const { run, faults: found } = await runSeed(seed);
    movements += run.store.decided.length;
    faults += run.faults;
    simulatedMs += run.simulatedMs;
    expect(found, `seed ${seed}; repeat it with STOCKLINE_SIM_SEED=${seed}`).toEqual([]);
  }
  const figures = `${movements} movements, ${faults} crashes and the like, ${Math.round(simulatedMs / 60_000)} simulated minutes`;
  process.stdout.write(`simulation: ${seeds.length} seeds, ${figures}\n`);
}

/** How much is simulated: vitest.config.ts reads it from the environment. */
export interface SimulationSettings {
  readonly seeds: number;
  /** Only this one. */
  readonly seed: number | null;
}

declare module "vitest" {
  export interface ProvidedContext {
    simulation: SimulationSettings;
    model: { readonly runs: number; readonly seed: number | null };
  }
}
