// The tasks: how many, how they grow, how a new version comes and goes, what they may do, and what they are told.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { configVariables } from "../../../platform/config.ts";
import { environments } from "../../environments/environments.ts";
import { rollbackAlarms } from "../../observability/alarms.ts";
import { NODE_VARIABLES } from "../lib/taskVariables.ts";
import { COLLECTOR_MEMORY_MIB } from "../lib/traces.ts";
import { ENVIRONMENTS, resources, template } from "./synthesised.ts";
import { tasksOf } from "./tasks.ts";

const SERVICES = ["api", "workers", "jobs"] as const;

describe("tasks", () => {
  test.each(ENVIRONMENTS)("of %s are the four processes at the table's sizes", (name) => {
    const { services, migrate } = environments[name];
    const sizes = { ...services, migrate };
    const found = tasksOf(name).map(
      (it) => `${it.ContainerDefinitions[0].Command.join(" ")}: ${it.Cpu}, ${it.Memory}`,
    );
    const wanted = Object.entries(sizes).map(
      ([process, { cpu, memoryMiB }]) => `${process}: ${cpu}, ${memoryMiB}`,
    );
    expect(found.toSorted()).toEqual(wanted.toSorted());
  });

  test("have room for the heap that the image lets a process have, and half as much again", () => {
    const image = readFileSync(join(import.meta.dirname, "../../../Dockerfile"), "utf8");
    const heapMiB = Number(/ENTRYPOINT.*--max-old-space-size=(\d+)/.exec(image)?.[1]);
    for (const name of ENVIRONMENTS) {
      for (const { Family, Memory } of tasksOf(name)) {
        expect(Number(Memory), Family).toBeGreaterThanOrEqual(heapMiB * 1.5 + COLLECTOR_MEMORY_MIB);
      }
    }
  });

  test("run as another user than root on a read-only root, without capabilities, and write to /tmp only", () => {
    for (const {
      ContainerDefinitions: [it],
    } of tasksOf("production")) {
      expect(it.User).toBe("1000:1000");
      expect(it.ReadonlyRootFilesystem).toBe(true);
      expect(it.Privileged ?? false).toBe(false);
      expect(it.LinuxParameters.Capabilities.Drop).toEqual(["ALL"]);
      expect(it.MountPoints.map((mount) => mount.ContainerPath)).toEqual(["/tmp"]);
    }
  });

  test("get longer to stop than the process takes for it", () => {
    for (const {
      ContainerDefinitions: [it],
    } of tasksOf("production")) {
      const grace = it.Environment.find(({ Name }) => Name === "SHUTDOWN_GRACE_SECONDS");
      // Before its grace begins the api serves on for 5 s, so that load balancers look elsewhere.
      expect(it.StopTimeout).toBeGreaterThanOrEqual(Number(grace?.Value ?? 0) + 6);
    }
  });

  test("that serve are asked whether their loop turns, never about their backends", () => {
    const checked = tasksOf("production").filter(
      (it) => it.ContainerDefinitions[0].HealthCheck !== undefined,
    );
    expect(checked).toHaveLength(3);
    for (const it of checked) {
      expect(it.ContainerDefinitions[0].HealthCheck?.Command.join(" ")).toContain("/healthz");
    }
  });
});

