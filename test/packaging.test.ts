// The files that package and deploy Stockline, read against the code: every variable they hand to our
// processes is declared, every path they copy exists, every container is hardened. Parsed, not run.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { PRODUCT_NODE_FLAGS } from "../local/nodeFlags.ts";
import { configVariables } from "../platform/config.ts";
import { projectRoot, readProjectFile } from "./support/projectFiles.ts";

/** Read by the AWS libraries themselves, not by our schema. */
const SDK_VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const OUR_PROCESSES = ["api", "workers", "jobs", "migrate"];

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  read_only: z.boolean().optional(),
  mem_limit: z.string(),
  pids_limit: z.number(),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.unknown().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
});
const compose = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(readProjectFile("docker-compose.yml"), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([name]) => OUR_PROCESSES.includes(name));

const known = new Set([...configVariables.map((variable) => variable.name), ...SDK_VARIABLES]);
const dockerfile = readProjectFile("Dockerfile");

describe("docker-compose.yml", () => {
  test("starts each process of the image by its own name", () => {
    expect(ours.map(([name, { command }]) => [name, command])).toEqual(
      ["migrate", "api", "workers", "jobs"].map((name) => [name, [name]]),
    );
  });

  test("gives our processes room for the heap that the image lets them have, and half as much again", () => {
    const entrypoint = dockerfile.split("\n").find((line) => line.startsWith("ENTRYPOINT")) ?? "";
    for (const flag of PRODUCT_NODE_FLAGS) expect(entrypoint).toContain(`"${flag}"`);
    const heapMiB = Number(/--max-old-space-size=(\d+)/.exec(entrypoint)?.[1]);
    for (const [name, { mem_limit }] of ours) {
      const [, number, unit] = /^(\d+)([mg])$/.exec(mem_limit) ?? [];
      expect(Number(number) * (unit === "g" ? 1024 : 1), name).toBeGreaterThanOrEqual(
        heapMiB * 1.5,
      );
    }
  });

  test("sets only declared variables in our processes", () => {
    const unknown = ours.flatMap(([name, { environment }]) =>
      Object.keys(environment)
        .filter((variable) => !known.has(variable))
        .map((variable) => `${name}: ${variable}`),
    );
    expect(unknown).toEqual([]);
  });

  test("hardens every container and publishes on loopback only", () => {
    const soft = services.filter(
      ([, it]) =>
        !it.cap_drop.includes("ALL") ||
        !it.security_opt.includes("no-new-privileges:true") ||
        it.ports.some((port) => !port.startsWith("127.0.0.1:")),
    );
    expect(soft.map(([name]) => name)).toEqual([]);
    expect(ours.filter(([, it]) => it.read_only !== true).map(([name]) => name)).toEqual([]);
  });

  test("waits for services that exist, and by a check that they have", () => {
    const missing = services.flatMap(([name, it]) =>
      Object.entries(it.depends_on)
        .filter(([other, { condition }]) => {
          const target = compose.services[other];
          if (target === undefined) return true;
          return condition === "service_healthy" && target.healthcheck === undefined;
        })
        .map(([other]) => `${name} waits for ${other}`),
    );
    expect(missing).toEqual([]);
  });

  test("mounts files that exist", () => {
    const mounted = services
      .flatMap(([, it]) => it.volumes)
      .filter((volume) => volume.startsWith("./"))
      .map((volume) => volume.slice(0, volume.indexOf(":")));
    expect(mounted.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

describe("Dockerfile", () => {
  test("copies paths that exist", () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((match) =>
      (match[1] ?? "").split(/\s+/).slice(0, -1),
    );
    expect(copied).toContain("migrations");
    expect(copied.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });

  test("runs as another user than root, from a pinned image", () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
    expect(dockerfile).not.toContain(":latest");
  });

  test("sets only declared variables", () => {
    const set = [...dockerfile.matchAll(/^(?:ENV| {4}) *([A-Z][A-Z0-9_]*)=/gm)].map((it) => it[1]);
    expect(set).toContain("NODE_ENV");
    const ours = set.filter((variable) => variable !== undefined && variable !== "PATH");
    expect(ours.filter((variable) => variable !== undefined && !known.has(variable))).toEqual([]);
  });

  test("starts entry points whose sources exist", () => {
    const entries = [
      ...readProjectFile("scripts/entrypoint.mjs").matchAll(/\.\.\/dist\/(.+)\.js"/g),
    ];
    expect(entries.map((match) => match[1])).toHaveLength(OUR_PROCESSES.length);
    const sources = entries.map((match) => `${match[1]}.ts`);
    expect(sources.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

describe(".gitlab-ci.yml", () => {
  const pipeline = z
    .record(z.string(), z.unknown())
    .parse(parse(readProjectFile(".gitlab-ci.yml"), { merge: true }));
  const stages = z.array(z.string()).parse(pipeline["stages"]);
  const job = z.object({
    stage: z.string(),
    extends: z.string().optional(),
    script: z.array(z.string()).optional(),
  });
  const jobs = Object.entries(pipeline).flatMap(([name, value]) => {
    const parsed = job.safeParse(value);
    return parsed.success && !name.startsWith(".") ? [{ name, ...parsed.data }] : [];
  });

  test("gives every stage a job and every job a stage", () => {
    expect([...new Set(jobs.map((it) => it.stage))].toSorted()).toEqual(stages.toSorted());
  });

  test("extends templates that exist", () => {
    const missing = jobs.filter((it) => it.extends !== undefined && !(it.extends in pipeline));
    expect(missing.map((it) => it.name)).toEqual([]);
  });

  test("holds no long-lived key", () => {
    expect(readProjectFile(".gitlab-ci.yml")).not.toMatch(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)/);
  });

  test("deploys production by hand only", () => {
    const production = z
      .object({ rules: z.array(z.object({ when: z.string().optional() })) })
      .parse(pipeline["production"]);
    expect(production.rules.map((rule) => rule.when)).toEqual(["manual"]);
  });
});

describe("CONTRIBUTING.md", () => {
  test("names files that exist", () => {
    const named = [...readProjectFile("CONTRIBUTING.md").matchAll(/`([\w./-]+\/[\w.-]+\.\w+)`/g)]
      .map((match) => match[1] ?? "")
      .filter((path) => path !== "");
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});
