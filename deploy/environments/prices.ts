/**
 * AWS list prices, US East (N. Virginia), on demand, in US dollars, as remembered from AWS' price pages in the month below; nobody
 * looked them up when this was written. Check them before you promise a figure to somebody. Pure data.
 */

export const PRICES_AS_OF = "2026-11";
export const HOURS_PER_MONTH = 730;

/** An hour of a database instance in one zone; Multi-AZ is twice that. */
export const DATABASE_HOUR: Readonly<Record<string, number>> = {
  "t4g.small": 0.032,
  "m7g.large": 0.168,
  "r7g.2xlarge": 0.956,
};

/** An hour of a Redis node. */
export const REDIS_HOUR: Readonly<Record<string, number>> = {
  "t4g.micro": 0.016,
  "t4g.small": 0.032,
  "m7g.large": 0.158,
  "r7g.large": 0.219,
};

export const PRICE = {
  fargateCpuHour: 0.040_48,
  fargateGibHour: 0.004_445,
  databaseGibMonth: 0.115,
  natHour: 0.045,
  natGib: 0.045,
  endpointHour: 0.01,
  loadBalancerHour: 0.0225,
  /** Capacity unit of the load balancer: 25 new connections a second, or 1 GB an hour. */
  loadBalancerUnitHour: 0.008,
  shardHour: 0.015,
  /** Keeping records for seven days instead of one. */
  shardLongHour: 0.02,
  kinesisMillion: 0.014,
  sqsMillion: 0.4,
  keyMonth: 1,
  secretMonth: 0.4,
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
  customMetricMonth: 0.3,
  logGib: 0.5,
  tracesMillion: 5,
  firewallMonth: 5,
  firewallRuleMonth: 1,
  firewallMillion: 0.6,
  cloudfrontMillion: 1,
  cloudfrontGib: 0.085,
  s3GibMonth: 0.023,
  trailDataMillion: 1,
} as const;
