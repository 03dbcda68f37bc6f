/**
 * Figures of what stands around our processes, each in both spellings: CloudWatch's own metrics, and those of the usual exporters
 * (postgres_exporter, redis_exporter, cAdvisor). Where only AWS has such a thing there is no second one.
 */
import { aws, type BackendFigure } from "./figures.ts";

const LOAD_BALANCER = "AWS/ApplicationELB";
const RDS = "AWS/RDS";
const ELASTICACHE = "AWS/ElastiCache";
const CONTAINERS = "ECS/ContainerInsights";

/** Ready tasks behind the load balancer; during a deployment they stand in two groups. */
export const readyApiTasks: BackendFigure = {
  kind: "backend",
  aws: {
    metrics: {
      blue: {
        namespace: LOAD_BALANCER,
        metric: "HealthyHostCount",
        stat: "Minimum",
        of: "blueTargets",
      },
      green: {
        namespace: LOAD_BALANCER,
        metric: "HealthyHostCount",
        stat: "Minimum",
        of: "greenTargets",
      },
    },
    expression: "FILL(blue, 0) + FILL(green, 0)",
  },
  prometheus: 'sum(up{job="stockline-api"}) or vector(0)',
};

const REQUESTS = "stockline_http_request_duration_seconds";

/** Back-pressure answers 503 on purpose: Prometheus leaves 503 out, the load balancer can't tell one 5xx from another. */
export const apiErrorPercent: BackendFigure = {
  kind: "backend",
  aws: {
    metrics: {
      errors: {
        namespace: LOAD_BALANCER,
        metric: "HTTPCode_Target_5XX_Count",
        stat: "Sum",
        of: "loadBalancer",
      },
      gateway: {
        namespace: LOAD_BALANCER,
        metric: "HTTPCode_ELB_5XX_Count",
        stat: "Sum",
        of: "loadBalancer",
      },
      requests: {
        namespace: LOAD_BALANCER,
        metric: "RequestCount",
        stat: "Sum",
        of: "loadBalancer",
      },
    },
    expression:
      "IF(FILL(requests, 0) > 20, 100 * (FILL(errors, 0) + FILL(gateway, 0)) / requests, 0)",
  },
  prometheus:
    `100 * sum(rate(${REQUESTS}_count{status=~"5..",status!="503"}[5m])) ` +
    `/ (sum(rate(${REQUESTS}_count[5m])) > 0)`,
};

export const apiP99Seconds = aws(
  { namespace: LOAD_BALANCER, metric: "TargetResponseTime", stat: "p99", of: "loadBalancer" },
  `histogram_quantile(0.99, sum by (le) (rate(${REQUESTS}_bucket{route!~".*(events/stream|/events)"}[5m])))`,
);

export const apiRequests = aws(
  { namespace: LOAD_BALANCER, metric: "RequestCount", stat: "Sum", of: "loadBalancer" },
  `sum(rate(${REQUESTS}_count[5m]))`,
);

export const databaseFreeBytes = aws(
  { namespace: RDS, metric: "FreeStorageSpace", stat: "Minimum", of: "database" },
  'min(node_filesystem_avail_bytes{mountpoint="/var/lib/postgresql"})',
);

export const databaseCpuPercent = aws(
  { namespace: RDS, metric: "CPUUtilization", stat: "Average", of: "database" },
  '100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle",job="postgres-node"}[5m])))',
);

export const databaseConnections = aws(
  { namespace: RDS, metric: "DatabaseConnections", stat: "Maximum", of: "database" },
  "sum(pg_stat_activity_count)",
);

export const replicaLagSeconds = aws(
  { namespace: RDS, metric: "ReplicaLag", stat: "Maximum", of: "replica" },
  "max(pg_replication_lag_seconds)",
);

export const queueRedisMemoryPercent = aws(
  {
    namespace: ELASTICACHE,
    metric: "DatabaseMemoryUsagePercentage",
    stat: "Maximum",
    of: "queueRedis",
  },
  '100 * max(redis_memory_used_bytes{job="redis"} / (redis_memory_max_bytes{job="redis"} > 0))',
);

export const cacheRedisEvictions = aws(
  { namespace: ELASTICACHE, metric: "Evictions", stat: "Sum", of: "cacheRedis" },
  'sum(increase(redis_evicted_keys_total{job="redis-cache"}[5m]))',
);

export const workersMemoryPercent = aws(
  { namespace: "AWS/ECS", metric: "MemoryUtilization", stat: "Maximum", of: "workers" },
  '100 * max(container_memory_working_set_bytes{name=~".*workers.*"} / (container_spec_memory_limit_bytes{name=~".*workers.*"} > 0))',
);

export const deadLetters: BackendFigure = {
  kind: "backend",
  aws: {
    metrics: {
      queue: {
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        stat: "Maximum",
        of: "deadLetters",
      },
      processor: {
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        stat: "Maximum",
        of: "processorDeadLetters",
      },
    },
    expression: "FILL(queue, 0) + FILL(processor, 0)",
  },
};

export const processorAgeMs = aws({
  namespace: "AWS/Lambda",
  metric: "IteratorAge",
  stat: "Maximum",
  of: "eventProcessor",
});

export const firewallBlocked = aws({
  namespace: "AWS/WAFV2",
  metric: "BlockedRequests",
  stat: "Sum",
  of: "firewall",
});

/** Tasks that run, of one service. */
export function runningTasks(process: "api" | "workers" | "jobs"): BackendFigure {
  return aws(
    { namespace: CONTAINERS, metric: "RunningTaskCount", stat: "Average", of: process },
    `sum(up{job="stockline-${process}"})`,
  );
}

export function taskCpuPercent(process: "api" | "workers" | "jobs"): BackendFigure {
  return aws(
    { namespace: "AWS/ECS", metric: "CPUUtilization", stat: "Average", of: process },
    `100 * max(rate(process_cpu_seconds_total{process="${process}"}[5m]))`,
  );
}
