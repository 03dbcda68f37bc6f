/** docs/metrics.md lists every metric of the product and no other. */
import { expect, test } from "vitest";
import { projectFiles, readProjectFile } from "../support/projectFiles.ts";

/** Names of database roles and the like have the same form. */
const OTHERS = /^stockline_(reader|writer|owner|ledger|inventory|[a-z]+_key)$/;

test("every metric stands in docs/metrics.md with what to do when it moves, and no other does", () => {
  const made = new Set<string>();
  for (const path of projectFiles()) {
    if (!/^(api|jobs|pipelines|platform|workers)\/.*\.ts$/.test(path)) continue;
    for (const [, name = ""] of readProjectFile(path).matchAll(/"(stockline_[a-z_0-9]+)"/g)) {
      if (!OTHERS.test(name)) made.add(name);
    }
  }
  const rows = readProjectFile("docs/metrics.md").matchAll(
    /^\| `(stockline_[a-z_0-9]+)` \| (.*) \|$/gm,
  );
  const listed = new Map([...rows].map(([, name = "", rest = ""]) => [name, rest.split(" | ")]));
  expect([...listed.keys()].toSorted()).toEqual([...made].toSorted());
  const silent = [...listed].filter(([, cells]) => cells.length !== 3 || cells.includes(""));
  expect(silent).toEqual([]);
});
