/** What an environment costs in a month, from the table of environments, the list prices and the assumed usage. */
import { type Environment, environments, type TaskSize } from "./environments.ts";
import { DATABASE_HOUR, HOURS_PER_MONTH, PRICE, REDIS_HOUR } from "./prices.ts";
import { type Usage, usage } from "./usage.ts";

/** Things that the stacks make the same number of in each environment; deploy/aws/test holds these against the templates. */
export const COUNTS = { privateEndpoints: 7, keys: 3, secrets: 11, firewallRules: 5 } as const;

export interface CostLine {
  readonly what: string;
  /** How the figure comes about, for people. */
  readonly from: string;
  readonly dollarsMonth: number;
}

export interface CostEstimate {
  readonly environment: Environment;
  readonly lines: readonly CostLine[];
  readonly totalMonth: number;
  /** What running every service at its greatest number of tasks all month would add. */
  readonly atMaxMore: number;
}

/** Estimates one environment; `alarmMetrics` is how many metrics its alarms look at. */
export function estimateCost(environment: Environment, alarmMetrics: number): CostEstimate {
  const assumed = usage[environment.name];
  const lines = [
    ...taskLines(environment),
    ...databaseLines(environment),
    ...redisLines(environment),
    ...networkLines(environment, assumed),
    ...edgeLines(assumed),
    ...eventLines(environment, assumed),
    ...keepingLines(assumed),
    ...watchingLines(environment, assumed, alarmMetrics),
  ];
  const services = Object.values(environment.services);
  return {
    environment,
    lines,
    totalMonth: sum(lines.map((line) => line.dollarsMonth)),
    atMaxMore: sum(services.map((size) => (size.max - size.min) * taskMonth(size))),
  };
}

/** All three, in the order of the table. */
export function estimateAll(alarmMetrics: number): readonly CostEstimate[] {
  return Object.values(environments).map((environment) => estimateCost(environment, alarmMetrics));
}

function taskMonth({ cpu, memoryMiB }: Pick<TaskSize, "cpu" | "memoryMiB">): number {
  const hour = (cpu / 1024) * PRICE.fargateCpuHour + (memoryMiB / 1024) * PRICE.fargateGibHour;
  return hour * HOURS_PER_MONTH;
}

function taskLines({ services }: Environment): CostLine[] {
  return Object.entries(services).map(([name, size]) => ({
    what: `Tasks: ${name}`,
    from: `${size.min} x ${size.cpu / 1024} vCPU, ${size.memoryMiB / 1024} GiB`,
    dollarsMonth: size.min * taskMonth(size),
  }));
}

function databaseLines({ database }: Environment): CostLine[] {
  const hour = priceOf(DATABASE_HOUR, database.instance, "database instance");
  const copies = (database.multiAz ? 2 : 1) + database.readReplicas;
  const parts = [
    database.multiAz ? "Multi-AZ" : "one zone",
    `${database.readReplicas} replicas`,
    `${database.storageGiB} GiB`,
  ];
  return [
    {
      what: "PostgreSQL: instances",
      from: `${database.instance}, ${parts.join(", ")}`,
      dollarsMonth: copies * hour * HOURS_PER_MONTH,
    },
    {
      what: "PostgreSQL: storage",
      from: `${copies} x ${database.storageGiB} GiB; backups up to that size are free`,
      dollarsMonth: copies * database.storageGiB * PRICE.databaseGibMonth,
    },
  ];
}

function redisLines({ queueRedis, cacheRedis }: Environment): CostLine[] {
  return Object.entries({ queue: queueRedis, cache: cacheRedis }).map(([name, size]) => ({
    what: `Redis: ${name}`,
    from: `${size.replicas + 1} x ${size.node}`,
    dollarsMonth:
      (size.replicas + 1) * priceOf(REDIS_HOUR, size.node, "Redis node") * HOURS_PER_MONTH,
  }));
}

