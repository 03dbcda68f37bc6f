/**
 * Every alarm, once. CloudWatch alarms (deploy/aws) and Prometheus rules (deploy/prometheus) are made from this table, and each
 * has a page of its name in docs/runbooks/. P1 wakes somebody at once, P2 is looked at the same day, P3 is a ticket.
 */

import * as backends from "./backends.ts";
import { type Figure, own, type ProcessName } from "./figures.ts";

export type Severity = "P1" | "P2" | "P3";

export interface Alarm {
  /** Words with hyphens; also the name of the runbook page. */
  readonly name: string;
  readonly severity: Severity;
  /** One sentence: what is the matter when it rings. */
  readonly summary: string;
  readonly figure: Figure;
  readonly is: "above" | "below";
  readonly threshold: number;
  /** Minutes that one value covers (and a growth is counted over). */
  readonly windowMinutes: number;
  /** Windows in a row that must be bad. */
  readonly windows: number;
  /** No value at all is an alarm too: the one who should report is gone. */
  readonly silenceIsBad?: true;
  /** A deployment of these that raises it is rolled back. */
  readonly rollsBack?: readonly ProcessName[];
  /** Only where there are read replicas. */
  readonly needsReplica?: true;
}

export const alarms: readonly Alarm[] = [
  // --- P1: customers are hurt, or books are in doubt ---------------------------------------------
  {
    name: "api-unavailable",
    severity: "P1",
    summary: "No API task is ready: every request fails.",
    figure: backends.readyApiTasks,
    is: "below",
    threshold: 1,
    windowMinutes: 1,
    windows: 2,
    silenceIsBad: true,
    rollsBack: ["api"],
  },
  {
    name: "api-errors",
    severity: "P1",
    summary: "More than 2 % of requests are answered with a 5xx.",
    figure: backends.apiErrorPercent,
    is: "above",
    threshold: 2,
    windowMinutes: 1,
    windows: 3,
    rollsBack: ["api"],
  },
  {
    name: "ledger-differences",
    severity: "P1",
    summary: "Verification found a difference between the ledger and what stands beside it.",
    figure: own("jobs", "stockline_ledger_differences", "highest"),
    is: "above",
    threshold: 0,
    windowMinutes: 5,
    windows: 1,
  },
  {
    name: "inbox-stalled",
    severity: "P1",
    summary: "The oldest accepted movement has waited for more than two minutes.",
    figure: own("api", "stockline_inbox_oldest_undone_age_seconds", "highest"),
    is: "above",
    threshold: 120,
    windowMinutes: 1,
    windows: 3,
    rollsBack: ["workers"],
  },
  {
    name: "lanes-halted",
    severity: "P1",
    summary: "A lane stands still until somebody resumes it: its items' movements wait.",
    figure: own("workers", "stockline_lanes_halted", "highest"),
    is: "above",
    threshold: 0,
    windowMinutes: 1,
    windows: 1,
    rollsBack: ["workers"],
  },
  {
    name: "database-storage",
    severity: "P1",
    summary: "The database has less than 10 GB left; when it is full, nothing is accepted.",
    figure: backends.databaseFreeBytes,
    is: "below",
    threshold: 10_000_000_000,
    windowMinutes: 5,
    windows: 2,
  },
  // --- P2: it will hurt if nobody looks today -------------------------------------------------------
  {
    name: "api-latency",
    severity: "P2",
    summary: "One request in a hundred takes longer than a second.",
    figure: backends.apiP99Seconds,
    is: "above",
    threshold: 1,
    windowMinutes: 5,
    windows: 2,
    rollsBack: ["api"],
  },
  {
    name: "backlog-deep",
    severity: "P2",
    summary: "The backlog is at 80 % of where movements are refused with 503.",
    figure: own("api", "stockline_inbox_depth_movements", "highest"),
    is: "above",
    threshold: 400_000,
    windowMinutes: 1,
    windows: 5,
  },
  {
    name: "movements-set-aside",
    severity: "P2",
    summary: "A movement that can't be written was set aside and waits for a decision.",
    figure: own("workers", "stockline_set_aside_movements", "highest"),
    is: "above",
    threshold: 0,
    windowMinutes: 1,
    windows: 1,
  },
  {
    name: "lanes-stuck",
    severity: "P2",
    summary: "A worker tries the next movement of a lane again and again.",
    figure: own("workers", "stockline_lanes_stuck", "highest"),
    is: "above",
    threshold: 0,
    windowMinutes: 1,
    windows: 3,
    rollsBack: ["workers"],
  },
  {
    name: "apply-failures",
    severity: "P2",
    summary: "Apply transactions fail and are tried again, more than 50 in five minutes.",
    figure: own("workers", "stockline_apply_failures_total", "increase"),
    is: "above",
    threshold: 50,
    windowMinutes: 5,
    windows: 1,
    rollsBack: ["workers"],
  },
  {
    name: "imports-given-up",
    severity: "P2",
    summary: "An import was ended because worker after worker failed or died with it.",
    figure: own("workers", "stockline_imports_given_up_total", "increase"),
    is: "above",
    threshold: 0,
    windowMinutes: 5,
    windows: 1,
  },
  {
    name: "sink-lag",
    severity: "P2",
    summary: "A sink is more than 100,000 events behind for a quarter of an hour.",
    figure: own("workers", "stockline_sink_lag_events", "highest"),
    is: "above",
    threshold: 100_000,
    windowMinutes: 5,
    windows: 3,
  },
  {
    name: "source-lag",
    severity: "P2",
    summary: "Events of other services have waited unread for more than five minutes.",
    figure: own("workers", "stockline_source_lag_seconds", "highest"),
    is: "above",
    threshold: 300,
    windowMinutes: 5,
    windows: 3,
  },
  {
    name: "jobs-failing",
    severity: "P2",
    summary: "Scheduled jobs failed three times or more within an hour.",
    figure: own("jobs", "stockline_job_runs_total", "increase", { where: { status: "failed" } }),
    is: "above",
    threshold: 2,
    windowMinutes: 60,
    windows: 1,
    rollsBack: ["jobs"],
  },
  {
    name: "scheduler-silent",
    severity: "P2",
    summary: "No scheduled job has ended for ten minutes, though some run each minute.",
    figure: own("jobs", "stockline_job_runs_total", "increase", { where: { status: "completed" } }),
    is: "below",
    threshold: 1,
    windowMinutes: 5,
    windows: 2,
    silenceIsBad: true,
    rollsBack: ["jobs"],
  },
  {
    name: "partitions-ahead",
    severity: "P2",
    summary: "The ledger or the events have partitions for fewer than seven days ahead.",
    figure: own("jobs", "stockline_partitions_ahead_days", "highest"),
    is: "below",
    threshold: 7,
    windowMinutes: 60,
    windows: 2,
  },
  {
    name: "database-cpu",
    severity: "P2",
    summary: "The database has been busier than 85 % for a quarter of an hour.",
    figure: backends.databaseCpuPercent,
    is: "above",
    threshold: 85,
    windowMinutes: 5,
    windows: 3,
  },
  {
    name: "replica-lag",
    severity: "P2",
    summary: "A read replica is more than a minute behind: reports tell old figures.",
    figure: backends.replicaLagSeconds,
    is: "above",
    threshold: 60,
    windowMinutes: 1,
    windows: 5,
    needsReplica: true,
  },
  {
    name: "queue-redis-memory",
    severity: "P2",
    summary: "The queue Redis is more than 80 % full; when it is full it refuses writes.",
    figure: backends.queueRedisMemoryPercent,
    is: "above",
    threshold: 80,
    windowMinutes: 5,
    windows: 2,
  },
  {
    name: "dead-letters",
    severity: "P2",
    summary: "A consumer of the event queue gave a message up.",
    figure: backends.deadLetters,
    is: "above",
    threshold: 0,
    windowMinutes: 5,
    windows: 1,
  },
  {
    name: "event-processor-behind",
    severity: "P2",
    summary: "The event processor is more than five minutes behind the stream.",
    figure: backends.processorAgeMs,
    is: "above",
    threshold: 300_000,
    windowMinutes: 5,
    windows: 2,
  },
  // --- P3: worth a ticket ---------------------------------------------------------------------------
  {
    name: "views-stale",
    severity: "P3",
    summary: "A materialized view is older than fifteen minutes.",
    figure: own("jobs", "stockline_view_refreshed_timestamp_seconds", "age", { by: "view" }),
    is: "above",
    threshold: 900,
    windowMinutes: 5,
    windows: 2,
  },
  {
    name: "table-bloat",
    severity: "P3",
    summary:
      "A table whose rows change all the time has more dead rows than live ones, for an hour.",
    figure: own("jobs", "stockline_table_dead_ratio", "highest"),
    is: "above",
    threshold: 1,
    windowMinutes: 30,
    windows: 2,
  },
  {
    name: "event-loop-delay",
    severity: "P3",
    summary: "An API process is blocked for more than a fifth of a second now and then.",
    figure: own("api", "nodejs_eventloop_lag_p99_seconds", "highest"),
    is: "above",
    threshold: 0.2,
    windowMinutes: 5,
    windows: 3,
  },
  {
    name: "memory-high",
    severity: "P3",
    summary: "Worker tasks use more than 90 % of their memory.",
    figure: backends.workersMemoryPercent,
    is: "above",
    threshold: 90,
    windowMinutes: 5,
    windows: 3,
  },
  {
    name: "cache-redis-evictions",
    severity: "P3",
    summary: "The cache Redis forgets what it was to keep: it is too small, and reads get slower.",
    figure: backends.cacheRedisEvictions,
    is: "above",
    threshold: 100_000,
    windowMinutes: 5,
    windows: 3,
  },
  {
    name: "firewall-blocking",
    severity: "P3",
    summary: "The firewall blocks more than 10,000 requests in five minutes.",
    figure: backends.firewallBlocked,
    is: "above",
    threshold: 10_000,
    windowMinutes: 5,
    windows: 1,
  },
];

/** Alarms that roll a deployment of this process back. */
export function rollbackAlarms(process: ProcessName): readonly Alarm[] {
  return alarms.filter((alarm) => alarm.rollsBack?.includes(process) === true);
}
