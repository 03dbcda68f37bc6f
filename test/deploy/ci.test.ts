// deploy/ci.sh, run: what it says where a tool is missing, and images and releases against a small model of AWS (pretendCloud.mjs) whose
// waiters give up and whose services go back as AWS' do. The order of the calls is what keeps customers unharmed, so it is looked at.
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
  POLL_SECONDS: "300",
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

/** What the model starts from; times are seconds, and pass by `sleep` alone. */
interface Cloud {
  readonly image: "manifest" | "index";
  readonly scan: {
    readonly beginsAt: number;
    readonly endsAt: number;
    readonly status: "COMPLETE" | "FAILED";
    readonly critical: number;
  };
  readonly isSigned: boolean;
  readonly migration: { readonly seconds: number; readonly exitCode: number | null };
  /** How long ECS takes to replace a service, and the processes that it takes back then. */
  readonly serviceSeconds: number;
  readonly undone: readonly string[];
  /** Newest first. One of before, made at a time below 0, may still keep its old tasks. */
  readonly deployments: readonly { readonly id: string; readonly at: number }[];
  readonly shift: "shifts" | "stopped" | "hangs";
  readonly ringing: readonly string[];
}

function pretendCloud(changes: Partial<Cloud> = {}): void {
  const cloud: Cloud = {
    image: "manifest",
    scan: { beginsAt: 60, endsAt: 120, status: "COMPLETE", critical: 0 },
    isSigned: true,
    migration: { seconds: 120, exitCode: 0 },
    serviceSeconds: 120,
    undone: [],
    deployments: [],
    shift: "shifts",
    ringing: [],
    ...changes,
  };
  writeFileSync(join(folder, "cloud.json"), JSON.stringify({ ...cloud, updates: {} }));
  writeFileSync(join(folder, "now"), "0");
}

