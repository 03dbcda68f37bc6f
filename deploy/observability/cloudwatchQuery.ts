/** A figure as entries of CloudWatch: metrics with ids, a Metrics Insights query for our own, and the id that carries the value. */
import {
  type AwsMetric,
  type AwsResource,
  type Figure,
  NAMESPACE,
  type OwnFigure,
} from "./figures.ts";

export type Dimensions = Readonly<Record<string, string>>;
/** Where each resource's metrics are found: in one place, or in several (replicas, nodes); in none where the environment has no such thing. */
export type ResourceDimensions = Readonly<Record<AwsResource, Dimensions | readonly Dimensions[]>>;

export type QueryEntry =
  | {
      readonly id: string;
      readonly kind: "metric";
      readonly namespace: string;
      readonly metric: string;
      readonly stat: string;
      readonly dimensions: Dimensions;
    }
  | { readonly id: string; readonly kind: "expression"; readonly expression: string };

export interface CloudwatchQuery {
  readonly entries: readonly QueryEntry[];
  /** The entry that is drawn, or compared with the threshold. */
  readonly valueId: string;
}

interface Place {
  /** Its name: environments may share an account. */
  readonly environment: string;
  readonly resources: ResourceDimensions;
  readonly periodSeconds: number;
  /** Makes ids unique on a panel of several figures. */
  readonly prefix?: string;
}

/** The figure in an environment; undefined where something it needs is not there. */
export function cloudwatchQuery(figure: Figure, place: Place): CloudwatchQuery | undefined {
  const { prefix = "" } = place;
  if (figure.kind === "own") return ownQuery(figure, place);
  const { metrics, expression } = figure.aws;
  const entries: QueryEntry[] = [];
  for (const [name, metric] of Object.entries(metrics)) {
    const places = [place.resources[metric.of]].flat();
    if (places.length === 0) return undefined;
    entries.push(...metricEntries(`${prefix}${name}`, metric, places));
  }
  if (expression === undefined) return { entries, valueId: entries.at(-1)?.id ?? "" };
  const names = Object.keys(metrics).join("|");
  const own = expression.replaceAll(new RegExp(`\\b(${names})\\b`, "g"), `${prefix}$1`);
  const valueId = `${prefix}result`;
  return { entries: [...entries, { id: valueId, kind: "expression", expression: own }], valueId };
}

/** The metric under its id; of several places, the highest of them, since it is the worst that matters. */
function metricEntries(
  id: string,
  { namespace, metric, stat }: AwsMetric,
  places: readonly Dimensions[],
): QueryEntry[] {
  const entries = places.map((dimensions, place) => ({
    id: places.length === 1 ? id : `${id}${place + 1}`,
    kind: "metric" as const,
    namespace,
    metric,
    stat,
    dimensions,
  }));
  if (places.length === 1) return entries;
  const values = entries.map((entry) => `FILL(${entry.id}, 0)`).join(", "); // a node that is away must not hide the others
  return [...entries, { id, kind: "expression", expression: `MAX([${values}])` }];
}

const FUNCTIONS = { highest: "MAX", increase: "SUM", rate: "SUM", age: "MAX" } as const;

function ownQuery(
  figure: OwnFigure,
  { environment, periodSeconds, prefix = "" }: Place,
): CloudwatchQuery {
  const { metric, process, read, where = {}, by } = figure;
  const conditions = Object.entries({ environment, process, ...where }).map(
    ([name, value]) => `${name} = '${value}'`,
  );
  const group = by === undefined ? "" : ` GROUP BY ${by}`;
  const sql = `SELECT ${FUNCTIONS[read]}(${metric}) FROM ${NAMESPACE} WHERE ${conditions.join(" AND ")}${group}`;
  const query = { id: `${prefix}query`, kind: "expression", expression: sql } as const;
  const [valueId, oldestId] = [`${prefix}result`, `${prefix}oldest`];
  const result = (expression: string, ...between: QueryEntry[]): CloudwatchQuery => ({
    entries: [query, ...between, { id: valueId, kind: "expression", expression }],
    valueId,
  });
  if (read === "rate") return result(`${query.id} / ${periodSeconds}`);
  if (read !== "age") return { entries: [query], valueId: query.id };
  const oldest = { id: oldestId, kind: "expression", expression: `MIN(${query.id})` } as const;
  return result(`EPOCH(${oldestId}) - ${oldestId}`, oldest);
}
