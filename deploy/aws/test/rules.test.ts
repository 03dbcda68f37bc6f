// What holds for the whole architecture: no finding of cdk-nag without a written reason, no lookup, nothing in the open.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { describeSynth, rulesSetAside } from "../lib/describeSynth.ts";
import { app, assembly, ENVIRONMENTS, everyResource } from "./synthesised.ts";

/** AWS' own account from which load balancers of us-east-1 write their access logs. */
const LOAD_BALANCERS = "127311923021";

describe("cdk-nag", () => {
  test("finds nothing in any stack that was not accepted", () => {
    expect(assembly.stacks.length).toBe(1 + ENVIRONMENTS.length * 9);
    expect(describeSynth(app, assembly)).toMatch(/AwsSolutions: 0 findings; \d+ times/);
  });

  test("stops a synthesis when it finds something: the check is at work", () => {
    const other = new App({ analyticsReporting: false });
    Validations.of(other).addPlugins(new AwsSolutionsChecks(other));
    new Bucket(new Stack(other, "Open"), "Bucket");
    expect(() => other.synth()).toThrow("AwsSolutions-S1");
  });

  test("is set aside only with a reason that says something", () => {
    const aside = rulesSetAside(app);
    expect(aside.length).toBeGreaterThan(20);
    expect(aside.filter(({ reason }) => reason.length < 30 || !reason.endsWith("."))).toEqual([]);
  });

  test("is never set aside for a whole stack", () => {
    expect(rulesSetAside(app).filter(({ path }) => !path.includes("/"))).toEqual([]);
  });
});

describe("the templates", () => {
  test("were made without asking AWS anything", () => {
    const manifest = readFileSync(join(assembly.directory, "manifest.json"), "utf8");
    expect(manifest).not.toContain('"missing"');
  });

  test("hold no password, token or account number", () => {
    for (const { template, stackName } of assembly.stacks) {
      const text = JSON.stringify(template);
      expect(text.match(/"(MasterUserPassword|AuthToken)":"[^"{]+"/g), stackName).toBeNull();
      const accounts = [...text.matchAll(/\b\d{12}\b/g)].map(([number]) => number);
      expect(
        accounts.filter((number) => number !== LOAD_BALANCERS),
        stackName,
      ).toEqual([]);
    }
  });

  test("open no security group to the world", () => {
    const open = everyResource().filter(
      ({ resource }) =>
        /^AWS::EC2::SecurityGroup(Ingress)?$/.test(resource.Type) &&
        JSON.stringify([
          resource.Properties["SecurityGroupIngress"],
          resource.Properties["CidrIp"],
        ]).includes("0.0.0.0/0"),
    );
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  test("give no public address to anything", () => {
    const text = JSON.stringify(assembly.stacks.map((it): unknown => it.template));
    expect(text).not.toMatch(
      /"(AssignPublicIp":"ENABLED|PubliclyAccessible":true|MapPublicIpOnLaunch":true)/,
    );
  });

  test("encrypt every log group, bucket, queue, topic and stream, and keep no log for ever", () => {
    const bare = everyResource().filter(({ resource: { Type, Properties: it } }) => {
      switch (Type) {
        case "AWS::Logs::LogGroup":
          return it["KmsKeyId"] === undefined || it["RetentionInDays"] === undefined;
        case "AWS::S3::Bucket":
          return it["BucketEncryption"] === undefined;
        case "AWS::SQS::Queue":
          return it["KmsMasterKeyId"] === undefined;
        case "AWS::SNS::Topic":
          return it["KmsMasterKeyId"] === undefined;
        case "AWS::Kinesis::Stream":
          return it["StreamEncryption"] === undefined;
        default:
          return false;
      }
    });
    expect(bare.map(({ stack, id }) => `${stack}/${id}`)).toEqual([]);
  });

  test("turn every encryption key each year", () => {
    const keys = everyResource().filter(({ resource }) => resource.Type === "AWS::KMS::Key");
    const fixed = keys.filter(
      ({ resource: { Properties: it } }) => it["EnableKeyRotation"] !== true,
    );
    // A key that signs images can't be turned: old signatures must stay valid.
    expect(fixed.map(({ stack }) => stack)).toEqual(["stockline-delivery"]);
  });

  test("protect what must not vanish by mistake", () => {
    const kept = assembly.stacks.filter((stack) => stack.terminationProtection === true);
    expect(kept.map((it) => it.stackName).filter((name) => name.includes("development"))).toEqual(
      [],
    );
    expect(kept).toHaveLength(1 + 2 * 9);
  });
});
