/** Prometheus metrics of one process. Names carry units; labels are bounded (routes and codes, never ids). */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  readonly httpRequests: Histogram<"method" | "route" | "status">;
  readonly movementsAccepted: Counter<"source">;
  readonly movementsDecided: Counter<"type" | "status">;
  readonly applyBatchRows: Histogram;
  readonly applyBatchSeconds: Histogram;
  readonly applyFailures: Counter;
  readonly eventsPublished: Counter<"sink">;
  readonly sinkLagEvents: Gauge<"sink">;
  readonly cacheLookups: Counter<"cache" | "result">;
  readonly jobRuns: Counter<"job" | "status">;
  /** Unix time of the snapshot that a materialized view holds: time() - this is its age. */
  readonly viewRefreshed: Gauge<"view">;
  readonly importRows: Counter<"kind" | "state">;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROWS = [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/** Makes the registry and the metrics of a process, with Node's default metrics. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  return { registry, ...metricsOf([registry]) };
}

function metricsOf(registers: Registry[]): Omit<Metrics, "registry"> {
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <L extends string>(
    name: string,
    options: { help: string; labelNames?: readonly L[]; buckets: number[] },
  ) => new Histogram({ name, registers, ...options });
  return {
    httpRequests: histogram("stockline_http_request_duration_seconds", {
      help: "Duration of HTTP requests.",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
    }),
    movementsAccepted: counter(
      "stockline_movements_accepted_total",
      "Movements made durable in the inbox.",
      ["source"],
    ),
    movementsDecided: counter(
      "stockline_movements_decided_total",
      "Movements applied or rejected.",
      ["type", "status"],
    ),
    applyBatchRows: histogram("stockline_apply_batch_rows", {
      help: "Movements in one apply transaction.",
      buckets: ROWS,
    }),
    applyBatchSeconds: histogram("stockline_apply_batch_duration_seconds", {
      help: "Duration of one apply transaction.",
      buckets: SECONDS,
    }),
    applyFailures: counter(
      "stockline_apply_failures_total",
      "Apply transactions that failed and will be tried again.",
      [],
    ),
    eventsPublished: counter("stockline_events_published_total", "Events acknowledged by a sink.", [
      "sink",
    ]),
    sinkLagEvents: new Gauge({
      name: "stockline_sink_lag_events",
      help: "Events in the log that the sink has not acknowledged.",
      labelNames: ["sink"],
      registers,
    }),
    cacheLookups: counter(
      "stockline_cache_lookups_total",
      "Cache look-ups by result (hit, miss, bypass, error).",
      ["cache", "result"],
    ),
    jobRuns: counter("stockline_job_runs_total", "Finished runs of scheduled jobs.", [
      "job",
      "status",
    ]),
    viewRefreshed: new Gauge({
      name: "stockline_view_refreshed_timestamp_seconds",
      help: "When the snapshot of a materialized view was taken, in seconds since 1970.",
      labelNames: ["view"],
      registers,
    }),
    importRows: counter("stockline_import_rows_total", "Rows of imports by what became of them.", [
      "kind",
      "state",
    ]),
  };
}
