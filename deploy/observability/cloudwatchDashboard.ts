/** The panels as the body of a CloudWatch dashboard: the same rows, titles and lines as Grafana's. */
import { cloudwatchQuery, type ResourceDimensions } from "./cloudwatchQuery.ts";
import { type Panel, rows } from "./panels.ts";

interface Place {
  readonly environment: string;
  readonly region: string;
  readonly resources: ResourceDimensions;
}

const COLUMNS = 24;
const HEIGHT = 6;
const PERIOD_SECONDS = 60;

/** The body; panels of which the environment has nothing (replicas, say) are left out. */
export function cloudwatchDashboard(place: Place): object {
  const widgets: object[] = [];
  let y = 0;
  for (const row of rows) {
    widgets.push({
      type: "text",
      x: 0,
      y,
      width: COLUMNS,
      height: 1,
      properties: { markdown: `## ${row.title}` },
    });
    const width = Math.floor(COLUMNS / row.panels.length);
    for (const [column, panel] of row.panels.entries()) {
      const properties = propertiesOf(panel, place);
      if (properties === undefined) continue;
      widgets.push({
        type: "metric",
        x: column * width,
        y: y + 1,
        width,
        height: HEIGHT,
        properties,
      });
    }
    y += 1 + HEIGHT;
  }
  return { widgets };
}

function propertiesOf({ title, lines }: Panel, { environment, region, resources }: Place) {
  const metrics: unknown[] = [];
  for (const [number, { label, figure }] of lines.entries()) {
    const prefix = `l${number}`;
    const query = cloudwatchQuery(figure, {
      environment,
      resources,
      periodSeconds: PERIOD_SECONDS,
      prefix,
    });
    for (const entry of query?.entries ?? []) {
      const shown = {
        id: entry.id,
        visible: entry.id === query?.valueId,
        ...(label === "" ? {} : { label }),
      };
      metrics.push(
        entry.kind === "expression"
          ? [{ ...shown, expression: entry.expression, period: PERIOD_SECONDS }]
          : [
              entry.namespace,
              entry.metric,
              ...Object.entries(entry.dimensions).flat(),
              { ...shown, stat: entry.stat },
            ],
      );
    }
  }
  if (metrics.length === 0) return undefined;
  return {
    title,
    region,
    view: "timeSeries",
    period: PERIOD_SECONDS,
    metrics,
    yAxis: { left: { min: 0 } },
  };
}
