/** The deliberate bugs of mutants.mjs still fit the sources, so that the long run which tries them does not end at the first. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../platform/projectRoot.ts";
import { projectFiles, readProjectFile } from "../support/projectFiles.ts";

const tableOfMutants = z.object({
  MUTANTS: z.array(
    z.object({
      name: z.string(),
      caughtBy: z.string(),
      edits: z.array(z.object({ file: z.string(), find: z.string(), replace: z.string() })),
    }),
  ),
});

const file = pathToFileURL(join(projectRoot(), "test/faults/mutants.mjs")).href;
const { MUTANTS } = tableOfMutants.parse(await import(file));

test.each(MUTANTS)("$name changes a text that stands exactly once", ({ edits }) => {
  for (const { file: path, find } of edits) {
    expect(readProjectFile(path).split(find).length - 1, `${path}: ${find}`).toBe(1);
  }
});

test("each is caught by a fault that there is, and stands in the documentation", () => {
  const suite = projectFiles().filter((path) => path.endsWith(".faults.ts"));
  const texts = suite.map(readProjectFile).join("\n");
  const docs = readProjectFile("docs/faults.md");
  for (const { name, caughtBy } of MUTANTS) {
    expect(texts).toContain(`"${caughtBy}",`);
    expect(docs).toMatch(new RegExp(`^\\| ${name} \\|.*\\| ${caughtBy} \\|$`, "m"));
  }
});
