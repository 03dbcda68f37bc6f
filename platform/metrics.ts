/** Prometheus metrics of one process. Names carry units; labels are bounded (routes and codes, never ids). */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** How often the delay of the event loop is sampled, in ms: each look wakes the process, and the default of 10 takes 1 % of a core at rest. */
const LOOP_LOOK_MS = 40;

export interface Metrics {
  readonly registry: Registry;
  readonly httpRequests: Histogram<"method" | "route" | "status">;
  readonly movementsAccepted: Counter<"source">;
  /** The inbox gauges are shown by the processes that watch the backlog (pipelines/backlog registers them). */
  readonly inboxDepth: Gauge;
  readonly inboxOldestAge: Gauge;
  readonly inboxDrainRate: Gauge;
  readonly movementsDecided: Counter<"type" | "status">;
  /** Units of all items together: tells that something moves, and by which type. */
  readonly unitsMoved: Counter<"type">;
  /** Issued units at the present price of their items. */
  readonly issueRevenue: Counter<"currency">;
  readonly applyBatchRows: Histogram;
  readonly applyBatchSeconds: Histogram;
  readonly applyFailures: Counter;
  /** The lanes and what is set aside are shown by the processes that apply (workers/applyLanes.ts registers them). */
  readonly lanesWithWork: Gauge;
  readonly lanesHalted: Gauge;
  readonly lanesStuck: Gauge;
  readonly movementsSetAside: Gauge;
  readonly sinks: SinkMetrics;
  /** Records that came in by a broker, by what became of them. */
  readonly sourceRecords: Counter<"source" | "result">;
  readonly sourceLagSeconds: Gauge<"source">;
  readonly sourceLagRecords: Gauge<"source">;
  /** 1 while a source waits for the inbox to empty. */
  readonly sourcePaused: Gauge<"source">;
  readonly sourceChanges: Counter<"source" | "change">;
  readonly deadLettersParked: Gauge<"origin">;
  /** Movements whose customer waits to be verified. */
  readonly customersUnverified: Gauge;
  readonly cacheLookups: Counter<"cache" | "result">;
  /** Called before cacheLookups is read: places that look up thousands of times a second count in plain numbers until then. */
  readonly beforeCacheLookups: (flush: () => void) => void;
  readonly jobRunSeconds: Histogram<"job">;
  readonly jobRetries: Counter<"job">;
  readonly jobRuns: Counter<"job" | "status">;
  /** Unix time of the snapshot that a materialized view holds: time() - this is its age. */
  readonly viewRefreshed: Gauge<"view">;
  readonly importRows: Counter<"kind" | "state">;
  readonly importRetries: Counter;
  /** Imports that were ended because their workers died with them, or because of a failure that nobody expected. */
  readonly importsGivenUp: Counter;
  /** Ledger entries and events that verifications have read: tells that a running one gets on. */
  readonly verifiedRows: Counter<"mode">;
  readonly ledgerDifferences: Gauge<"mode">;
  /** These are shown by the jobs process (pipelines/figures registers them). */
  readonly stockValue: Gauge<"currency">;
  readonly lowStockLevels: Gauge;
  readonly purchaseOrders: Gauge<"status">;
  readonly purchaseOrdersLastDay: Gauge<"step">;
  /** Only where reports are read from a replica. */
  readonly replicaLag: Gauge;
  /** How far ahead there are partitions of the ledger and the events: fewer than 7 is an alarm. Read from the database (pipelines/figures). */
  readonly partitionsAheadDays: Gauge;
  /** Of tables whose rows change all the time (pipelines/figures). */
  readonly tableDeadRows: Gauge<"table">;
  readonly tableDeadRatio: Gauge<"table">;
  readonly tableBytes: Gauge<"table">;
}

/** Metrics of the sinks; gauges are shown by the process that publishes to the sink. */
export interface SinkMetrics {
  readonly published: Counter<"sink">;
  readonly failures: Counter<"sink">;
  readonly lagEvents: Gauge<"sink">;
  readonly lagSeconds: Gauge<"sink">;
  readonly deadLetters: Gauge<"sink">;
  readonly circuitOpen: Gauge<"sink">;
  readonly callSeconds: Histogram<"sink">;
  readonly deliverySeconds: Histogram<"sink">;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const JOB_SECONDS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600];
