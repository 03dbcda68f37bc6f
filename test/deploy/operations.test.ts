// Alarms, dashboards, runbooks and the cost page, held against each other and against the metrics that the processes have.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { collectDefaultMetrics, Registry } from "prom-client";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { environments } from "../../deploy/environments/environments.ts";
import { estimateAll, estimateCost } from "../../deploy/environments/estimateCost.ts";
import { type Alarm, alarms, rollbackAlarms } from "../../deploy/observability/alarms.ts";
import type { Figure } from "../../deploy/observability/figures.ts";
import { operationsFiles } from "../../deploy/observability/operationsFiles.ts";
import { rows } from "../../deploy/observability/panels.ts";
import { ruleNameOf } from "../../deploy/observability/prometheusRules.ts";
import { promql } from "../../deploy/observability/promql.ts";
import { createMetrics } from "../../platform/metrics.ts";
import { projectFiles, projectRoot, readProjectFile } from "../support/projectFiles.ts";

/** Runbooks of work that no alarm asks for. */
const WITHOUT_ALARM = new Set(["README", "restore", "rollback", "secrets"]);
const SECTIONS = ["## Symptom", "## How to check", "## How to mend", "## How to confirm"];

const pages = projectFiles("docs/runbooks").map((path) => path.slice("docs/runbooks/".length, -3));

test("what is made from the tables is what they say (mend: npm run docs:operations)", () => {
  for (const [path, text] of Object.entries(operationsFiles())) {
    expect(existsSync(join(projectRoot, path)) ? readProjectFile(path) : "", path).toBe(text);
  }
});

describe("runbooks", () => {
  test("each alarm has its page and each page its alarm", () => {
    const names = alarms.map((it) => it.name);
    expect(pages.filter((name) => !WITHOUT_ALARM.has(name)).toSorted()).toEqual(names.toSorted());
  });

  test("each page says symptom, how to check, how to mend and how to confirm, in this order", () => {
    for (const name of alarms.map((it) => it.name)) {
      const headings = readProjectFile(`docs/runbooks/${name}.md`).match(/^## .+$/gm);
      expect(headings, name).toEqual(SECTIONS);
    }
  });

  test("link to pages that exist, and name commands that the client has", () => {
    const commands = readProjectFile("docs/cli.md");
    for (const page of pages) {
      const text = readProjectFile(`docs/runbooks/${page}.md`);
      const links = [...text.matchAll(/\]\(([a-z-]+)\.md\)/g)].map((match) => match[1] ?? "");
      expect(
        links.filter((it) => !pages.includes(it)),
        page,
      ).toEqual([]);
      const called = [...text.matchAll(/`stockline ([a-z-]+(?: set-aside)?)/g)].map((it) => it[1]);
      expect(
        called.filter((it) => it !== undefined && !commands.includes(`\`${it}`)),
        page,
      ).toEqual([]);
    }
  });
});

describe("alarms", () => {
  test("have each a name, and a rule name, of their own", () => {
    expect(new Set(alarms.map((it) => it.name)).size).toBe(alarms.length);
    expect(new Set(alarms.map(ruleNameOf)).size).toBe(alarms.length);
  });

  test("of each severity exist, and every deployed process has some that roll it back", () => {
    expect(new Set(alarms.map((it) => it.severity))).toEqual(new Set(["P1", "P2", "P3"]));
    for (const process of ["api", "workers", "jobs"] as const) {
      expect(rollbackAlarms(process).length, process).toBeGreaterThan(0);
    }
  });

  test("that roll back are quick enough to catch a canary of five minutes", () => {
    const minutes = (it: Alarm) => it.windowMinutes * it.windows;
    const slow = rollbackAlarms("api").filter((it) => it.severity === "P1" && minutes(it) > 5);
    expect(slow.map((it) => it.name)).toEqual([]);
  });
});

