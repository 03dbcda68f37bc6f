/** docs/analysts.md tells of the reports as they are. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withDictionary } from "../../../pipelines/export/describeReports.ts";

test("the data dictionary of docs/analysts.md is that of the reports (npm run docs:reports writes it)", () => {
  const page = readFileSync(new URL("../../../docs/analysts.md", import.meta.url), "utf8");
  expect(withDictionary(page)).toBe(page);
});
