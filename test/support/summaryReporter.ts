/** Ends a test run with one plain line `N passed, N failed`, which the check script reads. */
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Counts tests; a file that could not be loaded and an error outside any test count as failures. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else skipped += 1;
      }
      if (module.state() === "failed" && failed === before) failed += 1;
    }
    // Skipped tests get a line of their own: the last line is read by a program.
    if (skipped > 0) console.log(`${skipped} skipped`);
    console.log(`${passed} passed, ${failed} failed`);
  }
}
