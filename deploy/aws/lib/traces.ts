/**
 * Traces to X-Ray: AWS' distribution of the OpenTelemetry collector beside a process, in the same task and so at its own loopback.
 * Without it a task goes on: spans that nobody takes are dropped (platform/tracing.ts).
 */
import {
  ContainerImage,
  type FargateTaskDefinition,
  type LinuxParameters,
  type LogDriver,
} from "aws-cdk-lib/aws-ecs";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Environment } from "../../environments/environments.ts";
import { accept } from "./stack.ts";

const IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3";
export const COLLECTOR_MEMORY_MIB = 256;
/** Where OTEL_EXPORTER_OTLP_ENDPOINT points to by default (platform/configObservability.ts). */
const TAKES_AT = "127.0.0.1:4318";

/** What a process is told of traces; callers that name their trace in AWS' header are understood too. */
export function traceVariables({ traceShare }: Environment): Record<string, string> {
  if (traceShare === 0) return {};
  return {
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_TRACES_SAMPLER_ARG: String(traceShare),
    OTEL_PROPAGATORS: "tracecontext,xray",
  };
}

interface Collector {
  readonly environment: Environment;
  readonly linuxParameters: LinuxParameters;
  readonly logging: LogDriver;
}

/** Puts the collector beside the process, after its container: the first of a task is the one that releases replace. */
export function addCollector(
  task: FargateTaskDefinition,
  { environment, linuxParameters, logging }: Collector,
): void {
  if (environment.traceShare === 0) return;
  task.addContainer("collector", {
    containerName: "collector",
    image: ContainerImage.fromRegistry(IMAGE),
    essential: false, // its end is no reason to end the process
    memoryLimitMiB: COLLECTOR_MEMORY_MIB,
    user: "1000:1000",
    readonlyRootFilesystem: true,
    linuxParameters,
    environment: { AOT_CONFIG_CONTENT: JSON.stringify(configuration(environment)) },
    logging,
  });
  task.addToTaskRolePolicy(
    new PolicyStatement({
      actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      resources: ["*"],
    }),
  );
  accept(task.taskRole, { "IAM5[Resource::*]": "Writing spans to X-Ray knows no resource." });
}

/** OTLP by HTTP in, X-Ray out; JSON is YAML as well. */
function configuration({ region }: Environment) {
  return {
    receivers: { otlp: { protocols: { http: { endpoint: TAKES_AT } } } },
    processors: {
      memory_limiter: { check_interval: "1s", limit_mib: Math.floor(COLLECTOR_MEMORY_MIB * 0.75) },
      batch: {},
    },
    exporters: { awsxray: { region } },
    service: {
      pipelines: {
        traces: {
          receivers: ["otlp"],
          processors: ["memory_limiter", "batch"],
          exporters: ["awsxray"],
        },
      },
    },
  };
}