const ROWS = [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/** Makes the registry and the metrics of a process, with Node's default metrics. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_LOOK_MS });
  return { registry, ...metricsOf([registry]) };
}

/** Makes metrics that are shown from the start. */
function makersOf(registers: Registry[]) {
  return {
    registers,
    counter: <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      new Counter({ name, help, labelNames, registers }),
    histogram: <L extends string>(
      name: string,
      options: { help: string; labelNames?: readonly L[]; buckets: number[] },
    ) => new Histogram({ name, registers, ...options }),
  };
}
type Makers = ReturnType<typeof makersOf>;

function metricsOf(registers: Registry[]): Omit<Metrics, "registry"> {
  const makers = makersOf(registers);
  return {
    ...intakeMetrics(makers),
    ...applyMetrics(makers),
    sinks: sinkMetrics(makers),
    ...readingMetrics(makers),
    ...sourceMetrics(makers),
    ...jobMetrics(makers),
    ...businessMetrics(),
  };
}

function intakeMetrics({ counter, histogram }: Makers) {
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
    inboxDepth: new Gauge({
      name: "stockline_inbox_depth_movements",
      help: "Accepted movements that are not decided yet.",
      registers: [],
    }),
    inboxOldestAge: new Gauge({
      name: "stockline_inbox_oldest_undone_age_seconds",
      help: "Time since the oldest undecided movement was accepted.",
      registers: [],
    }),
    inboxDrainRate: new Gauge({
      name: "stockline_inbox_decided_movements_per_second",
      help: "Movements decided a second by all workers, over the last few seconds.",
      registers: [],
    }),
    importRows: counter("stockline_import_rows_total", "Rows of imports by what became of them.", [
      "kind",
      "state",
    ]),
    importRetries: counter(
      "stockline_import_retries_total",
      "Steps of imports that failed and were put back to be tried again.",
      [],
    ),
    importsGivenUp: counter(
      "stockline_imports_given_up_total",
      "Imports that were ended because worker after worker failed or died with them.",
      [],
    ),
  };
}

function applyMetrics({ counter, histogram }: Makers) {
  return {
    movementsDecided: counter(
      "stockline_movements_decided_total",
      "Movements applied or rejected.",
      ["type", "status"],
    ),
    unitsMoved: counter("stockline_movement_units_total", "Units that applied movements moved.", [
      "type",
    ]),
    issueRevenue: counter(
      "stockline_issue_revenue_total",
      "Issued units at the present price of their items, where they have one.",
      ["currency"],
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
    lanesWithWork: new Gauge({
      name: "stockline_lanes_with_work",
      help: "Lanes with undecided movements, as the sweep of this second found them.",
      registers: [],
    }),
    lanesHalted: new Gauge({
      name: "stockline_lanes_halted",
      help: "Lanes that stand still until an operator resumes them.",
      registers: [],
    }),
    lanesStuck: new Gauge({
      name: "stockline_lanes_stuck",
      help: "Lanes whose next movement this process can't write and tries again.",
      registers: [],
    }),
    movementsSetAside: new Gauge({
      name: "stockline_set_aside_movements",
      help: "Movements that no batch can be written with, waiting for an operator.",
      registers: [],
    }),
  };
}

function sinkMetrics({ counter, histogram, registers }: Makers): SinkMetrics {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ["sink"] as const, registers });
  return {
    published: counter("stockline_events_published_total", "Events acknowledged by a sink.", [
      "sink",
    ]),
    failures: counter("stockline_sink_failures_total", "Rounds in which a sink failed.", ["sink"]),
    lagEvents: gauge("stockline_sink_lag_events", "Events that the sink has not acknowledged."),
    lagSeconds: gauge("stockline_sink_lag_seconds", "Age of the oldest event that waits."),
    deadLetters: gauge("stockline_sink_dead_letters", "Events that the sink refused, unresolved."),
    circuitOpen: gauge("stockline_sink_circuit_open", "1 while the sink's circuit is not closed."),
    callSeconds: histogram("stockline_sink_call_duration_seconds", {
      help: "Duration of a call to a sink.",
      labelNames: ["sink"],
      buckets: SECONDS,
    }),
    deliverySeconds: histogram("stockline_sink_delivery_duration_seconds", {
      help: "From the recording of an event to its acknowledgement by the sink.",
      labelNames: ["sink"],
      buckets: [...SECONDS, 30, 60, 300, 3_600],
    }),
  };
}

function readingMetrics({ registers }: Makers) {
  const flushes: (() => void)[] = [];
  return {
    cacheLookups: new Counter({
      name: "stockline_cache_lookups_total",
      help: "Cache look-ups by result (hit, miss, bypass, error).",
      labelNames: ["cache", "result"],
      registers,
      collect: () => {
        for (const flush of flushes) flush();
      },
    }),
    beforeCacheLookups: (flush: () => void) => flushes.push(flush),
    viewRefreshed: new Gauge({
      name: "stockline_view_refreshed_timestamp_seconds",
      help: "When the snapshot of a materialized view was taken, in seconds since 1970.",
      labelNames: ["view"],
      registers,
    }),
  };
}

