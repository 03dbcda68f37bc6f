/**
 * What the processes are told on AWS: every name stands in platform/config.ts (a test compares), every secret comes from Secrets
 * Manager at the start of a task and is in no template.
 */
import { Secret as EcsSecret } from "aws-cdk-lib/aws-ecs";
import type { Environment, ServiceName } from "../../environments/environments.ts";
import type { Data } from "./data.ts";
import type { Keys } from "./keys.ts";
import { API_PORT } from "./ports.ts";
import { filesBucketName } from "./storage.ts";
import type { Streams } from "./streams.ts";
import { traceVariables } from "./traces.ts";

export type ProcessName = ServiceName | "migrate";

export interface TaskVariables {
  readonly plain: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, EcsSecret>>;
}

interface Sources {
  readonly environment: Environment;
  readonly keys: Keys;
  readonly data: Data;
  readonly streams: Streams;
}

/** Read by Node itself, not by our schema: the authorities of RDS' certificates, which the image carries (Dockerfile). */
export const NODE_VARIABLES = ["NODE_EXTRA_CA_CERTS"] as const;

/** Time from SIGTERM to the end; ECS waits for a little longer before it kills. */
export const GRACE_SECONDS = 30;

/** Connections a process may hold: their sum over all tasks at most stays below what the smallest database offers. */
const POOL_MAX: Readonly<Record<ServiceName, number>> = { api: 16, workers: 16, jobs: 8 };

/** CloudFront and the load balancer each append to X-Forwarded-For. */
const PROXY_HOPS = 2;

/** The variables of one process. */
export function taskVariables(process: ProcessName, sources: Sources): TaskVariables {
  const { data, environment } = sources;
  const common = { NODE_ENV: "production", NODE_EXTRA_CA_CERTS: "/app/certificates/rds.pem" };
  if (process === "migrate") {
    const owner = EcsSecret.fromSecretsManager(data.logins.owner, "url");
    const others = serviceSecrets("jobs", data);
    return {
      plain: { ...common, ...plainOf(sources) },
      secrets: { ...others, DATABASE_OWNER_URL: owner },
    };
  }
  return {
    plain: {
      ...common,
      ...plainOf(sources),
      METRICS_ENVIRONMENT: environment.name,
      METRICS_EMF_SECONDS: "60", // what alarms and autoscaling by our own metrics look at
      HOST: "0.0.0.0",
      PORT: String(API_PORT),
      DATABASE_POOL_MAX: String(POOL_MAX[process]),
      SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
      APPLY_CONCURRENCY: String(Math.max(2, environment.services.workers.cpu / 512)),
      ...(process === "api" ? apiVariables(environment) : {}),
      ...(process === "workers"
        ? { KINESIS_SOURCE_STREAM: sources.streams.movements.streamName }
        : {}),
      ...customerVariables(process, environment),
      ...traceVariables(environment),
    },
    secrets: { ...serviceSecrets(process, data), ...ownSecrets(process, sources) },
  };
}

/** Who calls: people of the issuer's pages, through CloudFront and the load balancer, shared by all tasks. */
function apiVariables(environment: Environment): Record<string, string> {
  return {
    TRUSTED_PROXY_HOPS: String(PROXY_HOPS),
    RATE_LIMIT_INSTANCES: String(environment.services.api.min),
    CORS_ORIGINS: `https://${environment.domainName}`,
  };
}

/** Movements come in by the api and by the workers' streams; those two hold customers against the service, where there is one. */
function customerVariables(
  process: ServiceName,
  { partners: { customerBase } }: Environment,
): Record<string, string> {
  return process === "jobs" || customerBase === null ? {} : { CUSTOMER_BASE_URL: customerBase };
}

/** What only some of the processes may know: who signs tokens, who takes signed events, who asks for customers. */
function ownSecrets(process: ServiceName, sources: Sources): Record<string, EcsSecret> {
  const { environment, data } = sources;
  return {
    ...signingSecrets(process, sources),
    ...("CUSTOMER_BASE_URL" in customerVariables(process, environment)
      ? { CUSTOMER_BASE_TOKEN: EcsSecret.fromSecretsManager(data.customerToken, "token") }
      : {}),
  };
}

function signingSecrets(
  process: ServiceName,
  { environment, data }: Sources,
): Record<string, EcsSecret> {
  if (process === "api" && environment.signIn === "passwords") {
    return { JWT_KEY: EcsSecret.fromSecretsManager(data.tokenKey, "password") };
  }
  if (process === "workers") {
    return { SOURCE_SIGNING_KEYS: EcsSecret.fromSecretsManager(data.sourceKeys) };
  }
  return {};
}

/** Tokens are our own, or those of the issuer's pages. */
function tokenVariables({ name, zoneName, domainName, signIn }: Environment) {
  const audience = { JWT_AUDIENCE: `https://${domainName}` };
  if (signIn === "passwords") return { ...audience, JWT_ISSUER: `https://${domainName}` };
  const issuer = `https://auth.${zoneName}/${name}`;
  return { ...audience, JWT_ISSUER: issuer, JWT_JWKS_URL: `${issuer}/.well-known/jwks.json` };
}

function plainOf({ environment, keys, streams }: Sources): Record<string, string> {
  return {
    AWS_REGION: environment.region,
    S3_BUCKET: filesBucketName(environment),
    S3_REGION: environment.region,
    KINESIS_STREAM: streams.events.streamName,
    SQS_QUEUE: streams.queue.queueName,
    PERSONAL_DATA_KMS_KEY: keys.personal.keyArn,
    ...tokenVariables(environment),
  };
}

/** Reports read from another replica than the API does, where there are two. */
function serviceSecrets(process: ServiceName, data: Data): Record<string, EcsSecret> {
  const reader = process === "api" ? "url" : "url_2";
  return {
    DATABASE_URL: EcsSecret.fromSecretsManager(data.logins.writer, "url"),
    DATABASE_READ_URL: EcsSecret.fromSecretsManager(data.logins.reader, reader),
    REDIS_URL: EcsSecret.fromSecretsManager(data.redis.queue.secret, "url"),
    REDIS_CACHE_URL: EcsSecret.fromSecretsManager(data.redis.cache.secret, "url"),
    WEBHOOK_SIGNING_KEY: EcsSecret.fromSecretsManager(data.webhookKey, "password"),
  };
}
