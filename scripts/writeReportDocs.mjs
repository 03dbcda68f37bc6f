/**
 * Writes the data dictionary of docs/analysts.md, between its markers, from the definitions of the reports. Run after a build;
 * test/pipelines/export/analystDocs.test.ts fails while the page tells another story.
 */
import { readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const page = new URL("docs/analysts.md", root);
// By URL: linters run before anything is built.
const { withDictionary } = await import(
  new URL("dist/pipelines/export/describeReports.js", root).href
);
writeFileSync(page, withDictionary(readFileSync(page, "utf8")));
