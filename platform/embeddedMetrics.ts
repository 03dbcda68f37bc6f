/**
 * Metrics as log lines in CloudWatch's embedded metric format, from the same registry that Prometheus reads: one JSON line for each
 * set of labels. Counters and histograms tell what came since the last time, gauges what is.
 * Source of the format: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
 */
import type { MetricObjectWithValues, MetricValue, Registry } from "prom-client";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { repeat } from "./repeat.ts";

/** All metrics stand in one namespace. */
const NAMESPACE = "Stockline";
/** Node's own metrics that are worth a CloudWatch metric; of the others Prometheus has all. */
const OF_NODE = new Set([
  "process_resident_memory_bytes",
  "process_cpu_seconds_total",
  "nodejs_eventloop_lag_p99_seconds",
  "nodejs_heap_size_used_bytes",
]);
/** Each value of these would be a metric to pay for; their sums are enough to alarm by. */
const SUMMED_LABELS = new Set(["route", "method", "pid"]);
/** A line holds this many metrics at most. */
const LINE_METRICS_MAX = 100;
/** A metric of a line holds this many values at most. */
const VALUES_MAX = 100;

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly unit: string;
  /** A number, or values with how often each was seen. */
  readonly value: number | { readonly Values: number[]; readonly Counts: number[] };
}

/**
 * Makes a function that answers the lines of the time since it was last called. The environment, where it has a name, is a dimension
 * of every metric: those of several environments in one account are never taken together.
 */
export function createEmbeddedMetrics(
  registry: Registry,
  environment?: string,
): (nowMs: number) => Promise<string[]> {
  const everywhere = environment === undefined ? {} : { environment };
  const before = new Map<string, number>();
  const grown = (key: string, now: number): number => {
    const last = before.get(key) ?? 0;
    before.set(key, now);
    return now >= last ? now - last : now;
  };
  return async (nowMs) => {
    const metrics = await registry.getMetricsAsJSON();
    const samples = metrics
      .filter(({ name }) => name.startsWith("stockline_") || OF_NODE.has(name))
      .flatMap((metric) => samplesOf(metric, grown));
    return linesOf(
      samples.map((sample) => ({ ...sample, labels: { ...everywhere, ...sample.labels } })),
      nowMs,
    );
  };
}

/** Writes the lines to standard output each so many seconds, and once more when it is stopped. */
export function startMetricLines(
  { registry }: Pick<Metrics, "registry">,
  {
    everySeconds,
    environment,
    log,
  }: {
    readonly everySeconds: number;
    readonly environment: string | undefined;
    readonly log: Log;
  },
): { stop(): Promise<void> } {
  const linesNow = createEmbeddedMetrics(registry, environment);
  const write = async (): Promise<void> => {
    const lines = await linesNow(Date.now());
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  };
  const writing = repeat({
    everyMs: everySeconds * 1_000,
    what: "writing of metric lines",
    log,
    run: write,
  });
  return {
    stop: async () => {
      await writing.stop();
      await write();
    },
  };
}

function samplesOf(
  { name, type, values }: MetricObjectWithValues<MetricValue<string>>,
  grown: (key: string, now: number) => number,
): Sample[] {
  const unit = unitOf(name);
  if (String(type) === "histogram") return histogramSamples({ name, unit, values }, grown);
  return [...summed(values)].map(([key, { labels, value }]) => ({
    name,
    labels,
    unit,
    value: String(type) === "counter" ? grown(`${name} ${key}`, value) : value,
  }));
}

function unitOf(name: string): string {
  const base = name.replace(/_total$/, "");
  if (base.endsWith("_seconds")) return "Seconds";
  if (base.endsWith("_bytes")) return "Bytes";
  if (base.endsWith("_per_second")) return "Count/Second";
  return "Count";
}

/** Values of equal labels, once those that are summed are left out, added up. */
function summed(
  values: readonly MetricValue<string>[],
): Map<string, { labels: Labels; value: number }> {
  const sums = new Map<string, { labels: Labels; value: number }>();
  for (const { labels: all, value } of values) {
    const kept = Object.entries(all)
      .filter(([label, text]) => !SUMMED_LABELS.has(label) && text !== undefined && text !== "")
      .map(([label, text]): [string, string] => [label, String(text)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(kept);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { labels: Object.fromEntries(kept), value });
    else known.value += value;
  }
  return sums;
}

interface HistogramOf {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly (MetricValue<string> & { readonly metricName?: string })[];
}

/** Each bucket as its upper bound, as often as it was hit: CloudWatch makes percentiles of that. */
function histogramSamples(
  { name, unit, values }: HistogramOf,
  grown: (key: string, now: number) => number,
): Sample[] {
  const buckets = values.filter(({ metricName }) => metricName === `${name}_bucket`);
  const series = new Map<string, { labels: Labels; bounds: [number, number][] }>();
  for (const { labels, value } of summed(buckets).values()) {
    const { le = "", ...others } = labels;
    const key = JSON.stringify(others);
    const one = series.get(key) ?? { labels: others, bounds: [] };
    series.set(key, one);
    one.bounds.push([le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), value]);
  }
  return [...series].flatMap(([key, { labels, bounds }]) => {
    const seen = hits(`${name} ${key}`, bounds, grown);
    if (seen.length === 0) return [];
    const Values = seen.map(([bound]) => bound);
    const Counts = seen.map(([, count]) => count);
    return [{ name, labels, unit, value: { Values, Counts } }];
  });
}

/** Hits of each bucket since the last time; those past the last bound count as the last bound. */
function hits(
  key: string,
  bounds: readonly [number, number][],
  grown: (key: string, now: number) => number,
): [number, number][] {
  let below = 0;
  let last = 0;
  return bounds
    .toSorted(([a], [b]) => a - b)
    .map(([bound, cumulative]): [number, number] => {
      const delta = grown(`${key} ${bound}`, cumulative);
      const own = delta - below;
      below = delta;
      last = Number.isFinite(bound) ? bound : last;
      return [last, own];
    })
    .filter(([, count]) => count > 0)
    .slice(0, VALUES_MAX);
}

function linesOf(samples: readonly Sample[], nowMs: number): string[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(sample.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  const lines: string[] = [];
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += LINE_METRICS_MAX) {
      lines.push(lineOf(group.slice(from, from + LINE_METRICS_MAX), nowMs));
    }
  }
  return lines;
}

function lineOf(samples: readonly Sample[], nowMs: number): string {
  const labels = samples[0]?.labels ?? {};
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [Object.keys(labels)],
          Metrics: samples.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...labels,
    ...Object.fromEntries(samples.map(({ name, value }) => [name, value])),
  });
}
