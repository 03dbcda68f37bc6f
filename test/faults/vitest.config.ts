/** The fault suite's run: one file after another, since each loads the machine by itself, with a table of what was done last. */
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "../support/summaryReporter.ts";
import { FaultReporter } from "./faultReporter.ts";

// STOCKLINE_FAULT_* are set by scripts/run.mjs from the command line, and are no variables of the product.
const seed = Number(process.env["STOCKLINE_FAULT_SEED"] ?? Math.floor(Math.random() * 1_000_000));
const runs = Number(process.env["STOCKLINE_FAULT_RUNS"] ?? 1);
const previous = process.env["STOCKLINE_PREVIOUS"] ?? "";

export default defineConfig({
  test: {
    include: ["test/faults/**/*.faults.ts"],
    globalSetup: ["test/support/globalSetup.ts"],
    provide: { faults: { seed, runs, previous } },
    pool: "forks",
    fileParallelism: false,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: ["default", new FaultReporter(), new SummaryReporter()],
  },
});
