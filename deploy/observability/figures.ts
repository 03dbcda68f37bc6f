/**
 * What a figure is, once for both worlds: one of our processes' own metrics (platform/metrics.ts; Prometheus at /metrics,
 * CloudWatch by EMF lines), or one of a backend with its two spellings. Alarms and dashboards are lists of these. Pure data.
 *
 * EMF lines (platform/embeddedMetrics.ts) put each own metric into the namespace below under its Prometheus name with exactly one
 * set of dimensions, `environment`, `process` and its labels; counters as increments.
 */

/** CloudWatch namespace of our own metrics. */
export const NAMESPACE = "Stockline";

export type ProcessName = "api" | "workers" | "jobs";

/** How many processes' values become one: the highest, growth in the window, growth a second, age of the newest time. */
export type Reading = "highest" | "increase" | "rate" | "age";

export interface OwnFigure {
  readonly kind: "own";
  readonly metric: string;
  readonly process: ProcessName;
  readonly read: Reading;
  /** Only series with this label. */
  readonly where?: Readonly<Record<string, string>>;
  /** A line for each value of this label. */
  readonly by?: string;
}

/** Something in AWS that reports metrics of its own; the stacks know its dimensions. */
export type AwsResource =
  | "loadBalancer"
  | "blueTargets"
  | "greenTargets"
  | "database"
  | "replica"
  | "queueRedis"
  | "cacheRedis"
  | "queue"
  | "deadLetters"
  | "processorDeadLetters"
  | "eventStream"
  | "eventProcessor"
  | "api"
  | "workers"
  | "jobs"
  | "firewall";

export interface AwsMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly stat: string;
  readonly of: AwsResource;
}

export interface BackendFigure {
  readonly kind: "backend";
  /** CloudWatch: the metrics by id and, for several, how they become one. */
  readonly aws: {
    readonly metrics: Readonly<Record<string, AwsMetric>>;
    readonly expression?: string;
  };
  /** Prometheus; none where only AWS has such a thing. */
  readonly prometheus?: string;
}

export type Figure = OwnFigure | BackendFigure;

/** One figure of our own processes. */
export function own(
  process: ProcessName,
  metric: string,
  read: Reading,
  more: Pick<OwnFigure, "where" | "by"> = {},
): OwnFigure {
  return { kind: "own", metric, process, read, ...more };
}

/** One metric of AWS and its Prometheus spelling. */
export function aws(metric: AwsMetric, prometheus?: string): BackendFigure {
  return {
    kind: "backend",
    aws: { metrics: { value: metric } },
    ...(prometheus === undefined ? {} : { prometheus }),
  };
}
