/**
 * PostgreSQL with PostGIS (Multi-AZ, replicas, point-in-time recovery), the two Redis servers, their secrets and rotation, and
 * the function that makes database, extension and logins ready before any task starts.
 */
import { join } from "node:path";
import { ArnFormat, Duration, type Stack } from "aws-cdk-lib";
import { InstanceType } from "aws-cdk-lib/aws-ec2";
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
} from "aws-cdk-lib/aws-elasticache";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseInstanceReadReplica,
  ParameterGroup,
  PostgresEngineVersion,
  StorageType,
} from "aws-cdk-lib/aws-rds";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Trigger } from "aws-cdk-lib/triggers";
import type { IConstruct } from "constructs";
import { newFunction, packageFolder } from "./functions.ts";
import type { Keys } from "./keys.ts";
import { logDaysOf } from "./logDays.ts";
import type { Network } from "./network.ts";
import { DATABASE_PORT, REDIS_PORT } from "./ports.ts";
import { grantChange, newSecret, rotate } from "./secrets.ts";
import { accept, type Deployment, nameOf, removalPolicyOf, stackOf } from "./stack.ts";

/** Logins of the database; writer and reader alternate between two, so that running tasks keep theirs through a rotation. */
const LOGINS = ["owner", "writer", "reader"] as const;
type Login = (typeof LOGINS)[number];
const REDIS_USES = ["queue", "cache"] as const;
type RedisUse = (typeof REDIS_USES)[number];

export interface Data {
  readonly stack: Stack;
  readonly database: DatabaseInstance;
  readonly replicas: readonly DatabaseInstanceReadReplica[];
  readonly logins: Readonly<Record<Login, Secret>>;
  readonly redis: Readonly<
    Record<RedisUse, { readonly group: CfnReplicationGroup; readonly secret: Secret }>
  >;
  /** What the secrets of report schedules' webhooks follow from. */
  readonly webhookKey: Secret;
  /** What the keys of access tokens follow from, where people sign in here. */
  readonly tokenKey: Secret;
  /** Keys of the sources whose events are taken, by source. */
  readonly sourceKeys: Secret;
}

interface Parts extends Deployment {
  readonly stack: Stack;
  readonly keys: Keys;
  readonly network: Network;
}

/** Makes the data stores; nothing here has a public address or an unencrypted port. */
export function dataStack(deployment: Deployment, keys: Keys, network: Network): Data {
  const stack = stackOf(deployment, "data", "PostgreSQL, Redis, secrets");
  const parts = { ...deployment, stack, keys, network };
  const admin = secretFor(parts, "database/admin", {
    username: "stockline_admin",
    alternates: "no",
  });
  const { database, replicas } = newDatabase(parts, admin);
  const logins = {
    owner: loginFor(parts, "owner", database),
    writer: loginFor(parts, "writer", database),
    reader: loginFor(parts, "reader", replicas[0] ?? database, replicas.at(-1) ?? database),
  };
  const redis = { queue: newRedis(parts, "queue"), cache: newRedis(parts, "cache") };
  const setUp = setUpFunction(parts, admin, [
    ...Object.values(logins),
    redis.queue.secret,
    redis.cache.secret,
  ]);
  new Trigger(stack, "SetUp", {
    handler: setUp,
    timeout: Duration.minutes(5),
    executeAfter: [database, ...replicas, redis.queue.group, redis.cache.group],
  });
  rotateLogins(parts, admin, [admin, ...Object.values(logins)]);
  rotateRedis(parts, redis);
  const webhookKey = secretFor(parts, "webhooks/signing", {});
  accept(webhookKey, {
    SMG4: "Receivers hold secrets that follow from it, so replacing it is agreed with each of them.",
  });
  const tokenKey = secretFor(parts, "tokens/signing", {});
  accept(tokenKey, {
    SMG4: "A new key is put before the old one by hand, in three steps, so that no token is lost (docs/runbooks/secrets.md).",
  });
  const sourceKeys = newSecret({
    stack,
    environment: parts.environment,
    key: keys.data,
    path: "sources/signing",
    description: "Stockline sources/signing",
    fields: {},
    generated: parts.environment.signedSource,
  });
  accept(sourceKeys, {
    SMG4: "The partner signs with the same key, so replacing it is agreed with him.",
  });
  return { stack, database, replicas, logins, redis, webhookKey, tokenKey, sourceKeys };
}

