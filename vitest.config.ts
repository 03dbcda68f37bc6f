/** The test run: every test file beside real backends, a few files at a time, one summary line last. */
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summaryReporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/globalSetup.ts"],
    pool: "forks",
    maxWorkers: 4, // Test files mostly wait for backends, so more of them than cores pays.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ["default", new SummaryReporter()],
  },
});
