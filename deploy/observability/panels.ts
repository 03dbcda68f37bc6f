/** The dashboard, once: rows of panels. CloudWatch (deploy/aws) and Grafana (deploy/grafana) draw the same. */
import * as backends from "./backends.ts";
import { type Figure, own } from "./figures.ts";

/** Units by Grafana's names; CloudWatch shows the label only. */
export type Unit = "short" | "s" | "percent" | "bytes" | "reqps" | "ops";

export interface Line {
  readonly label: string;
  readonly figure: Figure;
}

export interface Panel {
  readonly title: string;
  /** What a reader does with it: one sentence. */
  readonly description: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export const rows: readonly Row[] = [
  {
    title: "Is it well?",
    panels: [
      {
        title: "Ready API tasks",
        description: "0 is an outage.",
        unit: "short",
        lines: [{ label: "ready", figure: backends.readyApiTasks }],
      },
      {
        title: "Errors",
        description: "Share of requests answered with a 5xx.",
        unit: "percent",
        lines: [{ label: "5xx", figure: backends.apiErrorPercent }],
      },
      {
        title: "Oldest undecided movement",
        description: "Rises when workers stand still: the first figure to look at.",
        unit: "s",
        lines: [
          {
            label: "age",
            figure: own("api", "stockline_inbox_oldest_undone_age_seconds", "highest"),
          },
        ],
      },
      {
        title: "Books in doubt",
        description: "All of these are 0 on a good day.",
        unit: "short",
        lines: [
          { label: "differences", figure: own("jobs", "stockline_ledger_differences", "highest") },
          { label: "lanes halted", figure: own("workers", "stockline_lanes_halted", "highest") },
          {
            label: "set aside",
            figure: own("workers", "stockline_set_aside_movements", "highest"),
          },
        ],
      },
    ],
  },
  {
    title: "API",
    panels: [
      {
        title: "Requests",
        description: "Traffic; autoscaling follows it.",
        unit: "reqps",
        lines: [{ label: "requests", figure: backends.apiRequests }],
      },
      {
        title: "Latency p99",
        description: "One request in a hundred takes longer.",
        unit: "s",
        lines: [{ label: "p99", figure: backends.apiP99Seconds }],
      },
      {
        title: "Event-loop delay p99",
        description: "Above 0.2 s something computes where it must not.",
        unit: "s",
        lines: [
          { label: "api", figure: own("api", "nodejs_eventloop_lag_p99_seconds", "highest") },
          {
            label: "workers",
            figure: own("workers", "nodejs_eventloop_lag_p99_seconds", "highest"),
          },
        ],
      },
      {
        title: "Cache look-ups",
        description: "Hits against misses, by result.",
        unit: "ops",
        lines: [
          {
            label: "",
            figure: own("api", "stockline_cache_lookups_total", "rate", { by: "result" }),
          },
        ],
      },
    ],
  },
  {
    title: "Movements",
    panels: [
      {
        title: "Accepted",
        description: "Made durable a second, by source.",
        unit: "ops",
        lines: [
          {
            label: "",
            figure: own("api", "stockline_movements_accepted_total", "rate", { by: "source" }),
          },
        ],
      },
      {
        title: "Decided",
        description: "Applied and rejected a second.",
        unit: "ops",
        lines: [
          {
            label: "",
            figure: own("workers", "stockline_movements_decided_total", "rate", { by: "status" }),
          },
        ],
      },
      {
        title: "By type",
        description: "What the business does: receipts, issues, transfers …",
        unit: "ops",
        lines: [
          {
            label: "",
            figure: own("workers", "stockline_movements_decided_total", "rate", { by: "type" }),
          },
        ],
      },
      {
        title: "Backlog",
        description: "Accepted and not decided; autoscaling of the workers follows it.",
        unit: "short",
        lines: [
          { label: "movements", figure: own("api", "stockline_inbox_depth_movements", "highest") },
        ],
      },
    ],
  },
  {
    title: "Events, imports, jobs",
    panels: [
      {
        title: "Published",
        description: "Events acknowledged a second, by sink.",
        unit: "ops",
        lines: [
          {
            label: "",
            figure: own("workers", "stockline_events_published_total", "rate", { by: "sink" }),
          },
        ],
      },
      {
        title: "Sink lag",
        description: "Events that a sink has not acknowledged.",
        unit: "short",
        lines: [
          {
            label: "",
            figure: own("workers", "stockline_sink_lag_events", "highest", { by: "sink" }),
          },
        ],
      },
      {
        title: "Import rows",
        description: "Rows a second by what became of them.",
        unit: "ops",
        lines: [
          {
            label: "",
            figure: own("workers", "stockline_import_rows_total", "rate", { by: "state" }),
          },
        ],
      },
      {
        title: "Job runs",
        description: "Ended runs in five minutes, by status.",
        unit: "short",
        lines: [
          {
            label: "",
            figure: own("jobs", "stockline_job_runs_total", "increase", { by: "status" }),
          },
        ],
      },
    ],
  },
  {
    title: "Backends",
    panels: [
      {
        title: "Database CPU",
        description: "Above 85 % for long: docs/runbooks/database-cpu.md.",
        unit: "percent",
        lines: [{ label: "cpu", figure: backends.databaseCpuPercent }],
      },
      {
        title: "Database connections",
        description: "Sum of the processes' pools; the server has an end.",
        unit: "short",
        lines: [{ label: "connections", figure: backends.databaseConnections }],
      },
      {
        title: "Replica lag",
        description: "How old what reports read may be.",
        unit: "s",
        lines: [{ label: "lag", figure: backends.replicaLagSeconds }],
      },
      {
        title: "Queue Redis memory",
        description: "Full means that it refuses writes.",
        unit: "percent",
        lines: [{ label: "used", figure: backends.queueRedisMemoryPercent }],
      },
    ],
  },
  {
    title: "Processes",
    panels: [
      {
        title: "Tasks",
        description: "Running, by service.",
        unit: "short",
        lines: [
          { label: "api", figure: backends.runningTasks("api") },
          { label: "workers", figure: backends.runningTasks("workers") },
          { label: "jobs", figure: backends.runningTasks("jobs") },
        ],
      },
      {
        title: "CPU",
        description: "Autoscaling aims at 70 %.",
        unit: "percent",
        lines: [
          { label: "api", figure: backends.taskCpuPercent("api") },
          { label: "workers", figure: backends.taskCpuPercent("workers") },
        ],
      },
      {
        title: "Failed batches",
        description:
          "Apply transactions a second that failed and are tried again; 0 on a good day.",
        unit: "ops",
        lines: [
          { label: "failed", figure: own("workers", "stockline_apply_failures_total", "rate") },
        ],
      },
      {
        title: "Resident memory",
        description: "The largest process of each kind.",
        unit: "bytes",
        lines: [
          { label: "api", figure: own("api", "process_resident_memory_bytes", "highest") },
          { label: "workers", figure: own("workers", "process_resident_memory_bytes", "highest") },
          { label: "jobs", figure: own("jobs", "process_resident_memory_bytes", "highest") },
        ],
      },
    ],
  },
];