function newDatabase(parts: Parts, admin: Secret) {
  const { stack, environment, keys, network } = parts;
  const { database: size } = environment;
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16_13 });
  const parameterGroup = new ParameterGroup(stack, "Parameters", {
    engine,
    description:
      "TLS only; a slow statement and a lock wait leave a line; statistics for verification",
    parameters: {
      "rds.force_ssl": "1",
      log_min_duration_statement: "1000",
      log_lock_waits: "1",
      log_connections: "1",
      shared_preload_libraries: "pg_stat_statements",
      "rds.logical_replication": "0",
    },
  });
  const common = {
    vpc: network.vpc,
    vpcSubnets: { subnetGroupName: "data" },
    securityGroups: [network.groups.database],
    publiclyAccessible: false,
    instanceType: new InstanceType(size.instance),
    storageType: StorageType.GP3,
    caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
    parameterGroup,
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: keys.data,
    monitoringInterval: Duration.seconds(60),
    cloudwatchLogsExports: ["postgresql"],
    deletionProtection: environment.deletionProtection,
    removalPolicy: removalPolicyOf(environment),
    autoMinorVersionUpgrade: true,
    copyTagsToSnapshot: true,
    port: DATABASE_PORT,
    iamAuthentication: true,
    maxAllocatedStorage: size.storageMaxGiB,
  };
  const database = new DatabaseInstance(stack, "Database", {
    ...common,
    engine,
    instanceIdentifier: nameOf(environment),
    databaseName: "stockline",
    storageEncrypted: true, // and so are the replicas
    storageEncryptionKey: keys.data,
    credentials: Credentials.fromSecret(admin, "stockline_admin"),
    allocatedStorage: size.storageGiB,
    multiAz: size.multiAz,
    backupRetention: Duration.days(size.backupDays),
    deleteAutomatedBackups: !environment.deletionProtection,
    preferredBackupWindow: "02:00-03:00",
    preferredMaintenanceWindow: "sun:04:00-sun:05:00",
  });
  keepLog(parts, database, nameOf(environment));
  const replicas = Array.from({ length: size.readReplicas }, (_, place) => {
    const instanceIdentifier = nameOf(environment, `replica-${place + 1}`);
    const replica = new DatabaseInstanceReadReplica(stack, `Replica${place + 1}`, {
      ...common,
      sourceDatabaseInstance: database,
      instanceIdentifier,
    });
    keepLog(parts, replica, instanceIdentifier);
    accept(replica, { RDS13: "A replica is rebuilt from the primary, which keeps the backups." });
    return replica;
  });
  acceptDatabase(parts, database, replicas);
  return { database, replicas };
}

/** RDS would make the log group by itself, without a key and for ever; so it is there before. */
function keepLog({ stack, environment, keys }: Parts, instance: IConstruct, name: string): void {
  const logs = new LogGroup(stack, `Logs-${name}`, {
    logGroupName: `/aws/rds/instance/${name}/postgresql`,
    retention: logDaysOf(environment),
    encryptionKey: keys.logs,
    removalPolicy: removalPolicyOf(environment),
  });
  instance.node.addDependency(logs);
}

function acceptDatabase(
  { environment }: Parts,
  database: DatabaseInstance,
  replicas: readonly DatabaseInstanceReadReplica[],
): void {
  for (const instance of [database, ...replicas]) {
    accept(instance, {
      "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]":
        "AWS' own policy for enhanced monitoring: it writes one log group.",
      RDS11: "Reachable from five security groups only; another port would hide it from nobody.",
    });
    if (environment.deletionProtection) continue;
    accept(instance, { RDS10: "Development may be thrown away and made anew." });
  }
  for (const replica of replicas) {
    accept(replica, {
      RDS2: "Encrypted as its primary is; CloudFormation does not want it said again.",
      RDS3: "A replica that fails is replaced; the primary is Multi-AZ.",
    });
  }
  if (environment.database.multiAz) return;
  accept(database, { RDS3: "Development has one zone; it may be away for an hour." });
}

function secretFor(parts: Parts, path: string, fields: Record<string, string>): Secret {
  const { stack, environment, keys } = parts;
  return newSecret({
    stack,
    environment,
    key: keys.data,
    path,
    description: `Stockline ${environment.name}: ${path}`,
    fields,
  });
}

/** A login's secret; `url` and `url_2` (another replica, else the same host) are written by the set-up and by each rotation. */
function loginFor(
  parts: Parts,
  login: Login,
  first: Pick<DatabaseInstance, "dbInstanceEndpointAddress">,
  second = first,
): Secret {
  return secretFor(parts, `database/${login}`, {
    username: login === "owner" ? "stockline_owner" : `stockline_${login}_a`,
    role: `stockline_${login}`,
    alternates: login === "owner" ? "no" : "yes",
    host: first.dbInstanceEndpointAddress,
    host_2: second.dbInstanceEndpointAddress,
    port: String(DATABASE_PORT),
    dbname: "stockline",
  });
}

/** BullMQ may lose no key (noeviction); the cache forgets what was used least. */
const EVICTION: Readonly<Record<RedisUse, string>> = { queue: "noeviction", cache: "allkeys-lru" };