describe("variables of the tasks", () => {
  const known = new Map(configVariables.map((it) => [it.name, it]));

  test("are declared in platform/config.ts, every one", () => {
    const names = tasksOf("production").flatMap(({ ContainerDefinitions: [it] }) =>
      [...it.Environment, ...it.Secrets].map(({ Name }) => Name),
    );
    expect(names).toContain("DATABASE_URL");
    const allowed: readonly string[] = NODE_VARIABLES;
    const unknown = names.filter((name) => !known.has(name) && !allowed.includes(name));
    expect([...new Set(unknown)]).toEqual([]);
  });

  test("that are secret come from Secrets Manager, and the others do not", () => {
    for (const {
      ContainerDefinitions: [it],
    } of tasksOf("production")) {
      expect(it.Environment.filter(({ Name }) => known.get(Name)?.secret === true)).toEqual([]);
      expect(it.Secrets.filter(({ Name }) => known.get(Name)?.secret !== true)).toEqual([]);
      for (const { Name, ValueFrom } of it.Secrets) {
        if (Name === "SOURCE_SIGNING_KEYS") continue; // the whole secret: keys by source
        expect(JSON.stringify(ValueFrom)).toMatch(/:(url|url_2|password|token)::/);
      }
    }
  });

  test("tell each process what it needs of sign-in, limits, personal data and streams", () => {
    const variablesOf = (process: string) =>
      tasksOf("production").flatMap(({ ContainerDefinitions: [it] }) =>
        it.Command[0] === process ? [...it.Environment, ...it.Secrets].map(({ Name }) => Name) : [],
      );
    for (const process of SERVICES) {
      expect(variablesOf(process), process).toEqual(
        expect.arrayContaining([
          "PERSONAL_DATA_KMS_KEY",
          "REDIS_URL",
          "REDIS_CACHE_URL",
          "WEBHOOK_SIGNING_KEY",
          "JWT_JWKS_URL",
        ]),
      );
    }
    expect(variablesOf("api")).toEqual(
      expect.arrayContaining(["TRUSTED_PROXY_HOPS", "RATE_LIMIT_INSTANCES", "CORS_ORIGINS"]),
    );
    const readers = SERVICES.filter((it) => variablesOf(it).includes("KINESIS_SOURCE_STREAM"));
    expect(readers).toEqual(["workers"]);
  });

  test("give the api the key of its own tokens where people sign in with passwords, and nobody else", () => {
    const holders = (name: (typeof ENVIRONMENTS)[number], variable: string) =>
      tasksOf(name).flatMap(({ ContainerDefinitions: [it] }) =>
        [...it.Environment, ...it.Secrets].some(({ Name }) => Name === variable) ? it.Command : [],
      );
    expect(environments.development.signIn).toBe("passwords");
    expect(holders("development", "JWT_KEY")).toEqual(["api"]);
    expect(holders("development", "JWT_JWKS_URL")).toEqual([]);
    for (const name of ["staging", "production"] as const) {
      expect(environments[name].signIn).toBe("issuer");
      expect(holders(name, "JWT_KEY")).toEqual([]);
      expect(holders(name, "JWT_JWKS_URL")).toContain("api");
    }
    for (const name of ENVIRONMENTS) {
      expect(holders(name, "JWT_KEY_FILE"), name).toEqual([]); // there is no place for a file
      expect(holders(name, "SOURCE_SIGNING_KEYS"), name).toEqual(["workers"]);
      const secrets = resources(name, "data", "AWS::SecretsManager::Secret");
      const sources = secrets.find(({ Properties }) =>
        /sources.signing/.test(String(Properties["Name"])),
      );
      expect(sources?.Properties["GenerateSecretString"]).toMatchObject({
        GenerateStringKey: "password", // the set-up makes it the key of signedSource (functions.test.ts)
        SecretStringTemplate: "{}",
      });
    }
  });

  test("tell api and workers where the Customer Base Service is, with its token, where there is one", () => {
    const holders = (name: (typeof ENVIRONMENTS)[number], variable: string) =>
      tasksOf(name).flatMap(({ ContainerDefinitions: [it] }) =>
        [...it.Environment, ...it.Secrets].some(({ Name }) => Name === variable) ? it.Command : [],
      );
    for (const name of ENVIRONMENTS) {
      const wanted = environments[name].partners.customerBase === null ? [] : ["api", "workers"];
      expect(holders(name, "CUSTOMER_BASE_URL").toSorted(), name).toEqual(wanted);
      expect(holders(name, "CUSTOMER_BASE_TOKEN").toSorted(), name).toEqual(wanted);
    }
    expect(environments.production.partners.customerBase).not.toBeNull();
    const [api] = tasksOf("production").filter(({ Family }) => Family.endsWith("-api"));
    expect(api?.ContainerDefinitions[0].Environment).toContainEqual({
      Name: "CUSTOMER_BASE_URL",
      Value: environments.production.partners.customerBase,
    });
  });

  test("give the owner's login to migrate only", () => {
    const owners = tasksOf("production").filter(({ ContainerDefinitions: [it] }) =>
      it.Secrets.some(({ Name }) => Name === "DATABASE_OWNER_URL"),
    );
    expect(owners.map((it) => it.Family)).toEqual(["stockline-production-migrate"]);
  });

  test("hold fewer connections at the most tasks than the database takes", () => {
    // RDS: memory in bytes / 9531392, at most 5000; memory by instance size.
    const memoryGiB: Record<string, number> = { "t4g.small": 2, "m7g.large": 8, "r7g.2xlarge": 64 };
    for (const name of ENVIRONMENTS) {
      const { services, database } = environments[name];
      const held = tasksOf(name).flatMap(({ ContainerDefinitions: [it] }) => {
        const service = SERVICES.find((process) => it.Command[0] === process);
        const pool = it.Environment.find(({ Name }) => Name === "DATABASE_POOL_MAX");
        return service === undefined ? [] : [services[service].max * Number(pool?.Value)];
      });
      const most = Math.min(5000, ((memoryGiB[database.instance] ?? 0) * 2 ** 30) / 9_531_392);
      expect(held).toHaveLength(3);
      expect(
        held.reduce((a, b) => a + b),
        name,
      ).toBeLessThan(most * 0.9);
    }
  });
});

