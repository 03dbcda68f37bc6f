// PostgreSQL, Redis and their secrets: what is promised about zones, replicas, backups, TLS, rotation.
import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { type Environment, environments } from "../../environments/environments.ts";
import { COUNTS } from "../../environments/estimateCost.ts";
import { dataStack } from "../lib/data.ts";
import { keysStack } from "../lib/keys.ts";
import { networkStack } from "../lib/network.ts";
import { ENVIRONMENTS, resources, template } from "./synthesised.ts";

describe("PostgreSQL", () => {
  test.each(ENVIRONMENTS)("of %s has size, zones, backups and protection of the table", (name) => {
    const { database, deletionProtection } = environments[name];
    template(name, "data").hasResourceProperties("AWS::RDS::DBInstance", {
      DBInstanceIdentifier: `stockline-${name}`,
      DBInstanceClass: `db.${database.instance}`,
      Engine: "postgres",
      EngineVersion: Match.stringLikeRegexp("^16\\."),
      MultiAZ: database.multiAz,
      BackupRetentionPeriod: database.backupDays, // above 0 also means that any second can be restored
      StorageEncrypted: true,
      AllocatedStorage: String(database.storageGiB),
      MaxAllocatedStorage: database.storageMaxGiB,
      DeletionProtection: deletionProtection,
      PubliclyAccessible: false,
      CopyTagsToSnapshot: true,
      EnablePerformanceInsights: true,
    });
  });

  test.each(ENVIRONMENTS)("of %s has as many replicas as the table says", (name) => {
    const instances = resources(name, "data", "AWS::RDS::DBInstance");
    const replicas = instances.filter(
      (it) => it.Properties["SourceDBInstanceIdentifier"] !== undefined,
    );
    expect(replicas).toHaveLength(environments[name].database.readReplicas);
    expect(instances).toHaveLength(replicas.length + 1);
  });

  test("is Multi-AZ with replicas in production, and can go back 35 days", () => {
    const { multiAz, readReplicas, backupDays } = environments.production.database;
    expect({ multiAz, readReplicas, backupDays }).toEqual({
      multiAz: true,
      readReplicas: 2,
      backupDays: 35,
    });
  });

  test("takes TLS only", () => {
    template("production", "data").hasResourceProperties("AWS::RDS::DBParameterGroup", {
      Parameters: Match.objectLike({ "rds.force_ssl": "1" }),
    });
  });

  test("lets a report of ten minutes end on a replica, whatever the primary does meanwhile", () => {
    for (const name of ENVIRONMENTS) {
      template(name, "data").hasResourceProperties("AWS::RDS::DBParameterGroup", {
        Parameters: Match.objectLike({
          hot_standby_feedback: "1",
          max_standby_streaming_delay: "660000",
          max_standby_archive_delay: "660000",
        }),
      });
      const groups = resources(name, "data", "AWS::RDS::DBInstance").map(
        (it) => it.Properties["DBParameterGroupName"],
      );
      expect(new Set(groups.map((it) => JSON.stringify(it))).size).toBe(1);
    }
  });

  test("is made ready, with PostGIS and its logins, before anything uses it", () => {
    const data = template("production", "data");
    data.resourceCountIs("Custom::Trigger", 1);
    data.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "stockline-production-set-up-database",
    });
  });
});

describe("Redis", () => {
  test.each(ENVIRONMENTS)("of %s: two servers, encrypted, with TLS and a token", (name) => {
    const data = template(name, "data");
    data.resourceCountIs("AWS::ElastiCache::ReplicationGroup", 2);
    for (const use of ["queue", "cache"] as const) {
      const size = use === "queue" ? environments[name].queueRedis : environments[name].cacheRedis;
      data.hasResourceProperties("AWS::ElastiCache::ReplicationGroup", {
        ReplicationGroupId: `stockline-${name}-${use}`,
        CacheNodeType: `cache.${size.node}`,
        NumCacheClusters: size.replicas + 1,
        AutomaticFailoverEnabled: size.replicas > 0,
        MultiAZEnabled: size.replicas > 0,
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: "required",
        AtRestEncryptionEnabled: true,
        AuthToken: Match.objectLike({ "Fn::Join": Match.anyValue() }),
      });
    }
  });

  test("loses no key of the queues, and forgets old entries of the cache", () => {
    const policies = resources("production", "data", "AWS::ElastiCache::ParameterGroup").map((it) =>
      JSON.stringify(it.Properties["Properties"]),
    );
    expect(policies.toSorted()).toEqual([
      expect.stringContaining('"maxmemory-policy":"allkeys-lru"'),
      expect.stringContaining('"maxmemory-policy":"noeviction"'),
    ]);
  });
});