function newRedis(parts: Parts, use: RedisUse) {
  const { stack, environment, keys, network } = parts;
  const size = use === "queue" ? environment.queueRedis : environment.cacheRedis;
  const replicationGroupId = nameOf(environment, use);
  const secret = secretFor(parts, `redis/${use}`, {
    replicationGroup: replicationGroupId,
    port: String(REDIS_PORT),
  });
  const subnets = new CfnSubnetGroup(stack, `Subnets-${use}`, {
    cacheSubnetGroupName: replicationGroupId,
    description: `Stockline ${environment.name}: ${use} Redis`,
    subnetIds: network.vpc.selectSubnets({ subnetGroupName: "data" }).subnetIds,
  });
  const parameters = new CfnParameterGroup(stack, `Parameters-${use}`, {
    cacheParameterGroupFamily: "redis7",
    description: `Stockline ${environment.name}: ${use} Redis`,
    properties: { "maxmemory-policy": EVICTION[use], timeout: "0" },
  });
  const several = size.replicas > 0;
  const group = new CfnReplicationGroup(stack, `Redis-${use}`, {
    replicationGroupId,
    replicationGroupDescription: `Stockline ${environment.name}: ${use}`,
    engine: "redis",
    engineVersion: "7.1",
    cacheNodeType: `cache.${size.node}`,
    numCacheClusters: size.replicas + 1,
    automaticFailoverEnabled: several,
    multiAzEnabled: several,
    cacheSubnetGroupName: subnets.ref,
    cacheParameterGroupName: parameters.ref,
    securityGroupIds: [network.groups.redis.securityGroupId],
    port: REDIS_PORT,
    atRestEncryptionEnabled: true,
    kmsKeyId: keys.data.keyArn,
    transitEncryptionEnabled: true,
    transitEncryptionMode: "required",
    authToken: secret.secretValueFromJson("password").unsafeUnwrap(), // a reference, resolved by CloudFormation
    snapshotRetentionLimit: use === "queue" ? 1 : 0,
    autoMinorVersionUpgrade: true,
    preferredMaintenanceWindow: "sun:05:00-sun:06:00",
  });
  accept(group, {
    AEC5: "Reachable from the tasks' security groups only; another port would hide it from nobody.",
    ...(several ? {} : { AEC4: "Development has one node; queues are found again in PostgreSQL." }),
  });
  return { group, secret };
}

function setUpFunction(parts: Parts, admin: Secret, secrets: readonly Secret[]): LambdaFunction {
  const { stack, environment, keys, network } = parts;
  const fn = newFunction({
    stack,
    environment,
    name: "set-up-database",
    description:
      "Makes extension and logins ready and completes the secrets with their URLs; safe to run again",
    entry: join(packageFolder, "functions/setUpDatabase.ts"),
    vpc: network.vpc,
    group: network.groups.functions,
    logsKey: keys.logs,
    timeout: Duration.minutes(5),
    variables: {
      ADMIN_SECRET_ID: admin.secretName,
      SECRET_IDS: secrets.map((secret) => secret.secretName).join(","),
    },
  });
  admin.grantRead(fn);
  for (const secret of secrets) grantChange(secret, fn);
  grantDescribeRedis(parts, fn);
  return fn;
}

function rotateLogins(parts: Parts, admin: Secret, secrets: readonly Secret[]): void {
  const fn = rotationFunction(parts, "rotate-login", {
    entry: join(packageFolder, "functions/rotateLogin.ts"),
    variables: { ADMIN_SECRET_ID: admin.secretName },
  });
  admin.grantRead(fn);
  for (const secret of secrets) {
    grantChange(secret, fn);
    rotate(secret, fn);
  }
}

function rotateRedis(parts: Parts, redis: Data["redis"]): void {
  const fn = rotationFunction(parts, "rotate-redis", {
    entry: join(packageFolder, "functions/rotateRedis.ts"),
    variables: {},
  });
  grantDescribeRedis(parts, fn, ["elasticache:ModifyReplicationGroup"]);
  for (const { secret } of Object.values(redis)) {
    grantChange(secret, fn);
    rotate(secret, fn);
  }
}

function rotationFunction(
  { stack, environment, keys, network }: Parts,
  name: string,
  { entry, variables }: { entry: string; variables: Record<string, string> },
): LambdaFunction {
  const fn = newFunction({
    stack,
    environment,
    name,
    description: "Rotates a secret in the four steps of Secrets Manager",
    entry,
    vpc: network.vpc,
    group: network.groups.functions,
    logsKey: keys.logs,
    timeout: Duration.minutes(10),
    variables,
  });
  if (fn.role !== undefined) {
    accept(fn.role, { "IAM5[Resource::*]": "secretsmanager:GetRandomPassword knows no resource." });
  }
  return fn;
}

function grantDescribeRedis(parts: Parts, fn: LambdaFunction, more: readonly string[] = []): void {
  const { stack, environment } = parts;
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ["elasticache:DescribeReplicationGroups", ...more],
      resources: REDIS_USES.map((use) =>
        stack.formatArn({
          service: "elasticache",
          resource: "replicationgroup",
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resourceName: nameOf(environment, use),
        }),
      ),
    }),
  );
}