describe("services", () => {
  test.each(ENVIRONMENTS)("of %s never fall below their number while they are replaced", (name) => {
    const services = template(name, "services");
    services.resourceCountIs("AWS::ECS::Service", 3);
    services.allResourcesProperties("AWS::ECS::Service", {
      LaunchType: "FARGATE",
      DeploymentConfiguration: Match.objectLike({
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      }),
      NetworkConfiguration: {
        AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: "DISABLED" }),
      },
    });
  });

  test("of production are three or more, of staging two, of development one", () => {
    const least = (name: (typeof ENVIRONMENTS)[number]) =>
      SERVICES.map((it) => environments[name].services[it].min);
    expect(least("development")).toEqual([1, 1, 1]);
    expect(least("staging")).toEqual([2, 2, 2]);
    expect(Math.min(...least("production"))).toBeGreaterThanOrEqual(3);
  });

  test.each(["workers", "jobs"] as const)("%s: a bad version is undone by its alarms", (name) => {
    template("production", "services").hasResourceProperties("AWS::ECS::Service", {
      ServiceName: `stockline-production-${name}`,
      DeploymentConfiguration: Match.objectLike({
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: {
          Enable: true,
          Rollback: true,
          AlarmNames: rollbackAlarms(name).map((it) => `stockline-production-${it.name}`),
        },
      }),
    });
    expect(rollbackAlarms(name).length).toBeGreaterThan(0);
  });
});

describe("blue/green of the api", () => {
  test.each([
    ["development", "CodeDeployDefault.ECSAllAtOnce"],
    ["staging", "CodeDeployDefault.ECSCanary10Percent5Minutes"],
    ["production", "CodeDeployDefault.ECSCanary10Percent5Minutes"],
  ] as const)("of %s shifts traffic by %s and goes back when an alarm rings", (name, config) => {
    const services = template(name, "services");
    services.hasResourceProperties("AWS::ECS::Service", {
      ServiceName: `stockline-${name}-api`,
      DeploymentController: { Type: "CODE_DEPLOY" },
    });
    services.hasResourceProperties("AWS::CodeDeploy::DeploymentGroup", {
      DeploymentConfigName: Match.anyValue(),
      DeploymentStyle: { DeploymentOption: "WITH_TRAFFIC_CONTROL", DeploymentType: "BLUE_GREEN" },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
      },
      AlarmConfiguration: {
        Enabled: true,
        Alarms: rollbackAlarms("api").map(() => ({ Name: Match.anyValue() })),
      },
      BlueGreenDeploymentConfiguration: Match.objectLike({
        TerminateBlueInstancesOnDeploymentSuccess: {
          Action: "TERMINATE",
          TerminationWaitTimeInMinutes: environments[name].keepOldMinutes,
        },
      }),
    });
    expect(JSON.stringify(services.toJSON())).toContain(config);
    expect(rollbackAlarms("api").map((it) => it.name)).toContain("api-errors");
  });
});

