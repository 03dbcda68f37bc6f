/**
 * The three environments in one table: everything in which they differ, and nothing in which they do not. The stacks
 * (deploy/aws), the cost estimate (docs/cost.md) and the tests read it; a figure stands nowhere else. Pure data.
 */

export type EnvironmentName = "development" | "staging" | "production";
export type ServiceName = "api" | "workers" | "jobs";
export type PartnerService = "payments" | "locations" | "analytics" | "customerBase";

/** A Fargate task and how many of it run: `min` always, `max` under load. Its memory holds Node's heap (Dockerfile) and half as much again. */
export interface TaskSize {
  /** 1024 are one virtual CPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly min: number;
  readonly max: number;
}

export interface DatabaseSize {
  /** Without the leading "db." */
  readonly instance: string;
  readonly storageGiB: number;
  readonly storageMaxGiB: number;
  readonly multiAz: boolean;
  /** Reports and exports read here; 0 means that they share the one instance. */
  readonly readReplicas: number;
  /** Days for which any second can be restored (PITR). */
  readonly backupDays: number;
}

export interface RedisSize {
  /** Without the leading "cache." */
  readonly node: string;
  /** Copies besides the primary; above 0 a failover happens by itself. */
  readonly replicas: number;
}

export interface Environment {
  readonly name: EnvironmentName;
  /** Where clients reach it; a record in the hosted zone. */
  readonly domainName: string;
  readonly zoneName: string;
  readonly region: string;
  readonly availabilityZones: readonly string[];
  readonly vpcCidr: string;
  /** Ways out for tasks (keys of the token issuer, webhooks): one a zone, or one for all. */
  readonly natGateways: number;
  /** AWS services reached inside the VPC instead of through the NAT; costs by the hour and zone. */
  readonly privateEndpoints: boolean;
  readonly services: Readonly<Record<ServiceName, TaskSize>>;
  readonly migrate: Pick<TaskSize, "cpu" | "memoryMiB">;
  readonly database: DatabaseSize;
  /** BullMQ: noeviction, may lose nothing while it runs. */
  readonly queueRedis: RedisSize;
  /** Cache and rate limits: may lose everything at any time. */
  readonly cacheRedis: RedisSize;
  readonly eventShards: number;
  /** Of the stream that partners write movements to. */
  readonly sourceShards: number;
  /** Requests a task and minute that autoscaling of the api aims at. */
  readonly requestsPerTaskMinute: number;
  /** Undecided movements a worker task that autoscaling of the workers aims at. */
  readonly backlogPerTask: number;
  /** Requests of one address in five minutes past which the firewall blocks it. */
  readonly firewallRequestsPer5Minutes: number;
  /** Who signs the tokens: this installation, for people with a password here, or an issuer of their own. */
  readonly signIn: "passwords" | "issuer";
  /** The first source whose events must be signed (docs/inbound.md); more are added in the secret. */
  readonly signedSource: string;
  /** Base URLs of the partners' services (docs/partners.md), by HTTPS on its own port; null: this environment has none, and asks none. */
  readonly partners: Readonly<Record<PartnerService, string | null>>;
  /** Share of traces that goes to X-Ray, by a collector beside each process; 0: none, and no collector. */
  readonly traceShare: number;
  readonly logDays: number;
  /** Years for which a ledger anchor can't be deleted by anybody, root included; 0: governance mode, 1 day. */
  readonly anchorLockYears: number;
  /** Refuses deletion of database, user-facing load balancer and buckets. */
  readonly deletionProtection: boolean;
  /** How a new version of the api gets its traffic. */
  readonly rollout: "all at once" | "canary 10 % for 5 minutes";
  /** Minutes for which the old version stays beside the new one, so that going back takes seconds. */
  readonly keepOldMinutes: number;
  /** Whether P1 and P2 alarms wake somebody; else they only show. */
  readonly pages: boolean;
}

const SHARED = {
  zoneName: "stockline.example",
  // One region: the firewall and certificate of CloudFront must be in us-east-1, and so nothing crosses regions.
  region: "us-east-1",
  migrate: { cpu: 512, memoryMiB: 2048 },
  signIn: "issuer",
  signedSource: "https://partner.stockline.example",
  requestsPerTaskMinute: 30_000,
  backlogPerTask: 10_000,
} as const;

