/** The two Redis servers, each with its secret: one for the queues, one for what may be forgotten. */
import { ArnFormat, type Stack } from "aws-cdk-lib";
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
} from "aws-cdk-lib/aws-elasticache";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Environment } from "../../environments/environments.ts";
import type { Keys } from "./keys.ts";
import type { Network } from "./network.ts";
import { REDIS_PORT } from "./ports.ts";
import { newSecret } from "./secrets.ts";
import { accept, nameOf } from "./stack.ts";

const REDIS_USES = ["queue", "cache"] as const;
export type RedisUse = (typeof REDIS_USES)[number];

export interface Redis {
  readonly group: CfnReplicationGroup;
  readonly secret: Secret;
}

interface Parts {
  readonly stack: Stack;
  readonly environment: Environment;
  readonly keys: Keys;
  readonly network: Network;
}

/** BullMQ may lose no key (noeviction); the cache forgets what was used least. */
const EVICTION: Readonly<Record<RedisUse, string>> = { queue: "noeviction", cache: "allkeys-lru" };

/** Makes one of them. */
export function newRedis({ stack, environment, keys, network }: Parts, use: RedisUse): Redis {
  const size = use === "queue" ? environment.queueRedis : environment.cacheRedis;
  const replicationGroupId = nameOf(environment, use);
  const secret = newSecret({
    stack,
    environment,
    key: keys.data,
    path: `redis/${use}`,
    description: `Stockline ${environment.name}: redis/${use}`,
    fields: { replicationGroup: replicationGroupId, port: String(REDIS_PORT) },
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

/** Lets a function ask where the servers are, and what more is named. */
export function grantDescribeRedis(
  { stack, environment }: Pick<Parts, "stack" | "environment">,
  fn: LambdaFunction,
  more: readonly string[] = [],
): void {
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

/**
 * Where CloudWatch keeps the figures of one: each node's under its own number. Which of them is the primary changes with a failover.
 */
export function redisDimensions(environment: Environment, use: RedisUse) {
  const { replicas } = use === "queue" ? environment.queueRedis : environment.cacheRedis;
  return Array.from({ length: replicas + 1 }, (_, node) => ({
    CacheClusterId: `${nameOf(environment, use)}-${String(node + 1).padStart(3, "0")}`,
    CacheNodeId: "0001",
  }));
}