const stub = join(import.meta.dirname, "pretendCloud.mjs");
const PROGRAMS = {
  aws: `exec "${process.execPath}" "${stub}" "${folder}" aws "$@"`,
  cosign: `exec "${process.execPath}" "${stub}" "${folder}" cosign "$@"`,
  sleep: `echo $(($(<"${folder}/now") + $1)) >"${folder}/now"`,
};
for (const [name, line] of Object.entries(PROGRAMS)) {
  writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${line}\n`);
  chmodSync(join(folder, name), 0o755);
}
/** What became of the model. */
const now = () => Number(readFileSync(join(folder, "now"), "utf8"));
const left = () =>
  z
    .object({ noted: z.string().optional(), isSigned: z.boolean() })
    .parse(JSON.parse(readFileSync(join(folder, "cloud.json"), "utf8")));

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
    pretendCloud();
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
const SLOW = { timeout: 120_000 };

describe.skipIf(!hasJq)("an image", SLOW, () => {
  const sign = (changes: Partial<Cloud> = {}, environment: Record<string, string> = {}) => {
    pretendCloud({ isSigned: false, ...changes });
    return run(["sign"], { ...VARIABLES, ...environment }, path);
  };

  test("is signed by its digest once its scan, which begins after the push, has found nothing critical", () => {
    const scan = { beginsAt: 60, endsAt: 600, status: "COMPLETE", critical: 0 } as const;
    expect(sign({ scan })).toMatchObject({ status: 0 });
    expect(left().isSigned).toBe(true);
    expect(now()).toBe(600);
    const signing = readFileSync(calls, "utf8")
      .split("\n")
      .find((it) => it.startsWith("cosign sign"));
    expect(signing).toContain("registry.example/stockline@sha256:feed");
  });

  test("that main has signed is not signed again by its tag: signatures can't be written twice", () => {
    const { status, stderr } = sign({ isSigned: true });
    expect(stderr).toContain("image abc123 is signed already");
    expect(status).toBe(0);
    expect(noted().filter((it) => it.startsWith("cosign sign"))).toEqual([]);
  });

  test.each([
    ["critical findings", { critical: 2 }, "has 2 critical findings in ECR's scan, expected 0"],
    ["a failed scan", { status: "FAILED" }, "scan of image abc123 is FAILED (as it is), expected"],
  ] as const)("with %s is not signed", (_, scan, told) => {
    const { status, stderr } = sign({
      scan: { beginsAt: 0, endsAt: 0, status: "COMPLETE", critical: 0, ...scan },
    });
    expect(stderr).toContain(told);
    expect(status).toBe(1);
    expect(left().isSigned).toBe(false);
  });

  test("that is an index, which ECR never scans, is not signed", () => {
    const { status, stderr } = sign({ image: "index" }, { SCAN_MINUTES: "0" });
    expect(stderr).toContain("ECR has not scanned image abc123 within 0 minutes");
    expect(status).toBe(1);
    expect(left().isSigned).toBe(false);
  });

  test("is built as one manifest, so that it can be scanned", () => {
    const build = /docker buildx build[^]*?--push/.exec(readProjectFile("deploy/ci.sh"))?.[0];
    expect(build).toContain("--provenance=false --sbom=false");
  });
});

describe.skipIf(!hasJq)("a release", SLOW, () => {
  const start = (
    job: string,
    changes: Partial<Cloud>,
    environment: Record<string, string> = {},
  ) => {
    pretendCloud(changes);
    return run([job, "production"], { ...VARIABLES, ...environment }, path);
  };
  /** AWS' own waiters give up on tasks and services after ten minutes. */
  const LONG = 12 * 60;

  test("checks the signature, migrates, replaces workers and jobs, shifts the api, notes the tag, watches", () => {
    const { status, stderr } = start("release", {});
    expect(stderr).toContain("production runs abc123");
    expect(status).toBe(0);
    const order = noted();
    const place = (call: string) => order.findIndex((it) => it.startsWith(call));
    const steps = [
      "cosign login",
      "cosign verify",
      "aws ecs run-task",
      "aws ecs describe-tasks",
      "aws deploy list-deployments",
      "aws ecs update-service",
      "aws ecs describe-services",
      "aws deploy create-deployment",
      "aws deploy get-deployment-target",
      "aws ssm put-parameter",
      "aws cloudwatch describe-alarms",
    ];
    expect(steps.map(place)).toEqual(steps.map(place).toSorted((a, b) => a - b));
    expect(steps.filter((it) => place(it) === -1)).toEqual([]);
    expect(order.filter((it) => it === "aws ecs update-service")).toHaveLength(2);
    // CodeDeploy keeps the old tasks for an hour, and is under way for as long: that is not waited for.
    expect(now()).toBeLessThan(30 * 60);
  });

  test("waits for a long migration", () => {
    const { status, stderr } = start("migrate", { migration: { seconds: LONG, exitCode: 0 } });
    expect(stderr).toContain("the schema of production is up to date");
    expect(status).toBe(0);
  });

  test("waits for slow services, and until no deployment of before keeps old tasks: CodeDeploy takes one at a time", () => {
    const deployments = [{ id: "d-0", at: -3600 }];
    const { status, stderr } = start("deploy", { deployments, serviceSeconds: LONG });
    expect(stderr).toContain("deployment d-0 is under way or keeps its old tasks; this one waits");
    expect(status).toBe(0);
    expect(left().noted).toBe("abc123");
  });

  test("whose migration fails touches no service", () => {
    const { status, stderr } = start("release", { migration: { seconds: 60, exitCode: 1 } });
    expect(stderr).toContain(
      "migration task arn:aws:ecs:us-east-1:1:task/1 ended with status 1, expected 0; no service was touched",
    );
    expect(status).toBe(1);
    expect(noted().filter((it) => /update-service|create-deployment|ssm/.test(it))).toEqual([]);
  });

  test.each([
    {
      at: "a migration that never starts",
      job: "migrate",
      changes: { migration: { seconds: 60, exitCode: null } },
      told: "ended with status none (told so), expected 0; no service was touched",
    },
    {
      at: "a migration that takes too long",
      job: "migrate",
      changes: { migration: { seconds: 9999, exitCode: 0 } },
      limits: { MIGRATE_MINUTES: "0" },
      told: "has not ended within 0 minutes and goes on; no service was touched",
    },
    {
      at: "a deployment of before that does not end",
      job: "deploy",
      changes: { deployments: [{ id: "d-0", at: -60 }] },
      limits: { KEPT_MINUTES: "0" },
      told: "deployment d-0 has not ended within 0 minutes; nothing was deployed",
    },
    {
      at: "no signature",
      job: "release",
      changes: { isSigned: false },
      told: "no signatures found",
    },
  ])("stops at $at", ({ job, changes, limits = {}, told }) => {
    const { status, stderr } = start(job, changes, limits);
    expect(stderr).toContain(told);
    expect(status).not.toBe(0);
    expect(noted().filter((it) => it.includes("update-service"))).toEqual([]);
  });

  test.each([
    ["workers", { undone: ["workers"] }, {}, "ECS went back to the version of before for workers"],
    ["jobs", { undone: ["jobs"] }, {}, "ECS went back to the version of before for jobs"],
    [
      "workers, slowly,",
      { serviceSeconds: 9999 },
      { SERVICE_MINUTES: "0" },
      "workers has not come to run the new version within 0 minutes",
    ],
  ])("that %s do not take never reaches the api", (_, changes, environment, told) => {
    const { status, stderr } = start("deploy", changes, environment);
    expect(stderr).toContain(told);
    expect(status).toBe(1);
    expect(noted().filter((it) => it.includes("create-deployment"))).toEqual([]);
  });

  test.each([
    ["took back", "stopped", {}, "did not succeed (Stopped); CodeDeploy gives the traffic back"],
    [
      "does not finish",
      "hangs",
      { SHIFT_MINUTES: "0" },
      "the traffic within 0 minutes and goes on",
    ],
  ] as const)("that CodeDeploy %s does not note its tag", (_, shift, environment, told) => {
    const { status, stderr } = start("deploy", { shift }, environment);
    expect(stderr).toContain("deployment d-1");
    expect(stderr).toContain(told);
    expect(status).toBe(1);
    expect(left().noted).toBeUndefined();
  });

  test.each(["api-errors", "workers-halted"])("after which %s rings is told so", (alarm) => {
    const { status, stderr } = start("watch", { ringing: [`stockline-production-${alarm}`] });
    expect(stderr).toContain(`alarms ring in production: stockline-production-${alarm}`);
    expect(status).toBe(1);
  });

  test("does not fail by an alarm that undoes no deployment", () => {
    const { status } = start("watch", { ringing: ["stockline-production-table-bloat"] });
    expect(status).toBe(0);
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
  const minutesOf = (name: string) =>
    Number(new RegExp(`${name}:-(\\d+)`).exec(readProjectFile("deploy/ci.sh"))?.[1]);
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

  test("gives a release the time that its steps may take", () => {
    const { timeout } = z.object({ timeout: z.string() }).parse(pipeline[".release"]);
    const steps = ["KEPT", "MIGRATE", "SERVICE", "SERVICE", "SHIFT", "WATCH"];
    const needed = steps.reduce((sum, it) => sum + minutesOf(`${it}_MINUTES`), 0);
    expect(needed).toBeGreaterThan(120);
    expect(Number(/^(\d+) hours$/.exec(timeout)?.[1]) * 60).toBeGreaterThan(needed);
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