describe("figures", () => {
  const figures: Figure[] = [
    ...alarms.map((it) => it.figure),
    ...rows.flatMap((row) => row.panels.flatMap((it) => it.lines.map((line) => line.figure))),
  ];
  const known = new Map<string, readonly string[]>();

  beforeAll(() => {
    const labels = z.object({ labelNames: z.array(z.string()).default([]) });
    const { registry, beforeCacheLookups: _, ...own } = createMetrics("test");
    const defaults = new Registry();
    collectDefaultMetrics({ register: defaults });
    const all = [
      ...Object.values(own),
      ...defaults.getMetricsAsArray(),
      ...registry.getMetricsAsArray(),
    ];
    for (const metric of all) {
      if (!("name" in metric)) continue;
      known.set(z.string().parse(metric.name), labels.parse(metric).labelNames);
    }
  });

  test("of our processes are metrics that platform/metrics.ts makes, with labels that they have", () => {
    const wrong = figures.flatMap((it) => {
      if (it.kind !== "own") return [];
      const labels = known.get(it.metric);
      if (labels === undefined) return [it.metric];
      const used = [...Object.keys(it.where ?? {}), ...(it.by === undefined ? [] : [it.by])];
      return used
        .filter((label) => !labels.includes(label))
        .map((label) => `${it.metric}{${label}}`);
    });
    expect(wrong).toEqual([]);
  });

  test("of backends name our metrics by their right names", () => {
    const text = figures.map((it) => promql(it, 5) ?? "").join("\n");
    const named = [...text.matchAll(/\b(stockline_\w+?)(?:_count|_bucket|_sum)?\{/g)].map(
      (it) => it[1] ?? "",
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe("Prometheus", () => {
  const rule = z.object({
    alert: z.string(),
    expr: z.string(),
    for: z.string(),
    labels: z.object({ severity: z.string() }),
    annotations: z.object({ summary: z.string(), runbook_url: z.string() }),
  });
  const file = z.object({
    groups: z.tuple([z.object({ name: z.string(), rules: z.array(rule) })]),
  });

  test("has a rule for each alarm that does not stand on AWS alone", () => {
    const { groups } = file.parse(parse(readProjectFile("deploy/prometheus/rules.yml")));
    const wanted = alarms.filter((it) => promql(it.figure, it.windowMinutes) !== undefined);
    expect(groups[0].rules.map((it) => it.alert)).toEqual(wanted.map(ruleNameOf));
    expect(wanted.length).toBeGreaterThan(20);
    for (const { annotations } of groups[0].rules) {
      expect(existsSync(join(projectRoot, annotations.runbook_url))).toBe(true);
    }
  });

  // promtool comes with Debian's package prometheus; CI installs none for this.
  const promtool = spawnSync("promtool", ["--version"]).status === 0;
  test.skipIf(!promtool)(
    "itself takes rules and configuration, and they ring when they are to (promtool)",
    () => {
      const folder = join(projectRoot, "deploy/prometheus");
      for (const args of [
        ["check", "rules", "rules.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "rules.test.yml"],
      ]) {
        const run = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
        expect(run.status, `${args.join(" ")}: ${run.stdout}${run.stderr}`).toBe(0);
      }
    },
  );
});

describe("Grafana", () => {
  const panel = z.object({
    type: z.string(),
    title: z.string(),
    gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
    targets: z.array(z.object({ expr: z.string(), refId: z.string() })).default([]),
  });
  const dashboard = z.object({ uid: z.string(), title: z.string(), panels: z.array(panel) });
  const { panels } = dashboard.parse(
    JSON.parse(readProjectFile("deploy/grafana/dashboards/stockline.json")),
  );

  test("draws every panel, each with a query, none over another", () => {
    const drawn = panels.filter((it) => it.type !== "row");
    expect(drawn.map((it) => it.title)).toEqual(
      rows.flatMap((row) => row.panels.map((it) => it.title)),
    );
    expect(
      drawn.filter((it) => it.targets.length === 0 || it.targets.some(({ expr }) => expr === "")),
    ).toEqual([]);
    const places = panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});

describe("the cost estimate", () => {
  test("has a price for every size in the table, and grows from development to production", () => {
    const totals = estimateAll(50).map((it) => it.totalMonth);
    expect(totals).toHaveLength(3);
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
  });

  test("names a size without a price", () => {
    const odd = { ...environments.development, queueRedis: { node: "x9.huge", replicas: 0 } };
    expect(() => estimateCost(odd, 50)).toThrow(
      'the price of Redis node "x9.huge" is not in prices.ts',
    );
  });

  test("says of when its prices are, and that they are to be checked", () => {
    const page = readProjectFile("docs/cost.md");
    expect(page).toMatch(
      /List prices as of 20\d\d-\d\d, from memory and documentation, not looked up/,
    );
    expect(page).toContain("Check them");
  });
});