function networkLines(environment: Environment, assumed: Usage): CostLine[] {
  const { natGateways, availabilityZones, privateEndpoints } = environment;
  const endpoints = privateEndpoints ? COUNTS.privateEndpoints * availabilityZones.length : 0;
  return [
    {
      what: "NAT gateways",
      from: `${natGateways}, and ${assumed.natGib} GiB through them`,
      dollarsMonth: natGateways * PRICE.natHour * HOURS_PER_MONTH + assumed.natGib * PRICE.natGib,
    },
    {
      what: "Private endpoints",
      from: `${endpoints} (service and zone)`,
      dollarsMonth: endpoints * PRICE.endpointHour * HOURS_PER_MONTH,
    },
  ];
}

function edgeLines(assumed: Usage): CostLine[] {
  const { requestsMillion, outGib } = assumed;
  const units = Math.max(1, outGib / HOURS_PER_MONTH);
  return [
    {
      what: "Load balancer",
      from: `1, ${units.toFixed(1)} capacity units`,
      dollarsMonth: (PRICE.loadBalancerHour + units * PRICE.loadBalancerUnitHour) * HOURS_PER_MONTH,
    },
    {
      what: "CloudFront",
      from: `${requestsMillion} million requests, ${outGib} GiB out`,
      dollarsMonth: requestsMillion * PRICE.cloudfrontMillion + outGib * PRICE.cloudfrontGib,
    },
    {
      what: "Firewall",
      from: `${COUNTS.firewallRules} rules, ${requestsMillion} million requests`,
      dollarsMonth:
        PRICE.firewallMonth +
        COUNTS.firewallRules * PRICE.firewallRuleMonth +
        requestsMillion * PRICE.firewallMillion,
    },
  ];
}

function eventLines(
  { eventShards, sourceShards }: Environment,
  { eventsMillion }: Usage,
): CostLine[] {
  return [
    {
      what: "Kinesis",
      from: `${eventShards + sourceShards} shards kept for 7 days, ${eventsMillion} million events`,
      dollarsMonth:
        (eventShards + sourceShards) * (PRICE.shardHour + PRICE.shardLongHour) * HOURS_PER_MONTH +
        eventsMillion * PRICE.kinesisMillion,
    },
    {
      what: "SQS",
      from: `${eventsMillion} million events, sent by ten and read one by one`,
      dollarsMonth: eventsMillion * 1.2 * PRICE.sqsMillion,
    },
  ];
}

function keepingLines({ filesGib, requestsMillion }: Usage): CostLine[] {
  return [
    {
      what: "S3",
      from: `${filesGib} GiB`,
      dollarsMonth: filesGib * PRICE.s3GibMonth,
    },
    {
      what: "Keys and secrets",
      from: `${COUNTS.keys} keys, ${COUNTS.secrets} secrets`,
      dollarsMonth: COUNTS.keys * PRICE.keyMonth + COUNTS.secrets * PRICE.secretMonth,
    },
    {
      what: "CloudTrail data events",
      from: "one object read or written in a hundred requests",
      dollarsMonth: (requestsMillion / 100) * PRICE.trailDataMillion,
    },
  ];
}

function watchingLines(
  { traceShare }: Environment,
  { logGib, ownMetrics, requestsMillion }: Usage,
  alarmMetrics: number,
): CostLine[] {
  return [
    { what: "Logs", from: `${logGib} GiB taken in`, dollarsMonth: logGib * PRICE.logGib },
    {
      what: "Traces",
      from: `${traceShare * 100} % of ${requestsMillion} million requests`,
      dollarsMonth: requestsMillion * traceShare * PRICE.tracesMillion,
    },
    {
      what: "Metrics, alarms, dashboard",
      from: `${ownMetrics} own series, ${alarmMetrics} metrics in alarms`,
      dollarsMonth:
        ownMetrics * PRICE.customMetricMonth +
        alarmMetrics * PRICE.alarmMetricMonth +
        PRICE.dashboardMonth,
    },
  ];
}

function priceOf(prices: Readonly<Record<string, number>>, size: string, what: string): number {
  const price = prices[size];
  if (price === undefined) {
    throw new Error(
      `the price of ${what} "${size}" is not in prices.ts; there are: ${Object.keys(prices).join(", ")}`,
    );
  }
  return price;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
