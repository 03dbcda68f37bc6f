/**
 * How many tasks run: by CPU (70 %), memory (75 %), requests a task (api) and backlog a task (workers). The last two divide a sum
 * by the tasks that run, since the load balancer's own figure does not work with two target groups that take turns.
 */
import { Duration } from "aws-cdk-lib";
import { CfnScalingPolicy, type ScalableTarget } from "aws-cdk-lib/aws-applicationautoscaling";
import type { FargateService, ScalableTaskCount } from "aws-cdk-lib/aws-ecs";
import type { Environment, ServiceName } from "../../environments/environments.ts";
import { own } from "../../observability/figures.ts";
import type { Entry } from "./entry.ts";

export const CPU_PERCENT = 70;
export const MEMORY_PERCENT = 75;
/** Growing is quick, shrinking slow: a task that is missing hurts more than one too many costs. */
const GROW = Duration.seconds(60);
const SHRINK = Duration.minutes(5);

interface Scaled {
  readonly environment: Environment;
  readonly service: FargateService;
  readonly name: ServiceName;
  readonly entry: Entry;
}

/** Sets the bounds of the table and the policies; a service that may not grow gets none. */
export function scale({ environment, service, name, entry }: Scaled): void {
  const { min, max } = environment.services[name];
  if (max === min) return;
  const tasks = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  const cooldowns = { scaleOutCooldown: GROW, scaleInCooldown: SHRINK };
  tasks.scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: CPU_PERCENT, ...cooldowns });
  tasks.scaleOnMemoryUtilization("Memory", {
    targetUtilizationPercent: MEMORY_PERCENT,
    ...cooldowns,
  });
  const running = {
    namespace: "ECS/ContainerInsights",
    metricName: "RunningTaskCount",
    dimensions: { ClusterName: entry.cluster.clusterName, ServiceName: service.serviceName },
    stat: "Average",
  };
  if (name === "api") {
    const { loadBalancerFullName: LoadBalancer } = entry.loadBalancer;
    const requests = {
      namespace: "AWS/ApplicationELB",
      metricName: "RequestCount",
      dimensions: { LoadBalancer },
      stat: "Sum",
    };
    trackPerTask(tasks, "Requests", {
      total: requests,
      running,
      target: environment.requestsPerTaskMinute,
    });
  }
  if (name === "workers") {
    const { metric } = own("api", "stockline_inbox_depth_movements", "highest");
    const dimensions = { environment: environment.name, process: "api" };
    const backlog = { namespace: "Stockline", metricName: metric, dimensions, stat: "Maximum" };
    trackPerTask(tasks, "Backlog", { total: backlog, running, target: environment.backlogPerTask });
  }
}

interface Figure {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

interface PerTask {
  readonly total: Figure;
  readonly running: Figure;
  readonly target: number;
}

/** Target tracking on total / running tasks. */
function trackPerTask(tasks: ScalableTaskCount, id: string, { total, running, target }: PerTask) {
  const targets = tasks.node.findAll().find(isScalableTarget);
  if (targets === undefined) throw new Error(`there is no scalable target for policy ${id}`);
  new CfnScalingPolicy(tasks, id, {
    policyName: `${id.toLowerCase()}-per-task`,
    policyType: "TargetTrackingScaling",
    scalingTargetId: targets.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: target,
      scaleOutCooldown: GROW.toSeconds(),
      scaleInCooldown: SHRINK.toSeconds(),
      customizedMetricSpecification: {
        metrics: [
          queried("total", total),
          queried("running", running),
          { id: "each", expression: "total / running", label: `${id} a task`, returnData: true },
        ],
      },
    },
  });
}

function queried(id: string, { namespace, metricName, dimensions, stat }: Figure) {
  return {
    id,
    returnData: false,
    metricStat: {
      stat,
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
      },
    },
  };
}

function isScalableTarget(construct: object): construct is ScalableTarget {
  return "scalableTargetId" in construct;
}