describe("autoscaling", () => {
  const policies = (name: (typeof ENVIRONMENTS)[number]) =>
    resources(name, "services", "AWS::ApplicationAutoScaling::ScalingPolicy").map((it) =>
      JSON.stringify(it.Properties),
    );

  test.each(ENVIRONMENTS)("of %s keeps to the table's bounds", (name) => {
    for (const process of ["api", "workers"] as const) {
      const { min, max } = environments[name].services[process];
      template(name, "services").hasResourceProperties(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        {
          MinCapacity: min,
          MaxCapacity: max,
          ResourceId: Match.objectLike({ "Fn::Join": Match.anyValue() }),
        },
      );
    }
  });

  test("aims at 70 % CPU and 75 % memory, for api and workers", () => {
    const found = policies("production");
    const cpu = found.filter(
      (it) => it.includes("ECSServiceAverageCPUUtilization") && it.includes('"TargetValue":70'),
    );
    const memory = found.filter(
      (it) => it.includes("ECSServiceAverageMemoryUtilization") && it.includes('"TargetValue":75'),
    );
    expect([cpu.length, memory.length]).toEqual([2, 2]);
  });

  test("follows requests a task for the api, and backlog a task for the workers", () => {
    const found = policies("production").filter((it) => it.includes("total / running"));
    expect(found).toHaveLength(2);
    const { requestsPerTaskMinute, backlogPerTask } = environments.production;
    const requests = found.find((it) => it.includes('"RequestCount"'));
    const backlog = found.find((it) => it.includes('"stockline_inbox_depth_movements"'));
    expect(requests).toContain(`"TargetValue":${requestsPerTaskMinute}`);
    expect(backlog).toContain(`"TargetValue":${backlogPerTask}`);
    for (const it of found) expect(it).toContain('"RunningTaskCount"');
  });
});

describe("rights of the tasks", () => {
  const policiesOf = (process: string) =>
    Object.entries(template("production", "services").findResources("AWS::IAM::Policy"))
      .filter(([id]) => id.startsWith(`Task${process}TaskRole`))
      .map(([, it]) => JSON.stringify(it));

  test("only workers publish; migrate may do nothing in AWS", () => {
    expect(policiesOf("workers").join()).toContain("kinesis:PutRecords");
    expect(policiesOf("workers").join()).toContain("sqs:SendMessage");
    expect(policiesOf("api").join()).not.toMatch(/kinesis:|sqs:/);
    expect(policiesOf("jobs").join()).not.toMatch(/kinesis:|sqs:/);
    expect(policiesOf("migrate")).toEqual([]);
  });

  test("services unwrap keys of personal data with a key of its own; workers read movements and write none", () => {
    const statements = z.array(
      z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
    );
    const shape = z.object({ PolicyDocument: z.object({ Statement: statements }) });
    const statementsOf = (process: string) =>
      Object.entries(template("production", "services").findResources("AWS::IAM::Policy"))
        .filter(([id]) => id.startsWith(`Task${process}TaskRole`))
        .flatMap(([, it]) => shape.parse(it["Properties"]).PolicyDocument.Statement);
    for (const process of SERVICES) {
      const personal = statementsOf(process).filter(({ Resource }) =>
        JSON.stringify(Resource).includes("Personal"),
      );
      expect(
        personal.map(({ Action }) => Action),
        process,
      ).toEqual([["kms:Decrypt", "kms:GenerateDataKey"]]);
    }
    const movements = statementsOf("workers").filter(({ Resource }) =>
      JSON.stringify(Resource).includes("Movements"),
    );
    expect(movements.map(({ Action }) => Action)).toEqual([
      ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
    ]);
  });

  test("name actions, never a whole service", () => {
    const all = ["api", "workers", "jobs"].flatMap(policiesOf).join();
    expect(all).toContain("s3:GetObject");
    expect(all).not.toMatch(/"(s3|kms|sqs|kinesis):\*"/);
    expect(all).not.toContain('"Action":"*"');
  });
});