function sourceMetrics({ counter, registers }: Makers) {
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    sourceRecords: counter(
      "stockline_source_records_total",
      "Records read from a broker by result (accepted, duplicate, parked).",
      ["source", "result"],
    ),
    sourceLagSeconds: gauge(
      "stockline_source_lag_seconds",
      "Age of the oldest record that is not read, as the broker tells it.",
      ["source"],
    ),
    sourceLagRecords: gauge(
      "stockline_source_lag_records",
      "Records that are not read, as the broker tells them.",
      ["source"],
    ),
    sourcePaused: gauge(
      "stockline_source_paused",
      "1 while the source waits for the inbox to empty.",
      ["source"],
    ),
    sourceChanges: counter(
      "stockline_source_changes_total",
      "Changes of who reads what (taken, stolen, lost, released, drained, joined, restarted).",
      ["source", "change"],
    ),
    customersUnverified: gauge(
      "stockline_customers_unverified_movements",
      "Movements whose customer was accepted while the Customer Base Service was down.",
      [],
    ),
    deadLettersParked: gauge(
      "stockline_dead_letters_parked",
      "Inbound records that wait for an operator.",
      ["origin"],
    ),
  };
}

function jobMetrics({ counter, histogram, registers }: Makers) {
  return {
    jobRunSeconds: histogram("stockline_job_run_duration_seconds", {
      help: "Duration of one attempt of a scheduled job, however it ended.",
      labelNames: ["job"],
      buckets: JOB_SECONDS,
    }),
    jobRetries: counter(
      "stockline_job_retries_total",
      "Runs of jobs that were put back to be tried again: a failure that may pass, or a process that died.",
      ["job"],
    ),
    jobRuns: counter("stockline_job_runs_total", "Finished runs of scheduled jobs.", [
      "job",
      "status",
    ]),
    verifiedRows: counter(
      "stockline_verified_rows_total",
      "Ledger entries and events that verifications have read.",
      ["mode"],
    ),
    ledgerDifferences: new Gauge({
      name: "stockline_ledger_differences",
      help: "Differences that the latest verification of this process found.",
      labelNames: ["mode"],
      registers,
    }),
    partitionsAheadDays: new Gauge({
      name: "stockline_partitions_ahead_days",
      help: "Days from now on for which the ledger and the events have partitions.",
      registers: [],
    }),
  };
}

interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Shows the connections of the pools: in use, idle, and callers that wait for one. */
export function showConnections(
  { registry }: Pick<Metrics, "registry">,
  pools: Readonly<Record<string, PoolCounts>>,
): void {
  const gauge = new Gauge({
    name: "stockline_database_connections",
    help: "Connections to PostgreSQL by pool and state (used, idle), and callers that wait for one (waiting).",
    labelNames: ["pool", "state"],
    registers: [],
    collect() {
      for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools)) {
        this.set({ pool, state: "used" }, totalCount - idleCount);
        this.set({ pool, state: "idle" }, idleCount);
        this.set({ pool, state: "waiting" }, waitingCount);
      }
    },
  });
  registry.registerMetric(gauge);
}

/** Gauges that only one kind of process can tell: shown once that process registers them. */
function businessMetrics() {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers: [] });
  return {
    stockValue: gauge("stockline_stock_value", "Worth of the stock on hand at average cost.", [
      "currency",
    ]),
    lowStockLevels: gauge(
      "stockline_low_stock_levels",
      "Levels whose position has fallen to their reorder point.",
      [],
    ),
    purchaseOrders: gauge("stockline_purchase_orders", "Purchase orders by status.", ["status"]),
    purchaseOrdersLastDay: gauge(
      "stockline_purchase_orders_last_day",
      "Purchase orders that were drafted, sent or fully received in the last 24 hours.",
      ["step"],
    ),
    tableDeadRows: gauge(
      "stockline_table_dead_rows",
      "Rows that vacuum has still to clear, of tables whose rows change all the time.",
      ["table"],
    ),
    tableDeadRatio: gauge(
      "stockline_table_dead_ratio",
      "Rows that vacuum has still to clear against rows that are there; 0 while they are few.",
      ["table"],
    ),
    tableBytes: gauge("stockline_table_size_bytes", "Size of these tables with their indexes.", [
      "table",
    ]),
    replicaLag: gauge(
      "stockline_replica_lag_seconds",
      "How far the replica that reports are read from is behind.",
      [],
    ),
  };
}
