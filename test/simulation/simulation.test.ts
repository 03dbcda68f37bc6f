/** What the simulation itself must be able to do: repeat a run to the last bit, and find wrong builds. */
import "./replaceQueries.ts";
import { describe, expect, test } from "vitest";
import { MOVEMENTS, runSeed } from "./runSeeds.ts";
import { MUTANTS } from "./simStore.ts";

/** Seeds within which each mutant must be found. */
const MUTANT_SEEDS = 200;

test("the same seed gives the same run, to the last hash", async () => {
  const [one, other] = [await runSeed(4_711), await runSeed(4_711)];
  expect(one.run.store.decided.length).toBeGreaterThanOrEqual(MOVEMENTS);
  expect(one.run.trace).toBe(other.run.trace);
  const hashes = ({ run }: typeof one) =>
    [...run.store.levels].map(([key, level]) => `${key} ${level.lastHash}`);
  expect(hashes(one)).toEqual(hashes(other));
  expect(one.run.broker.received).toEqual(other.run.broker.received);
}, 120_000);

describe("a wrong build is found", () => {
  test.each(MUTANTS)(
    "%s",
    async (mutant) => {
      for (let seed = 1; seed <= MUTANT_SEEDS; seed += 1) {
        const { faults } = await runSeed(seed, mutant);
        if (faults.length === 0) continue;
        process.stdout.write(`mutant ${mutant}: found by seed ${seed}: ${faults[0]}\n`);
        return;
      }
      expect.unreachable(`${mutant} survived ${MUTANT_SEEDS} seeds`);
    },
    600_000,
  );
});
