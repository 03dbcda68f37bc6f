/** Every file that is made from the tables: path in the repository to text. scripts/writeOperations.mjs writes them, a test compares. */
import { renderCostPage } from "../environments/costPage.ts";
import { renderGrafanaDashboard } from "./grafanaDashboard.ts";
import { renderPrometheusRules } from "./prometheusRules.ts";
import { renderRunbookIndex } from "./runbookIndex.ts";

/** The files with their texts. */
export function operationsFiles(): Readonly<Record<string, string>> {
  return {
    "deploy/prometheus/rules.yml": renderPrometheusRules(),
    "deploy/grafana/dashboards/stockline.json": renderGrafanaDashboard(),
    "docs/runbooks/README.md": renderRunbookIndex(),
    "docs/cost.md": renderCostPage(),
  };
}
