// deploy/ci.sh, run: what it says where a tool is missing, and a release against an `aws` that notes what it is asked and answers
// like AWS. The order of the calls is what keeps customers unharmed, so it is what is looked at.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { projectRoot, readProjectFile } from "../support/projectFiles.ts";

const script = join(projectRoot, "deploy/ci.sh");
const folder = mkdtempSync(join(tmpdir(), "stockline-ci-"));
const calls = join(folder, "calls");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(calls, { force: true }));

const VARIABLES = {
  AWS_REGION: "us-east-1",
  ECR_REGISTRY: "registry.example",
  IMAGE_TAG: "abc123",
  ECS_SUBNETS: "subnet-1,subnet-2",
  ECS_MIGRATE_GROUP: "sg-1",
  WATCH_MINUTES: "0",
};

function run(
  args: readonly string[],
  environment: Record<string, string> = {},
  path = "/usr/bin:/bin",
) {
  const { status, stderr, stdout } = spawnSync("bash", [script, ...args], {
    encoding: "utf8",
    env: { PATH: path, HOME: folder, ...environment },
  });
  return { status, stderr, stdout };
}

/** A program on PATH that notes its arguments and answers as the cases say. */
function program(name: string, cases: string): void {
  const file = join(folder, name);
  writeFileSync(
    file,
    `#!/usr/bin/env bash\nprintf '%s\\n' "${name} $*" | head -1 >>"${calls}"\ncase "$*" in\n${cases}\nesac\n`,
  );
  chmodSync(file, 0o755);
}

interface Answers {
  readonly migrationStatus?: string;
  readonly failedServices?: string;
  readonly deploymentStatus?: number;
  readonly ringing?: string;
}

function pretendAws({
  migrationStatus = "0",
  failedServices = "0",
  deploymentStatus = 0,
  ringing = "None",
}: Answers): void {
  program(
    "aws",
    `"ecr describe-images"*) echo sha256:feed ;;
"ecs describe-task-definition"*) echo '{"family":"f","revision":7,"taskDefinitionArn":"old","containerDefinitions":[{"name":"stockline","image":"old"}]}' ;;
"ecs register-task-definition"*) case "$*" in *'"image": "registry.example/stockline@sha256:feed"'*) echo arn:new ;; *) exit 9 ;; esac ;;
"ecs run-task"*) echo arn:task ;;
"ecs describe-tasks"*) echo ${migrationStatus} ;;
"ecs describe-services"*) echo ${failedServices} ;;
"deploy create-deployment"*) echo d-1 ;;
"deploy wait"*) exit ${deploymentStatus} ;;
"cloudwatch describe-alarms"*) echo ${ringing} ;;`,
  );
  program("cosign", "*) ;;");
}

const noted = () =>
  existsSync(calls)
    ? readFileSync(calls, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" ").slice(0, 3).join(" "))
    : [];
const path = `${folder}:/usr/bin:/bin`;
const hasJq = spawnSync("jq", ["--version"]).status === 0;

describe("deploy/ci.sh", () => {
  test("lists its jobs, and refuses one that it does not know", () => {
    expect(run([]).stdout).toContain("release <environment>");
    expect(run(["fly"])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('there is no job "fly"; there are: lint, test'),
    });
  });

  test("says what a job needs, and does nothing", () => {
    const bare = mkdtempSync(join(folder, "bare-"));
    symlinkSync("/usr/bin/dirname", join(bare, "dirname"));
    for (const [job, tool] of [
      ["image", "docker"],
      ["sign", "cosign"],
      ["watch", "aws"],
    ] as const) {
      const found = spawnSync("/bin/bash", [script, job, "staging"], {
        encoding: "utf8",
        env: { ...VARIABLES, PATH: bare },
      });
      expect(found.status).toBe(69);
      expect(found.stderr).toContain(`job ${job} needs ${tool} (`);
      expect(found.stderr).toContain("is not on PATH; nothing was done");
    }
  });

  test("names the variable that is missing, and an environment that does not exist", () => {
    pretendAws({});
    const { IMAGE_TAG: _, ...rest } = VARIABLES;
    expect(run(["verify"], rest, path)).toMatchObject({
      status: 69,
      stderr: expect.stringContaining("needs IMAGE_TAG"),
    });
    expect(run(["deploy", "moon"], VARIABLES, path)).toMatchObject({
      status: 64,
      stderr: expect.stringContaining(
        'environment is "moon"; expected development, staging or production',
      ),
    });
    expect(noted()).toEqual([]);
  });
});

