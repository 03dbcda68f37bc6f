// Alarms and dashboard in CloudWatch are those of the tables, and reach PagerDuty where the environment pages.
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { environments } from "../../environments/environments.ts";
import { alarms } from "../../observability/alarms.ts";
import { rows } from "../../observability/panels.ts";
import { ENVIRONMENTS, resources, template } from "./synthesised.ts";

const wanted = (name: (typeof ENVIRONMENTS)[number]) =>
  alarms.filter((it) => it.needsReplica !== true || environments[name].database.readReplicas > 0);

describe("alarms", () => {
  test.each(ENVIRONMENTS)("of %s are those of the table, each with its runbook", (name) => {
    const operations = template(name, "operations");
    operations.resourceCountIs("AWS::CloudWatch::Alarm", wanted(name).length);
    for (const alarm of wanted(name)) {
      operations.hasResourceProperties("AWS::CloudWatch::Alarm", {
        AlarmName: `stockline-${name}-${alarm.name}`,
        AlarmDescription: Match.stringLikeRegexp(
          `^${alarm.severity}: .*docs/runbooks/${alarm.name}\\.md$`,
        ),
        Threshold: alarm.threshold,
        EvaluationPeriods: alarm.windows,
        ComparisonOperator: alarm.is === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
        TreatMissingData: alarm.silenceIsBad === true ? "breaching" : "notBreaching",
      });
    }
  });

  test("ring and fall silent at the topic of their severity", () => {
    const shape = z.object({
      AlarmDescription: z.string(),
      AlarmActions: z.tuple([z.object({ Ref: z.string() })]),
      OKActions: z.tuple([z.object({ Ref: z.string() })]),
    });
    for (const it of resources("production", "operations", "AWS::CloudWatch::Alarm")) {
      const { AlarmDescription, AlarmActions, OKActions } = shape.parse(it.Properties);
      expect(AlarmActions[0].Ref.slice(0, 2)).toBe(AlarmDescription.slice(0, 2));
      expect(OKActions).toEqual(AlarmActions);
    }
  });

  test("ask CloudWatch for one value each: the last entry answers, the others feed it", () => {
    const query = z.array(z.object({ Id: z.string(), ReturnData: z.boolean().optional() }));
    for (const it of resources("production", "operations", "AWS::CloudWatch::Alarm")) {
      if (it.Properties["Metrics"] === undefined) continue;
      const entries = query.parse(it.Properties["Metrics"]);
      expect(entries.filter((entry) => entry.ReturnData !== false)).toHaveLength(1);
    }
  });

  const metricsOf = (name: (typeof ENVIRONMENTS)[number], alarm: string) => {
    const found = resources(name, "operations", "AWS::CloudWatch::Alarm").find(
      (it) => it.Properties["AlarmName"] === `stockline-${name}-${alarm}`,
    );
    return JSON.stringify(found?.Properties["Metrics"] ?? found?.Properties["Dimensions"]);
  };

  test("look at every replica, not only at the one that the api reads", () => {
    const text = metricsOf("production", "replica-lag");
    expect(text).toContain('"Expression":"MAX([FILL(value1, 0), FILL(value2, 0)])"');
    expect(text).toMatch(/"Id":"value1".*Replica1.*"Id":"value2".*Replica2/);
    expect(metricsOf("staging", "replica-lag")).toMatch(/Replica1/);
  });

  test.each(["queue-redis-memory", "cache-redis-evictions"])(
    "%s looks at every node, since any may be the primary after a failover",
    (alarm) => {
      const use = alarm.startsWith("queue") ? "queue" : "cache";
      for (const name of ENVIRONMENTS) {
        const { replicas } = environments[name][`${use}Redis`];
        const nodes = [...metricsOf(name, alarm).matchAll(/"Value":"([^"]+)-(00\d)"/g)];
        expect(
          nodes.map(([, group, node]) => `${group}-${node}`),
          name,
        ).toEqual(
          Array.from(
            { length: replicas + 1 },
            (_, node) => `stockline-${name}-${use}-00${node + 1}`,
          ),
        );
      }
      expect(metricsOf("production", alarm)).toContain(
        "MAX([FILL(value1, 0), FILL(value2, 0), FILL(value3, 0)])",
      );
    },
  );

  test("read our own metrics of the process that has them", () => {
    const text = JSON.stringify(resources("staging", "operations", "AWS::CloudWatch::Alarm"));
    expect(text).toContain(
      "SELECT MAX(stockline_lanes_halted) FROM Stockline WHERE environment = 'staging' AND process = 'workers'",
    );
  });
});

describe("paging", () => {
  test("goes to PagerDuty by an address from a secret, for each severity, in production", () => {
    const found = resources("production", "operations", "AWS::SNS::Subscription").map((it) =>
      JSON.stringify(it.Properties),
    );
    expect(found).toHaveLength(3);
    for (const severity of ["P1", "P2", "P3"]) {
      expect(
        found.filter((it) =>
          it.includes(`stockline-production/pagerduty:SecretString:${severity}`),
        ),
      ).toHaveLength(1);
    }
    for (const it of found) expect(it).toContain('"Protocol":"https"');
  });

  test("wakes nobody for development and staging", () => {
    template("development", "operations").resourceCountIs("AWS::SNS::Subscription", 0);
    template("staging", "operations").resourceCountIs("AWS::SNS::Subscription", 0);
  });
});

test.each(ENVIRONMENTS)(
  "the dashboard of %s has every panel that the environment can fill",
  (name) => {
    const text = JSON.stringify(resources(name, "operations", "AWS::CloudWatch::Dashboard"));
    const titles = rows.flatMap((row) => row.panels.map((panel) => panel.title));
    const missing = titles.filter((title) => !text.includes(`\\"title\\":\\"${title}\\"`));
    expect(missing).toEqual(environments[name].database.readReplicas > 0 ? [] : ["Replica lag"]);
  },
);
