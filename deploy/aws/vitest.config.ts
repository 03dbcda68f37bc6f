/** Tests of the infrastructure: templates are synthesised in this process and read; no backend, no network. */
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "../../test/support/summaryReporter.ts";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/globalSetup.ts"],
    pool: "forks",
    maxWorkers: 1, // one synthesis serves all files
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default", new SummaryReporter()],
  },
});
