/** What the cost estimate takes each environment to be used for in a month: assumptions, not measurements. */
import type { EnvironmentName } from "./environments.ts";

export interface Usage {
  /** HTTP requests, in millions; 1 million a month is one each 2.6 seconds. */
  readonly requestsMillion: number;
  /** Events published, in millions. */
  readonly eventsMillion: number;
  readonly logGib: number;
  /** Answers to clients. */
  readonly outGib: number;
  /** Through the NAT: token issuer, webhooks and, without private endpoints, AWS itself. */
  readonly natGib: number;
  /** Files, reports and their old versions. */
  readonly filesGib: number;
  /** Own metrics that EMF lines make: series of metric and labels. */
  readonly ownMetrics: number;
}

export const usage: Readonly<Record<EnvironmentName, Usage>> = {
  development: {
    requestsMillion: 1,
    eventsMillion: 1,
    logGib: 5,
    outGib: 5,
    natGib: 50,
    filesGib: 10,
    ownMetrics: 100,
  },
  staging: {
    requestsMillion: 20,
    eventsMillion: 20,
    logGib: 50,
    outGib: 50,
    natGib: 20,
    filesGib: 100,
    ownMetrics: 100,
  },
  production: {
    requestsMillion: 500,
    eventsMillion: 500,
    logGib: 500,
    outGib: 1500,
    natGib: 200,
    filesGib: 2000,
    ownMetrics: 150,
  },
};
