/** Declared jobs and functions match one to one, or the process does not start. */
import { expect, test } from "vitest";
import { assertComplete } from "../../jobs/jobRegistry.ts";
import { DECLARED_JOBS, type JobFunction } from "../../pipelines/schedule/index.ts";

const work: JobFunction = async () => ({ rows: 0, outcome: {} });
const names = DECLARED_JOBS.map((job) => job.name);

test("every declared name with one function is complete", () => {
  expect(() => assertComplete(new Map(names.map((name) => [name, work])))).not.toThrow();
});

test("a name without a function, or a function without a name, is refused", () => {
  const message = "every declared job has one function, and every function a declaration";
  const tooFew = new Map(names.slice(1).map((name) => [name, work]));
  expect(() => assertComplete(tooFew)).toThrow(message);
  const tooMany = new Map([...names, "another"].map((name) => [name, work]));
  expect(() => assertComplete(tooMany)).toThrow(message);
});
