/**
 * Alarms and the dashboard from the tables in deploy/observability, and where an alarm goes: one topic a severity, each to the
 * PagerDuty integration whose address stands in a secret that people fill in.
 */
import { Duration, SecretValue, type Stack } from "aws-cdk-lib";
import {
  CfnDashboard,
  Alarm as CloudwatchAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { SubscriptionProtocol, Topic } from "aws-cdk-lib/aws-sns";
import { UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Environment, ServiceName } from "../../environments/environments.ts";
import { type Alarm, alarms, type Severity } from "../../observability/alarms.ts";
import { cloudwatchDashboard } from "../../observability/cloudwatchDashboard.ts";
import {
  cloudwatchQuery,
  type QueryEntry,
  type ResourceDimensions,
} from "../../observability/cloudwatchQuery.ts";
import type { Data } from "./data.ts";
import type { Entry } from "./entry.ts";
import type { Keys } from "./keys.ts";
import { redisDimensions } from "./redis.ts";
import { type Deployment, nameOf, stackOf } from "./stack.ts";
import type { Streams } from "./streams.ts";

const SEVERITIES = ["P1", "P2", "P3"] as const satisfies readonly Severity[];

interface Watched {
  readonly keys: Keys;
  readonly data: Data;
  readonly streams: Streams;
  readonly entry: Entry;
}

/** The alarms by name, so that deployments can lean on them. */
export interface Operations {
  readonly stack: Stack;
  readonly alarms: ReadonlyMap<string, CloudwatchAlarm>;
}

/** Makes topics, alarms and dashboard. */
export function operationsStack(deployment: Deployment, watched: Watched): Operations {
  const { environment } = deployment;
  const stack = stackOf(deployment, "operations", "alarms, dashboard");
  const resources = dimensionsOf(environment, watched);
  const topics = new Map(
    SEVERITIES.map((severity) => [severity, newTopic(deployment, { stack, watched, severity })]),
  );
  const made = new Map<string, CloudwatchAlarm>();
  for (const alarm of alarms) {
    if (alarm.needsReplica === true && environment.database.readReplicas === 0) continue;
    const cloudwatchAlarm = newAlarm({ stack, environment, resources, alarm });
    const topic = topics.get(alarm.severity);
    if (topic !== undefined) {
      cloudwatchAlarm.addAlarmAction(new SnsAction(topic));
      cloudwatchAlarm.addOkAction(new SnsAction(topic));
    }
    made.set(alarm.name, cloudwatchAlarm);
  }
  new CfnDashboard(stack, "Dashboard", {
    dashboardName: nameOf(environment),
    dashboardBody: stack.toJsonString(
      cloudwatchDashboard({
        environment: environment.name,
        region: environment.region,
        resources,
      }),
    ),
  });
  return { stack, alarms: made };
}

/** Where CloudWatch keeps the metrics of what the environment has. */
function dimensionsOf(
  environment: Environment,
  { data, streams, entry }: Watched,
): ResourceDimensions {
  const LoadBalancer = entry.loadBalancer.loadBalancerFullName;
  const service = (name: ServiceName) => ({
    ClusterName: entry.cluster.clusterName,
    ServiceName: nameOf(environment, name),
  });
  return {
    loadBalancer: { LoadBalancer },
    blueTargets: { LoadBalancer, TargetGroup: entry.blue.targetGroupFullName },
    greenTargets: { LoadBalancer, TargetGroup: entry.green.targetGroupFullName },
    database: { DBInstanceIdentifier: data.database.instanceIdentifier },
    replica: data.replicas.map((it) => ({ DBInstanceIdentifier: it.instanceIdentifier })),
    queueRedis: redisDimensions(environment, "queue"),
    cacheRedis: redisDimensions(environment, "cache"),
    queue: { QueueName: streams.queue.queueName },
    deadLetters: { QueueName: streams.deadLetters.queueName },
    processorDeadLetters: { QueueName: streams.processorDeadLetters.queueName },
    eventStream: { StreamName: streams.events.streamName },
    eventProcessor: { FunctionName: streams.processor.functionName },
    api: service("api"),
    workers: service("workers"),
    jobs: service("jobs"),
    firewall: { WebACL: nameOf(environment), Rule: "ALL" },
  };
}

interface NewTopic {
  readonly stack: Stack;
  readonly watched: Watched;
  readonly severity: Severity;
}

function newTopic({ environment }: Deployment, { stack, watched, severity }: NewTopic): Topic {
  const topic = new Topic(stack, severity, {
    topicName: nameOf(environment, severity.toLowerCase()),
    displayName: `Stockline ${environment.name} ${severity}`,
    masterKey: watched.keys.logs,
    enforceSSL: true,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );
  if (!environment.pages) return topic;
  // Made by hand before the first deployment (docs/deployment.md): the address is PagerDuty's to give.
  const url = SecretValue.secretsManager(`${nameOf(environment)}/pagerduty`, {
    jsonField: severity,
  });
  topic.addSubscription(
    new UrlSubscription(url.unsafeUnwrap(), { protocol: SubscriptionProtocol.HTTPS }),
  );
  return topic;
}

interface NewAlarm {
  readonly stack: Stack;
  readonly environment: Environment;
  readonly resources: ResourceDimensions;
  readonly alarm: Alarm;
}

function newAlarm({ stack, environment, resources, alarm }: NewAlarm): CloudwatchAlarm {
  const alarmDescription = `${alarm.severity}: ${alarm.summary} Runbook: docs/runbooks/${alarm.name}.md`;
  const metric = metricOf({ environment, resources, alarm });
  return new CloudwatchAlarm(stack, alarm.name, {
    alarmName: nameOf(environment, alarm.name),
    alarmDescription,
    metric,
    threshold: alarm.threshold,
    comparisonOperator:
      alarm.is === "above"
        ? ComparisonOperator.GREATER_THAN_THRESHOLD
        : ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: alarm.windows,
    datapointsToAlarm: alarm.windows,
    treatMissingData:
      alarm.silenceIsBad === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
}

/** The alarm's figure as a metric or an expression over several. */
function metricOf({ environment, resources, alarm }: Omit<NewAlarm, "stack">): IMetric {
  const period = Duration.minutes(alarm.windowMinutes);
  const query = cloudwatchQuery(alarm.figure, {
    environment: environment.name,
    resources,
    periodSeconds: period.toSeconds(),
  });
  if (query === undefined) {
    throw new Error(`alarm ${alarm.name} watches something that ${environment.name} does not have`);
  }
  const made: Record<string, IMetric> = {};
  for (const entry of query.entries) made[entry.id] = entryMetric(entry, made, period);
  const value = made[query.valueId];
  if (value === undefined) throw new Error(`alarm ${alarm.name} has no figure`);
  return value;
}

function entryMetric(
  entry: QueryEntry,
  before: Readonly<Record<string, IMetric>>,
  period: Duration,
): IMetric {
  if (entry.kind === "metric") {
    return new Metric({
      namespace: entry.namespace,
      metricName: entry.metric,
      dimensionsMap: { ...entry.dimensions },
      statistic: entry.stat,
      period,
    });
  }
  const usingMetrics = Object.fromEntries(
    Object.entries(before).filter(([id]) => new RegExp(`\\b${id}\\b`).test(entry.expression)),
  );
  return new MathExpression({ expression: entry.expression, usingMetrics, period });
}