// Each is some dozens of small processes, which a loaded machine starts slowly.
describe.skipIf(!hasJq)("a release", { timeout: 120_000 }, () => {
  test("checks the signature, migrates, replaces workers and jobs, shifts the api, notes the tag, watches", () => {
    pretendAws({});
    const { status, stderr } = run(["release", "staging"], VARIABLES, path);
    expect(stderr).toContain("staging runs abc123");
    expect(status).toBe(0);
    const order = noted();
    const place = (call: string) => order.findIndex((it) => it.startsWith(call));
    const steps = [
      "cosign verify",
      "aws ecs run-task",
      "aws ecs describe-tasks",
      "aws ecs update-service",
      "aws deploy create-deployment",
      "aws deploy wait",
      "aws ssm put-parameter",
      "aws cloudwatch describe-alarms",
    ];
    expect(steps.map(place)).toEqual(steps.map(place).toSorted((a, b) => a - b));
    expect(steps.filter((it) => place(it) === -1)).toEqual([]);
    expect(order.filter((it) => it === "aws ecs update-service")).toHaveLength(2);
  });

  test("whose migration fails touches no service", () => {
    pretendAws({ migrationStatus: "1" });
    const { status, stderr } = run(["release", "production"], VARIABLES, path);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "migration task arn:task ended with status 1, expected 0; no service was touched",
    );
    expect(
      noted().filter((it) => /update-service|create-deployment|put-parameter/.test(it)),
    ).toEqual([]);
  });

  test("whose workers ECS took back never reaches the api", () => {
    pretendAws({ failedServices: "1" });
    const { status, stderr } = run(["release", "production"], VARIABLES, path);
    expect(status).toBe(1);
    expect(stderr).toContain("ECS went back to the version of before for workers");
    expect(noted().filter((it) => it.includes("create-deployment"))).toEqual([]);
  });

  test("that CodeDeploy took back does not note its tag", () => {
    pretendAws({ deploymentStatus: 255 });
    const { status, stderr } = run(["release", "production"], VARIABLES, path);
    expect(status).toBe(1);
    expect(stderr).toContain("deployment d-1 of the api did not succeed");
    expect(noted().filter((it) => it.includes("put-parameter"))).toEqual([]);
  });

  test("after which an alarm rings is told so", () => {
    pretendAws({ ringing: "stockline-production-api-errors" });
    const { status, stderr } = run(["release", "production"], VARIABLES, path);
    expect(status).toBe(1);
    expect(stderr).toContain("alarms ring in production: stockline-production-api-errors");
  });
});

describe(".gitlab-ci.yml", () => {
  const pipeline = z
    .record(z.string(), z.unknown())
    .parse(parse(readProjectFile(".gitlab-ci.yml"), { merge: true }));
  const job = z.object({
    stage: z.string(),
    extends: z.string().optional(),
    script: z.array(z.string()).optional(),
  });
  const jobs = Object.entries(pipeline).flatMap(([name, value]) => {
    const parsed = job.safeParse(value);
    return parsed.success && !name.startsWith(".") ? [{ name, ...parsed.data }] : [];
  });
  const inherited = z.object({ script: z.array(z.string()).optional() });

  test("runs every job by the one script, so that each runs anywhere", () => {
    const known = /^ {2}lint \| test[^)]*\)/m.exec(readProjectFile("deploy/ci.sh"))?.[0] ?? "";
    for (const { name, script: own, extends: parent = "" } of jobs) {
      const lines = own ?? inherited.parse(pipeline[parent] ?? {}).script ?? [];
      const called = lines.flatMap((line) => /^bash deploy\/ci\.sh (\w+)/.exec(line)?.[1] ?? []);
      expect(called, name).toHaveLength(1);
      expect(known).toContain(called[0]);
    }
    expect(jobs.length).toBeGreaterThanOrEqual(9);
  });

  test("builds the image once and signs it before any environment gets it", () => {
    const stages = z.array(z.string()).parse(pipeline["stages"]);
    const at = (name: string) => stages.indexOf(jobs.find((it) => it.name === name)?.stage ?? "");
    const order = [
      "lint",
      "test",
      "scan",
      "image",
      "sign",
      "development",
      "staging",
      "production",
    ].map(at);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(readProjectFile(".gitlab-ci.yml").match(/ci\.sh image/g)).toHaveLength(1);
  });
});
