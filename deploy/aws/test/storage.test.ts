// Buckets, the audit trail, the stream, the queues and the event processor.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { configVariables } from "../../../platform/config.ts";
import { environments } from "../../environments/environments.ts";
import { processorEntry } from "../lib/streams.ts";
import { ENVIRONMENTS, resources, template } from "./synthesised.ts";

const lifecycle = z.object({
  Rules: z.array(
    z.object({
      Prefix: z.string().optional(),
      ExpirationInDays: z.number().optional(),
      Transitions: z.array(z.object({ TransitionInDays: z.number() })).default([]),
    }),
  ),
});

describe("buckets", () => {
  test.each(ENVIRONMENTS)("of %s are never public, keep versions, and have a lifecycle", (name) => {
    const buckets = resources(name, "storage", "AWS::S3::Bucket");
    expect(buckets).toHaveLength(4);
    for (const { Properties: it } of buckets) {
      expect(it["PublicAccessBlockConfiguration"]).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(it["VersioningConfiguration"]).toEqual({ Status: "Enabled" });
    }
    // The anchors' bucket has none: what lies there is meant to stay.
    expect(
      buckets.filter((it) => it.Properties["LifecycleConfiguration"] !== undefined),
    ).toHaveLength(3);
  });

  test("put reports into cheaper storage before the product deletes them, and expire none itself", () => {
    const days = Number(configVariables.find(({ name }) => name === "REPORT_FILES_DAYS")?.default);
    const rules = resources("production", "storage", "AWS::S3::Bucket").flatMap(
      ({ Properties: it }) => lifecycle.parse(it["LifecycleConfiguration"] ?? { Rules: [] }).Rules,
    );
    const [reports] = rules.filter(({ Prefix }) => Prefix === "reports/");
    expect(reports?.ExpirationInDays).toBeUndefined();
    for (const { TransitionInDays } of reports?.Transitions ?? []) {
      expect(TransitionInDays).toBeLessThan(days);
    }
    expect(reports?.Transitions).toHaveLength(2);
  });

  test("expire no file of the product: IMPORT_FILES_DAYS may be ten years, and error files stay", () => {
    const [files] = resources("production", "storage", "AWS::S3::Bucket").filter(
      ({ Properties: it }) => it["ReplicationConfiguration"] !== undefined,
    );
    const { Rules } = lifecycle.parse(files?.Properties["LifecycleConfiguration"]);
    expect(Rules.length).toBeGreaterThan(0);
    expect(Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined)).toEqual([]);
  });

  test("of production lock the ledger's anchors for seven years, against everybody", () => {
    template("production", "storage").hasResourceProperties("AWS::S3::Bucket", {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 7 * 365 } },
      },
    });
  });

  test("copy each anchor to where it is locked", () => {
    template("production", "storage").hasResourceProperties("AWS::S3::Bucket", {
      ReplicationConfiguration: {
        Rules: [
          Match.objectLike({
            Id: "anchors",
            Status: "Enabled",
            Filter: { Prefix: "ledger-anchors/" },
            DeleteMarkerReplication: { Status: "Disabled" },
          }),
        ],
      },
    });
  });

  test("refuse requests without TLS 1.2", () => {
    for (const { Properties: it } of resources("production", "storage", "AWS::S3::BucketPolicy")) {
      expect(JSON.stringify(it)).toContain('"aws:SecureTransport":"false"');
      expect(JSON.stringify(it)).toContain('"s3:TlsVersion":1.2');
    }
  });
});

test("the audit trail covers all regions, signs its files, and watches objects of files and anchors", () => {
  template("production", "storage").hasResourceProperties("AWS::CloudTrail::Trail", {
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    EnableLogFileValidation: true,
    IsLogging: true,
    KMSKeyId: Match.anyValue(),
    CloudWatchLogsLogGroupArn: Match.anyValue(),
    EventSelectors: [
      Match.objectLike({
        ReadWriteType: Match.absent(), // absent is all
        DataResources: [Match.objectLike({ Type: "AWS::S3::Object", Values: Match.anyValue() })],
      }),
    ],
  });
});

describe("events", () => {
  test.each(ENVIRONMENTS)(
    "of %s go to a stream of the table's shards and a queue with dead letters",
    (name) => {
      const streams = template(name, "streams");
      streams.hasResourceProperties("AWS::Kinesis::Stream", {
        Name: `stockline-${name}-events`,
        ShardCount: environments[name].eventShards,
        RetentionPeriodHours: 7 * 24,
      });
      streams.hasResourceProperties("AWS::SQS::Queue", {
        QueueName: `stockline-${name}-events`,
        RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
      });
      streams.resourceCountIs("AWS::SQS::Queue", 3);
    },
  );

  test("reach the event processor in order, and one bad record never holds or loses the others", () => {
    template("production", "streams").hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      ParallelizationFactor: 1,
      StartingPosition: "TRIM_HORIZON",
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });
});

describe("the event processor", () => {
  const variablesOf = (name: (typeof ENVIRONMENTS)[number]) => {
    const [processor] = resources(name, "streams", "AWS::Lambda::Function");
    return z
      .object({ Variables: z.record(z.string(), z.unknown()) })
      .parse(processor?.Properties["Environment"]).Variables;
  };

  test.each(ENVIRONMENTS)("of %s is told where the table's partner services are", (name) => {
    const { payments, locations, analytics } = environments[name].partners;
    const { PAYMENTS_URL, LOCATIONS_URL, ANALYTICS_URL } = variablesOf(name);
    expect([PAYMENTS_URL, LOCATIONS_URL, ANALYTICS_URL]).toEqual(
      [payments, locations, analytics].map((url) => url ?? undefined),
    );
  });

  test("of production has a service for every route; each is reached by HTTPS on its own port", () => {
    for (const url of Object.values(environments.production.partners)) {
      expect(new URL(url ?? "").origin).toMatch(/^https:\/\/[^:]+$/); // the group lets 443 out only
    }
    const declared = new Set(configVariables.map((it) => it.name));
    const ours = Object.keys(variablesOf("production")).filter((it) => !it.startsWith("NODE_"));
    expect(ours).toContain("PAYMENTS_URL");
    expect(ours.filter((it) => !declared.has(it))).toEqual([]);
  });

  test.each(ENVIRONMENTS)(
    "of %s signs with a secret that it may read, and is in no variable",
    (name) => {
      const text = JSON.stringify(variablesOf(name)["PARTNER_SIGNING_SECRET"]);
      expect(text).toContain("secretsmanager:");
      expect(text).toContain("Secretpartnerssigning");
      expect(text).toContain("#secret");
      const policies = JSON.stringify(resources(name, "streams", "AWS::IAM::Policy"));
      expect(policies).toMatch(
        /"secretsmanager:GetSecretValue".{0,200}"Fn::ImportValue":"[^"]*Secretpartnerssigning/,
      );
    },
  );
});

describe("the event processor's code", () => {
  const temporaryFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "stockline-processor-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  test("is the product's own handler where there is one", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "handler.ts"), "export const handler = () => undefined;\n");
    expect(processorEntry(folder)).toBe(join(folder, "handler.ts"));
  });

  test("refuses every batch where there is none", async () => {
    const folder = temporaryFolder();
    expect(basename(processorEntry(folder))).toBe("missingProcessor.ts");
    const { handler } = await import("../functions/missingProcessor.ts");
    await expect(handler()).rejects.toThrow("workers/event-processor was not there");
  });
});