describe("secrets", () => {
  test.each(ENVIRONMENTS)(
    "of %s are rotated every 30 days by a function of ours, but for the keys that partners and tokens hang on",
    (name) => {
      const secrets = resources(name, "data", "AWS::SecretsManager::Secret");
      const rotations = resources(name, "data", "AWS::SecretsManager::RotationSchedule");
      expect(secrets).toHaveLength(COUNTS.secrets);
      expect(rotations).toHaveLength(secrets.length - 5);
      for (const { Properties: it } of rotations) {
        expect(it["RotationRules"]).toEqual({ ScheduleExpression: "rate(30 days)" });
        expect(it["RotateImmediatelyOnUpdate"]).toBe(false);
      }
    },
  );

  test("are generated, of letters and digits, and encrypted with our key", () => {
    for (const { Properties: it } of resources(
      "production",
      "data",
      "AWS::SecretsManager::Secret",
    )) {
      expect(it["GenerateSecretString"]).toMatchObject({
        ExcludePunctuation: true,
        PasswordLength: 48,
      });
      expect(it["SecretString"]).toBeUndefined();
      expect(it["KmsKeyId"]).toBeDefined();
    }
  });
});

// CloudFormation generates a secret anew when its GenerateSecretString changes: what was added since is lost, and the password with it.
describe("a change of the table", () => {
  const production = environments.production;
  const dataOf = (environment: Environment): Template => {
    const deployment = { app: new App({ analyticsReporting: false }), environment };
    const keys = keysStack(deployment);
    return Template.fromStack(dataStack(deployment, keys, networkStack(deployment, keys)).stack);
  };
  const secretsOf = (data: Template) =>
    Object.values(data.findResources("AWS::SecretsManager::Secret")).map((it) =>
      JSON.stringify(it["Properties"].GenerateSecretString),
    );
  const versionsOf = (data: Template) =>
    Object.keys(data.findResources("AWS::Lambda::Version")).filter((id) => id.startsWith("setup"));
  const changes: readonly (readonly [string, Partial<Environment>])[] = [
    ["another number of replicas", { database: { ...production.database, readReplicas: 1 } }],
    ["no replica any more", { database: { ...production.database, readReplicas: 0 } }],
    ["another source", { signedSource: "https://other.example" }],
  ];

  const before = dataOf(production);

  test.each(changes)(
    "to %s generates no secret anew, and has the set-up run again",
    (_, change) => {
      const after = dataOf({ ...production, ...change });
      expect(secretsOf(before)).toHaveLength(COUNTS.secrets);
      expect(secretsOf(after)).toEqual(secretsOf(before));
      expect(versionsOf(before)).toHaveLength(1);
      expect(versionsOf(after)).toHaveLength(1);
      expect(versionsOf(after)).not.toEqual(versionsOf(before)); // the trigger follows the function's version
    },
  );

  test("is none that a template of a secret could hold: they are constant texts", () => {
    for (const name of ENVIRONMENTS) {
      for (const { Properties: it } of resources(name, "data", "AWS::SecretsManager::Secret")) {
        const generated = JSON.stringify(it["GenerateSecretString"]);
        expect(generated).not.toMatch(/"(Ref|Fn::\w+)":/);
        expect(generated).not.toMatch(/host|url/);
        expect(generated).not.toContain(environments[name].signedSource);
      }
    }
  });

  test("reaches the set-up by its variables", () => {
    const hosts = (name: (typeof ENVIRONMENTS)[number]) => {
      const fn = resources(name, "data", "AWS::Lambda::Function").find((it) =>
        String(it.Properties["FunctionName"]).endsWith("set-up-database"),
      );
      return JSON.stringify(fn?.Properties["Environment"]);
    };
    expect(hosts("production")).toMatch(
      /"HOSTS_STOCKLINE_READER":.*"Replica1.*Endpoint.Address".*"Replica2.*Endpoint.Address"/,
    );
    expect(hosts("development")).not.toContain("Replica");
    expect(hosts("production")).toContain(`"SIGNED_SOURCE":"${production.signedSource}"`);
  });
});
