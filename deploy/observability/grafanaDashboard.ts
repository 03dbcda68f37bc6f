/** The panels as a Grafana dashboard (deploy/grafana/dashboards/stockline.json), for who runs elsewhere and for docker compose. */
import { type Line, type Panel, rows } from "./panels.ts";
import { promql } from "./promql.ts";

const COLUMNS = 24;
const HEIGHT = 7;
const WINDOW_MINUTES = 5;
const DATASOURCE = { type: "prometheus", uid: "prometheus" };

/** The whole dashboard as JSON text. */
export function renderGrafanaDashboard(): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    const w = Math.floor(COLUMNS / row.panels.length);
    for (const [place, panel] of row.panels.entries()) {
      const gridPos = { x: place * w, y: y + 1, w, h: HEIGHT };
      panels.push({ id: panels.length + 1, gridPos, ...panelOf(panel) });
    }
    y += 1 + HEIGHT;
  }
  return `${JSON.stringify({ ...DASHBOARD, panels }, null, 2)}\n`;
}

const DASHBOARD = {
  uid: "stockline",
  title: "Stockline",
  description:
    "Made by scripts/writeOperations.mjs from deploy/observability/panels.ts; edit there.",
  tags: ["stockline"],
  timezone: "utc",
  schemaVersion: 39,
  refresh: "30s",
  time: { from: "now-3h", to: "now" },
  editable: false,
  annotations: { list: [] },
  templating: { list: [] },
};

function panelOf({ title, description, unit, lines }: Panel): object {
  return {
    type: "timeseries",
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: {
      defaults: { unit, min: 0, custom: { lineWidth: 1, fillOpacity: 10, spanNulls: 120_000 } },
      overrides: [],
    },
    options: {
      legend: { displayMode: "list", placement: "bottom" },
      tooltip: { mode: "multi", sort: "desc" },
    },
    targets: lines.map((line, place) => targetOf(line, place)),
  };
}

function targetOf({ label, figure }: Line, place: number): object {
  const by = figure.kind === "own" ? figure.by : undefined;
  return {
    refId: String.fromCharCode("A".charCodeAt(0) + place),
    datasource: DATASOURCE,
    expr: promql(figure, WINDOW_MINUTES) ?? "",
    legendFormat: by === undefined ? label : `{{${by}}}`,
  };
}
