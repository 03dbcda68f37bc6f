/** The test run: every test file beside real backends, a few files at a time, one summary line last. */
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summaryReporter.ts";

// How much the model test and the simulation do (docs/simulation.md); no variables of the product.
const { STOCKLINE_SIM_SEEDS, STOCKLINE_SIM_SEED, STOCKLINE_MODEL_RUNS, STOCKLINE_MODEL_SEED } =
  process.env;
const numberOrNull = (text: string | undefined) => (text === undefined ? null : Number(text));

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/globalSetup.ts"],
    provide: {
      simulation: {
        seeds: Number(STOCKLINE_SIM_SEEDS ?? 60),
        seed: numberOrNull(STOCKLINE_SIM_SEED),
      },
      model: { runs: Number(STOCKLINE_MODEL_RUNS ?? 60), seed: numberOrNull(STOCKLINE_MODEL_SEED) },
    },
    pool: "forks",
    maxWorkers: 3, // Test files often wait for backends, so more of them than two cores pays.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: ["default", new SummaryReporter()],
  },
});
