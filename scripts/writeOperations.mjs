/**
 * Writes what is made from the tables in deploy/observability and deploy/environments: Prometheus rules, the Grafana dashboard, the
 * list of runbooks and docs/cost.md. Run after a build; test/deploy fails while a file tells another story.
 */
import { writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
// By URL: linters run before anything is built.
const { operationsFiles } = await import(
  new URL("dist/deploy/observability/operationsFiles.js", root).href
);
for (const [path, text] of Object.entries(operationsFiles())) {
  writeFileSync(new URL(path, root), text);
}
