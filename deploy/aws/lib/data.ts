/**
 * PostgreSQL with PostGIS (Multi-AZ, replicas, point-in-time recovery), the two Redis servers, their secrets and rotation, and
 * the function that makes database, extension and logins ready before any task starts.
 */
import { join } from "node:path";
import { Duration, type Stack } from "aws-cdk-lib";
import { InstanceType } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseInstanceReadReplica,
  type IDatabaseInstance,
  type IInstanceEngine,
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
import { DATABASE_PORT } from "./ports.ts";
import { grantDescribeRedis, newRedis, type Redis, type RedisUse } from "./redis.ts";
import { grantChange, newSecret, rotate } from "./secrets.ts";
import { accept, type Deployment, nameOf, removalPolicyOf, stackOf } from "./stack.ts";
import { type StandingSecrets, standingSecrets } from "./standingSecrets.ts";

/** The longest statement of a report (platform/context.ts), and a minute. */
const REPORT_MS = 11 * 60_000;

/** Logins of the database; writer and reader alternate between two, so that running tasks keep theirs through a rotation. */
const LOGINS = ["owner", "writer", "reader"] as const;
type Login = (typeof LOGINS)[number];

export interface Data extends StandingSecrets {
  readonly stack: Stack;
  readonly database: DatabaseInstance;
  readonly replicas: readonly DatabaseInstanceReadReplica[];
  readonly logins: Readonly<Record<Login, Secret>>;
  readonly redis: Readonly<Record<RedisUse, Redis>>;
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
    owner: loginFor(parts, "owner"),
    writer: loginFor(parts, "writer"),
    reader: loginFor(parts, "reader"),
  };
  const redis = { queue: newRedis(parts, "queue"), cache: newRedis(parts, "cache") };
  const standing = standingSecrets(parts);
  const setUp = setUpFunction(parts, {
    admin,
    secrets: [...Object.values(logins), redis.queue.secret, redis.cache.secret],
    standing,
    hosts: hostVariables(database, replicas),
  });
  new Trigger(stack, "SetUp", {
    handler: setUp,
    timeout: Duration.minutes(5),
    executeAfter: [database, ...replicas, redis.queue.group, redis.cache.group],
  });
  rotateLogins(parts, admin, [admin, ...Object.values(logins)]);
  rotateRedis(parts, redis);
  return { stack, database, replicas, logins, redis, ...standing };
}

function newParameters(stack: Stack, engine: IInstanceEngine): ParameterGroup {
  return new ParameterGroup(stack, "Parameters", {
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
      // A report may read a replica for ten minutes: the primary keeps the row versions that it sees, and what else would cancel it
      // (a lock of a migration, say) waits for its end. Until then that replica lags, and the alarm replica-lag tells.
      hot_standby_feedback: "1",
      max_standby_streaming_delay: String(REPORT_MS),
      max_standby_archive_delay: String(REPORT_MS),
    },
  });
}

function newDatabase(parts: Parts, admin: Secret) {
  const { stack, environment, keys, network } = parts;
  const { database: size } = environment;
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16_13 });
  const parameterGroup = newParameters(stack, engine);
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

/** A login's secret; hosts, `url` and `url_2` are added by the set-up, and `url`s are written by each rotation. */
function loginFor(parts: Parts, login: Login): Secret {
  return secretFor(parts, `database/${login}`, {
    username: login === "owner" ? "stockline_owner" : `stockline_${login}_a`,
    role: `stockline_${login}`,
    alternates: login === "owner" ? "no" : "yes",
    port: String(DATABASE_PORT),
    dbname: "stockline",
  });
}

/**
 * Where each role connects to: its host and, for reports, another. Variables of the set-up, not fields of the secrets: another replica
 * makes another version of the function, which then runs and completes the secrets with the passwords that they have.
 */
function hostVariables(
  database: DatabaseInstance,
  replicas: readonly DatabaseInstanceReadReplica[],
): Record<string, string> {
  const hostsOf = (...instances: readonly IDatabaseInstance[]) =>
    instances.map((it) => it.dbInstanceEndpointAddress).join(",");
  return {
    HOSTS_STOCKLINE_OWNER: hostsOf(database),
    HOSTS_STOCKLINE_WRITER: hostsOf(database),
    HOSTS_STOCKLINE_READER: hostsOf(replicas[0] ?? database, replicas.at(-1) ?? database),
  };
}

interface SetUp {
  readonly admin: Secret;
  /** Logins and Redis. */
  readonly secrets: readonly Secret[];
  readonly standing: StandingSecrets;
  readonly hosts: Readonly<Record<string, string>>;
}

function setUpFunction(parts: Parts, { admin, secrets, standing, hosts }: SetUp): LambdaFunction {
  const { stack, environment, keys, network } = parts;
  const { sourceKeys, partnerKey } = standing;
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
      SOURCES_SECRET_ID: sourceKeys.secretName,
      SIGNED_SOURCE: environment.signedSource,
      PARTNERS_SECRET_ID: partnerKey.secretName,
      ...hosts,
    },
  });
  admin.grantRead(fn);
  for (const secret of [...secrets, sourceKeys, partnerKey]) grantChange(secret, fn);
  allowNewPasswords(fn);
  grantDescribeRedis(parts, fn);
  return fn;
}

/** For a source that comes later than its secret. */
function allowNewPasswords(fn: LambdaFunction): void {
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ["secretsmanager:GetRandomPassword"], resources: ["*"] }),
  );
  acceptNewPasswords(fn);
}

function acceptNewPasswords({ role }: LambdaFunction): void {
  if (role === undefined) return;
  accept(role, { "IAM5[Resource::*]": "secretsmanager:GetRandomPassword knows no resource." });
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
  acceptNewPasswords(fn);
  return fn;
}
