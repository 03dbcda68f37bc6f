/**
 * The tasks: api behind the load balancer (CodeDeploy shifts traffic, alarms shift it back), workers and jobs (ECS replaces them
 * one by one, the same alarms undo it), and migrate, which the pipeline runs before them.
 */
import { Duration, type Stack } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import {
  EcsApplication,
  EcsDeploymentConfig,
  EcsDeploymentGroup,
} from "aws-cdk-lib/aws-codedeploy";
import {
  AlarmBehavior,
  Capability,
  ContainerImage,
  CpuArchitecture,
  DeploymentControllerType,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { ServiceName } from "../../environments/environments.ts";
import { rollbackAlarms } from "../../observability/alarms.ts";
import { scale } from "./autoscaling.ts";
import { deployRole } from "./deployRole.ts";
import type { Ground } from "./ground.ts";
import { logDaysOf } from "./logDays.ts";
import { API_PORT } from "./ports.ts";
import { accept, type Deployment, nameOf, output, removalPolicyOf, stackOf } from "./stack.ts";
import { allowFiles } from "./storage.ts";
import { GRACE_SECONDS, type ProcessName, taskVariables } from "./taskVariables.ts";
import { addCollector } from "./traces.ts";

interface Parts extends Deployment {
  readonly stack: Stack;
  readonly ground: Ground;
  /** The release that runs: written by the pipeline, so that a deployment of the infrastructure does not go back. */
  readonly imageTag: string;
}

const SERVICES = ["api", "workers", "jobs"] as const satisfies readonly ServiceName[];

/** Makes task definitions, services, autoscaling and the deployment of each. */
export function servicesStack(deployment: Deployment, ground: Ground): Stack {
  const { environment } = deployment;
  const stack = stackOf(deployment, "services", "tasks, autoscaling, deployments");
  stack.addStackDependency(ground.operations.stack);
  const imageTag = StringParameter.valueForStringParameter(
    stack,
    `/stockline/${environment.name}/image-tag`,
  );
  const parts: Parts = { ...deployment, stack, ground, imageTag };
  const migrate = newTask(parts, "migrate");
  const tasks = SERVICES.map((name) => {
    const task = newTask(parts, name);
    const service = newService(parts, name, task);
    scale({ environment, service, name, entry: ground.entry });
    return task;
  });
  deployRole({ ...deployment, stack, ground, tasks: [migrate, ...tasks] });
  output(stack, "Cluster", ground.entry.cluster.clusterName);
  output(stack, "MigrateSecurityGroup", ground.network.groups.migrate.securityGroupId);
  output(
    stack,
    "TaskSubnets",
    ground.network.vpc.selectSubnets({ subnetGroupName: "tasks" }).subnetIds.join(","),
  );
  return stack;
}

function newTask(parts: Parts, process: ProcessName): FargateTaskDefinition {
  const { stack, environment } = parts;
  const size = process === "migrate" ? environment.migrate : environment.services[process];
  const task = new FargateTaskDefinition(stack, `Task-${process}`, {
    family: nameOf(environment, process),
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMiB,
    runtimePlatform: {
      cpuArchitecture: CpuArchitecture.X86_64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
    volumes: [{ name: "tmp" }], // the only place that a process may write to: the task's own, encrypted, gone with it
  });
  addContainer(parts, process, task);
  grantWork(parts, process, task);
  accept(task, {
    ECS2: "Names of buckets and streams, no secrets: those are injected from Secrets Manager.",
  });
  accept(task.obtainExecutionRole(), {
    "IAM5[Resource::*]": "ecr:GetAuthorizationToken knows no resource.",
  });
  return task;
}

function addContainer(parts: Parts, process: ProcessName, task: FargateTaskDefinition): void {
  const { stack, environment, ground, imageTag } = parts;
  const variables = taskVariables(process, { environment, ...ground });
  const logGroup = new LogGroup(stack, `Logs-${process}`, {
    logGroupName: `/stockline/${environment.name}/${process}`,
    retention: logDaysOf(environment),
    encryptionKey: ground.keys.logs,
    removalPolicy: removalPolicyOf(environment),
  });
  const container = task.addContainer(process, {
    containerName: "stockline",
    image: ContainerImage.fromEcrRepository(ground.delivery.repository, imageTag),
    command: [process],
    user: "1000:1000",
    readonlyRootFilesystem: true,
    linuxParameters: hardened(stack, process),
    stopTimeout: Duration.seconds(GRACE_SECONDS + 10),
    environment: { ...variables.plain },
    secrets: { ...variables.secrets },
    logging: LogDrivers.awsLogs({ streamPrefix: process, logGroup }),
    ...(process === "api" ? { portMappings: [{ containerPort: API_PORT }] } : {}),
    ...(process === "migrate" ? {} : { healthCheck: healthCheck() }),
  });
  container.addMountPoints({ sourceVolume: "tmp", containerPath: "/tmp", readOnly: false });
  if (process === "migrate") return;
  addCollector(task, {
    environment,
    linuxParameters: hardened(stack, `${process}-collector`),
    logging: LogDrivers.awsLogs({ streamPrefix: "collector", logGroup }),
  });
}

function hardened(stack: Stack, container: string): LinuxParameters {
  const parameters = new LinuxParameters(stack, `Linux-${container}`, { initProcessEnabled: true });
  parameters.dropCapabilities(Capability.ALL);
  return parameters;
}

/** As in the Dockerfile: the loop turns. A backend that is away must not restart tasks. */
function healthCheck() {
  const script = `fetch("http://127.0.0.1:${API_PORT}/healthz").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  return {
    command: ["CMD", "node", "-e", script],
    interval: Duration.seconds(10),
    timeout: Duration.seconds(5),
    retries: 3,
    startPeriod: Duration.seconds(30),
  };
}

/** What a process may do in AWS: its own bucket, streams and queue, and the key of personal data. migrate needs nothing but its database. */
function grantWork(
  { environment, ground }: Parts,
  process: ProcessName,
  task: FargateTaskDefinition,
) {
  if (process === "migrate") return;
  allowFiles(task.taskRole, environment, ground.keys.data);
  task.addToTaskRolePolicy(
    new PolicyStatement({
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [ground.keys.personal.keyArn],
    }),
  );
  if (process !== "workers") return;
  const { events, movements, queue } = ground.streams;
  task.addToTaskRolePolicy(
    new PolicyStatement({
      actions: ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
      resources: [movements.streamArn],
    }),
  );
  task.addToTaskRolePolicy(
    new PolicyStatement({
      actions: [
        "kinesis:PutRecord",
        "kinesis:PutRecords",
        "kinesis:DescribeStreamSummary",
        "kinesis:ListShards",
      ],
      resources: [events.streamArn],
    }),
  );
  task.addToTaskRolePolicy(
    new PolicyStatement({
      actions: ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
      resources: [queue.queueArn],
    }),
  );
}

function newService(parts: Parts, name: ServiceName, taskDefinition: FargateTaskDefinition) {
  const { stack, environment, ground } = parts;
  const isApi = name === "api";
  const { min, max } = environment.services[name];
  const service = new FargateService(stack, `Service-${name}`, {
    serviceName: nameOf(environment, name),
    cluster: ground.entry.cluster,
    taskDefinition,
    // Where the number moves by itself, saying it here would set it back at each deployment.
    ...(min === max ? { desiredCount: min } : {}),
    minHealthyPercent: 100, // never fewer than before: new ones come first
    maxHealthyPercent: 200,
    assignPublicIp: false,
    vpcSubnets: { subnetGroupName: "tasks" },
    securityGroups: [ground.network.groups[name]],
    enableExecuteCommand: false,
    ...(isApi
      ? {
          deploymentController: { type: DeploymentControllerType.CODE_DEPLOY },
          healthCheckGracePeriod: Duration.seconds(60),
        }
      : { circuitBreaker: { rollback: true }, deploymentAlarms: undoBy(parts, name) }),
  });
  if (isApi) {
    service.attachToApplicationTargetGroup(ground.entry.blue);
    service.node.addDependency(ground.entry.listener, ground.entry.testListener);
    blueGreen(parts, service);
  }
  return service;
}

function undoBy({ environment }: Parts, name: ServiceName) {
  return {
    alarmNames: rollbackAlarms(name).map((alarm) => nameOf(environment, alarm.name)),
    behavior: AlarmBehavior.ROLLBACK_ON_ALARM,
  };
}

function blueGreen({ stack, environment, ground }: Parts, service: FargateService): void {
  const { blue, green, listener, testListener } = ground.entry;
  const alarms: Alarm[] = rollbackAlarms("api").flatMap(
    (alarm) => ground.operations.alarms.get(alarm.name) ?? [],
  );
  const group = new EcsDeploymentGroup(stack, "BlueGreen", {
    deploymentGroupName: nameOf(environment, "api"),
    application: new EcsApplication(stack, "Application", { applicationName: nameOf(environment) }),
    service,
    blueGreenDeploymentConfig: {
      blueTargetGroup: blue,
      greenTargetGroup: green,
      listener,
      testListener,
      terminationWaitTime: Duration.minutes(environment.keepOldMinutes),
    },
    deploymentConfig:
      environment.rollout === "all at once"
        ? EcsDeploymentConfig.ALL_AT_ONCE
        : EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    alarms,
    autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
  });
  accept(group, {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AWSCodeDeployRoleForECS]":
      "AWS' own policy for CodeDeploy on ECS; AWS keeps it in step with what CodeDeploy needs.",
  });
}