/** The table itself. Production starts at three tasks and grows; staging is its shape at a smaller size; development is one of each. */
export const environments: Readonly<Record<EnvironmentName, Environment>> = {
  development: {
    ...SHARED,
    name: "development",
    signIn: "passwords",
    partners: { payments: null, locations: null, analytics: null, customerBase: null },
    domainName: "development.stockline.example",
    availabilityZones: ["us-east-1a", "us-east-1b"],
    vpcCidr: "10.10.0.0/16",
    natGateways: 1,
    privateEndpoints: false,
    services: {
      api: { cpu: 512, memoryMiB: 2048, min: 1, max: 2 },
      workers: { cpu: 512, memoryMiB: 2048, min: 1, max: 2 },
      jobs: { cpu: 256, memoryMiB: 2048, min: 1, max: 1 },
    },
    database: {
      instance: "t4g.small",
      storageGiB: 20,
      storageMaxGiB: 50,
      multiAz: false,
      readReplicas: 0,
      backupDays: 3,
    },
    queueRedis: { node: "t4g.micro", replicas: 0 },
    cacheRedis: { node: "t4g.micro", replicas: 0 },
    eventShards: 1,
    sourceShards: 1,
    firewallRequestsPer5Minutes: 100_000,
    traceShare: 0,
    logDays: 14,
    anchorLockYears: 0,
    deletionProtection: false,
    rollout: "all at once",
    keepOldMinutes: 5,
    pages: false,
  },
  staging: {
    ...SHARED,
    name: "staging",
    domainName: "staging.stockline.example",
    partners: {
      payments: "https://payments.staging.stockline.example",
      locations: "https://locations.staging.stockline.example",
      analytics: "https://analytics.staging.stockline.example",
      customerBase: "https://customers.staging.stockline.example",
    },
    availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    vpcCidr: "10.20.0.0/16",
    natGateways: 1,
    privateEndpoints: true,
    services: {
      api: { cpu: 1024, memoryMiB: 2048, min: 2, max: 4 },
      workers: { cpu: 1024, memoryMiB: 2048, min: 2, max: 4 },
      jobs: { cpu: 512, memoryMiB: 2048, min: 2, max: 2 },
    },
    database: {
      instance: "m7g.large",
      storageGiB: 100,
      storageMaxGiB: 500,
      multiAz: true,
      readReplicas: 1,
      backupDays: 7,
    },
    queueRedis: { node: "m7g.large", replicas: 1 },
    cacheRedis: { node: "t4g.small", replicas: 1 },
    eventShards: 2,
    sourceShards: 1,
    firewallRequestsPer5Minutes: 300_000,
    traceShare: 0.05,
    logDays: 30,
    anchorLockYears: 0,
    deletionProtection: true,
    rollout: "canary 10 % for 5 minutes",
    keepOldMinutes: 15,
    pages: false,
  },
  production: {
    ...SHARED,
    name: "production",
    domainName: "api.stockline.example",
    partners: {
      payments: "https://payments.stockline.example",
      locations: "https://locations.stockline.example",
      analytics: "https://analytics.stockline.example",
      customerBase: "https://customers.stockline.example",
    },
    availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    vpcCidr: "10.30.0.0/16",
    natGateways: 3,
    privateEndpoints: true,
    services: {
      api: { cpu: 2048, memoryMiB: 4096, min: 3, max: 24 },
      workers: { cpu: 2048, memoryMiB: 4096, min: 3, max: 24 },
      jobs: { cpu: 1024, memoryMiB: 2048, min: 3, max: 3 },
    },
    database: {
      instance: "r7g.2xlarge",
      storageGiB: 1000,
      storageMaxGiB: 8000,
      multiAz: true,
      readReplicas: 2,
      backupDays: 35,
    },
    queueRedis: { node: "m7g.large", replicas: 2 },
    cacheRedis: { node: "r7g.large", replicas: 2 },
    eventShards: 8,
    sourceShards: 4,
    firewallRequestsPer5Minutes: 300_000,
    traceShare: 0, // until staging has shown what it is like
    logDays: 90,
    anchorLockYears: 7,
    deletionProtection: true,
    rollout: "canary 10 % for 5 minutes",
    keepOldMinutes: 60,
    pages: true,
  },
};
