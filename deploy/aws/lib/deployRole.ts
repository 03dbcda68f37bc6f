/** The role of GitLab's deploying jobs: one environment, its services and task families; it can't push images or read secrets. */
import { Duration, type Stack } from "aws-cdk-lib";
import type { FargateTaskDefinition } from "aws-cdk-lib/aws-ecs";
import { PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { allowRelease, gitlabJobs } from "./delivery.ts";
import type { Ground } from "./ground.ts";
import { accept, type Deployment, nameOf, output } from "./stack.ts";

interface Parts extends Deployment {
  readonly stack: Stack;
  readonly ground: Ground;
  readonly tasks: readonly FargateTaskDefinition[];
}

/** Makes the role; production takes tags only. */
export function deployRole({ stack, environment, ground, tasks }: Parts): Role {
  const isProduction = environment.name === "production";
  const refs = isProduction
    ? ["ref_type:tag:ref:v*"]
    : ["ref_type:branch:ref:main", "ref_type:tag:ref:v*"];
  const role = new Role(stack, "Deploy", {
    roleName: nameOf(environment, "deploy"),
    description: `GitLab jobs that deploy to ${environment.name}`,
    assumedBy: gitlabJobs(ground.delivery.gitlabArn, refs),
    maxSessionDuration: Duration.hours(2),
  });
  for (const statement of statements({ stack, environment, tasks })) role.addToPolicy(statement);
  allowRelease(ground.delivery, role);
  const name = nameOf(environment);
  const own = (service: string, resource: string) =>
    `Resource::arn:<AWS::Partition>:${service}:${environment.region}:<AWS::AccountId>:${resource}`;
  const findings = [
    own("ecs", `service/${name}/${name}-*`),
    own("ecs", `task-definition/${name}-migrate:*`),
    own("ecs", `task/${name}/*`),
    own("cloudwatch", "alarm:*"),
    own("codedeploy", "deploymentconfig:CodeDeployDefault.ECS*"),
  ];
  accept(role, {
    "IAM5[Resource::*]":
      "Task definitions are registered and described without a resource, and so are ECR's token and a deployment's target.",
    ...Object.fromEntries(
      findings.map((it) => [
        `IAM5[${it}]`,
        "Versions and tasks of this environment, by its prefix; the state of alarms, which are listed.",
      ]),
    ),
  });
  output(stack, "DeployRoleArn", role.roleArn);
  return role;
}

function statements({ stack, environment, tasks }: Pick<Parts, "stack" | "environment" | "tasks">) {
  const name = nameOf(environment);
  const arn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName });
  const codedeploy = (resource: string, resourceName: string) =>
    `arn:${stack.partition}:codedeploy:${stack.region}:${stack.account}:${resource}:${resourceName}`;
  return [
    new PolicyStatement({
      actions: [
        "ecs:DescribeTaskDefinition",
        "ecs:RegisterTaskDefinition",
        "codedeploy:GetDeploymentTarget",
      ],
      resources: ["*"],
    }),
    new PolicyStatement({
      actions: ["ecs:UpdateService", "ecs:DescribeServices"],
      resources: [arn("ecs", "service", `${name}/${name}-*`)],
    }),
    new PolicyStatement({
      actions: ["ecs:RunTask"],
      resources: [arn("ecs", "task-definition", `${name}-migrate:*`)],
    }),
    new PolicyStatement({
      actions: ["ecs:DescribeTasks", "ecs:StopTask"],
      resources: [arn("ecs", "task", `${name}/*`)],
    }),
    new PolicyStatement({
      actions: ["iam:PassRole"],
      resources: tasks.flatMap((task) => [
        task.taskRole.roleArn,
        task.obtainExecutionRole().roleArn,
      ]),
      conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    }),
    new PolicyStatement({
      actions: [
        "codedeploy:CreateDeployment",
        "codedeploy:GetDeployment",
        "codedeploy:GetDeploymentGroup",
        "codedeploy:ListDeployments",
        "codedeploy:StopDeployment",
      ],
      resources: [codedeploy("deploymentgroup", `${name}/${name}-api`)],
    }),
    new PolicyStatement({
      actions: ["codedeploy:GetDeploymentConfig"],
      resources: [codedeploy("deploymentconfig", "CodeDeployDefault.ECS*")],
    }),
    new PolicyStatement({
      actions: ["codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"],
      resources: [codedeploy("application", name)],
    }),
    new PolicyStatement({
      actions: ["cloudwatch:DescribeAlarms"], // a listing: allowed for all alarms or refused
      resources: [`arn:${stack.partition}:cloudwatch:${stack.region}:${stack.account}:alarm:*`],
    }),
    new PolicyStatement({
      actions: ["ssm:PutParameter", "ssm:GetParameter"],
      resources: [arn("ssm", "parameter", `stockline/${environment.name}/image-tag`)],
    }),
  ];
}
