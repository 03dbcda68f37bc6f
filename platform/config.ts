/**
 * The only reader of process.env in the product: one typed table of variables, all faults reported at once, result frozen.
 * .env.example and docs/configuration.md are generated from the same table (npm run docs:config).
 */
import { z } from "zod";
import { StocklineError, toError } from "../domain/errors.ts";
import { accessVariables } from "./accessVariables.ts";
import {
  type Environment,
  httpUrl,
  port,
  postgresUrl,
  url,
  type Variable,
  whole,
} from "./configFields.ts";
import { OBSERVABILITY_VARIABLES } from "./configObservability.ts";
import { PRIVACY_VARIABLES } from "./configPrivacy.ts";
import { PURCHASING_VARIABLES, REPORT_VARIABLES } from "./configReports.ts";
import { parseFailPoints } from "./failPoints.ts";
import { KAFKA_VARIABLES } from "./kafkaVariables.ts";
import { readVariables, relationFaults } from "./readVariables.ts";
import { resolveSecrets } from "./secrets.ts";
import { SOURCE_VARIABLES } from "./sourceVariables.ts";

const VARIABLES = {
  PORT: {
    schema: port.default(3001),
    expected: "a port number from 0 to 65535",
    description: "Port of the API; of /healthz and /metrics in workers and jobs.",
    default: "3001",
  },
  HOST: {
    schema: z.string().min(1).default("127.0.0.1"),
    expected: "an address to listen on",
    description: "Address to listen on. Loopback by default; 0.0.0.0 in a container.",
    default: "127.0.0.1",
  },
  NODE_ENV: {
    schema: z.enum(["development", "production", "test"]).default("development"),
    expected: "development, production or test",
    description: "Kind of environment.",
    default: "development",
  },
  LOG_LEVEL: {
    schema: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    expected: "trace, debug, info, warn, error, fatal or silent",
    description: "Least level that is logged.",
    default: "info",
  },
  STOCKLINE_HOME: {
    schema: z.string().min(1).default(".stockline"),
    expected: "a folder",
    description: "Folder of the embedded backends' data, keys and logs (npm start).",
    default: ".stockline",
  },
  STOCKLINE_POSTGRES_BIN: {
    schema: z.string().min(1).optional(),
    expected: "a folder",
    description: "PostgreSQL's programs for the embedded server; the npm package's when unset.",
  },
  DATABASE_URL: {
    schema: postgresUrl,
    expected: "a postgres:// URL",
    description:
      "PostgreSQL 14 or later, as the working role. Started embedded by npm start when unset.",
    secret: true,
  },
  DATABASE_OWNER_URL: {
    schema: postgresUrl.optional(),
    expected: "a postgres:// URL",
    description: "The same database as its owner, for migrations. DATABASE_URL when unset.",
    secret: true,
  },
  DATABASE_READ_URL: {
    schema: postgresUrl.optional(),
    expected: "a postgres:// URL",
    description: "Replica for reports and exports. DATABASE_URL when unset.",
    secret: true,
  },
  DATABASE_POOL_MAX: {
    schema: whole(2, 200).default(16),
    expected: "a whole number from 2 to 200",
    description: "Connections a process may hold.",
    default: "16",
  },
  REDIS_URL: {
    schema: url("redis:", "rediss:"),
    expected: "a redis:// or rediss:// URL",
    description:
      "Redis 6.2 or later with maxmemory-policy noeviction. Started embedded when unset.",
    secret: true,
  },
  REDIS_CACHE_URL: {
    schema: url("redis:", "rediss:").optional(),
    expected: "a redis:// or rediss:// URL",
    description:
      "Redis for cached levels and the limits of requests; it may evict keys. REDIS_URL when unset.",
    secret: true,
  },
  REDIS_PREFIX: {
    schema: z
      .string()
      .regex(/^[a-z0-9_-]{1,40}$/)
      .default("stockline"),
    expected: "1 to 40 of a-z, 0-9, _ and -",
    description: "First part of every Redis key, so that several instances can share one server.",
    default: "stockline",
  },
  S3_ENDPOINT: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description: "S3-compatible endpoint; unset means AWS.",
  },
  S3_BUCKET: {
    schema: z.string().min(3).default("stockline"),
    expected: "a bucket name",
    description: "Bucket of uploads, error files and reports.",
    default: "stockline",
  },
  S3_REGION: {
    schema: z.string().min(1).default("us-east-1"),
    expected: "an AWS region",
    description: "Region of the bucket.",
    default: "us-east-1",
  },
  S3_ACCESS_KEY_ID: {
    schema: z.string().optional(),
    expected: "an access key id",
    description: "Only for S3-compatible endpoints; on AWS the task role is used.",
  },
  S3_SECRET_ACCESS_KEY: {
    schema: z.string().optional(),
    expected: "a secret access key",
    description: "Only for S3-compatible endpoints.",
    secret: true,
  },
  AWS_REGION: {
    schema: z.string().min(1).default("us-east-1"),
    expected: "an AWS region",
    description: "Region of Kinesis and SQS.",
    default: "us-east-1",
  },
  KINESIS_ENDPOINT: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description: "Kinesis-compatible endpoint; unset means AWS where KINESIS_STREAM is set.",
  },
  KINESIS_STREAM: {
    schema: z.string().min(1).optional(),
    expected: "a stream name",
    description: "Stream that events are published to; no Kinesis sink when unset.",
  },
  KINESIS_PACK_EVENTS: {
    schema: whole(1, 500).default(1),
    expected: "a whole number from 1 to 500",
    description:
      "Consecutive events of one key that share a Kinesis record, as a JSON array (docs/events.md); 1 keeps each event a record.",
    default: "1",
  },
  SQS_ENDPOINT: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description: "SQS-compatible endpoint; unset means AWS where SQS_QUEUE is set.",
  },
  SQS_QUEUE: {
    schema: z.string().min(1).optional(),
    expected: "a queue name; FIFO names end in .fifo",
    description: "Queue that events are published to; no SQS sink when unset.",
  },
  ...KAFKA_VARIABLES,
  ...SOURCE_VARIABLES,
  ...accessVariables,
  ...PRIVACY_VARIABLES,
  APPLY_BATCH_ROWS_MAX: {
    schema: whole(1, 20_000).default(2_000),
    expected: "a whole number from 1 to 20000",
    description: "Movements that one apply transaction takes at most.",
    default: "2000",
  },
  APPLY_CONCURRENCY: {
    schema: whole(1, 64).default(2),
    expected: "a whole number from 1 to 64",
    description: "Apply transactions that one worker process runs side by side.",
    default: "2",
  },
  INBOX_DEPTH_MAX: {
    schema: whole(1, 1_000_000_000).default(500_000),
    expected: "a whole number of movements",
    description:
      "Backlog past which movements and receipts are answered 503 with Retry-After (docs/operations.md).",
    default: "500000",
  },
  IMPORT_BYTES_MAX: {
    schema: whole(1, 1_000_000_000_000).default(2_147_483_648),
    expected: "a whole number of bytes",
    description: "Largest file that an import accepts.",
    default: "2147483648",
  },
  IMPORT_UNPACKED_BYTES_MAX: {
    schema: whole(1, 1_000_000_000_000).default(8_589_934_592),
    expected: "a whole number of bytes",
    description: "Bytes that an import's file, or one sheet of it, may have once it is unpacked.",
    default: "8589934592",
  },
  IMPORT_ROWS_MAX: {
    schema: whole(1, 1_000_000_000).default(10_000_000),
    expected: "a whole number of rows",
    description: "Rows of data that an import's file may have.",
    default: "10000000",
  },
  IMPORT_COLUMNS_MAX: {
    schema: whole(1, 16_384).default(1_000),
    expected: "a whole number from 1 to 16384",
    description: "Columns that an import's file may have.",
    default: "1000",
  },
  IMPORT_SHARED_TEXT_BYTES_MAX: {
    schema: whole(1, 1_073_741_824).default(100_663_296),
    expected: "a whole number of bytes up to 1073741824",
    description:
      "Unpacked bytes of a workbook's shared texts, which a worker holds in memory while it reads a sheet.",
    default: "100663296",
  },
  IMPORT_ARCHIVE_RATIO_MAX: {
    schema: whole(10, 10_000).default(100),
    expected: "a whole number from 10 to 10000",
    description: "Unpacked to packed bytes past which an import's archive is refused as a bomb.",
    default: "100",
  },
  IMPORT_UPLOAD_SECONDS_MAX: {
    schema: whole(1, 86_400).default(3_600),
    expected: "a whole number of seconds up to 86400",
    description: "Longest time that an upload through the API may take, as long as it moves.",
    default: "3600",
  },
  IMPORT_INBOX_PREFIX: {
    schema: z
      .string()
      .regex(/^(none|(?!(imports|reports|ledger-anchors|purchase-orders|exports)\/)([\w.-]+\/)+)$/i)
      .default("inbox/"),
    expected: "a prefix that ends in / and is none of the product's own, or none",
    description:
      "Prefix of the bucket whose objects become imports (docs/imports.md); none switches it off.",
    default: "inbox/",
  },
  IMPORT_WORKERS_LOST_MAX: {
    schema: whole(3, 1_000).default(10),
    expected: "a whole number from 3 to 1000",
    description:
      "Workers that may die in a row with one import that does not come on; then it ends as failed (workers_lost).",
    default: "10",
  },
  IMPORT_ROWS_DAYS: {
    schema: whole(1, 3_650).default(30),
    expected: "a whole number of days from 1 to 3650",
    description: "Days after its end that an import keeps its rows; then its error file remains.",
    default: "30",
  },
  IMPORT_FILES_DAYS: {
    schema: whole(1, 3_650).default(30),
    expected: "a whole number of days from 1 to 3650",
    description: "Days after its end that an import keeps the file it was sent.",
    default: "30",
  },
  ...PURCHASING_VARIABLES,
  ...REPORT_VARIABLES,
  ...OBSERVABILITY_VARIABLES,
  SHUTDOWN_GRACE_SECONDS: {
    schema: whole(1, 600).default(20),
    expected: "a whole number of seconds",
    description: "Time that a process has to finish its work after SIGTERM.",
    default: "20",
  },
  STOCKLINE_FAIL_POINTS: {
    schema: z
      .string()
      .refine((text) => parseFailPoints(text) !== undefined)
      .optional(),
    expected: 'nothing, or "<place>=kill@3" with the places of platform/failPoints.ts',
    description:
      "Where the fault suite ends, freezes or fails this process. Refused unless NODE_ENV is test.",
  },
  STOCKLINE_URL: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description:
      "Where the command-line client finds the API; the instance of STOCKLINE_HOME when unset.",
  },
  STOCKLINE_TOKEN: {
    schema: z.string().min(1).optional(),
    expected: "an access token",
    description: "Token of the command-line client; one of the local development key when unset.",
    secret: true,
  },
} as const satisfies Record<string, Variable>;

type VariableName = keyof typeof VARIABLES;

/** Every variable's value, typed and checked. */
export type Config = Readonly<{ [K in VariableName]: z.output<(typeof VARIABLES)[K]["schema"]> }>;

/** The table behind .env.example and the docs. */
export const configVariables: readonly (Omit<Variable, "schema"> & { readonly name: string })[] =
  Object.entries(VARIABLES).map(([name, variable]) => ({ name, ...variable }));

/** A wrong environment: one sentence for each variable. */
export class ConfigError extends StocklineError {
  constructor(sentences: readonly string[]) {
    super({ code: "config_invalid", detail: sentences.join("\n") });
  }
}

/** Reads and checks the environment; throws ConfigError naming every wrong variable at once. An empty value counts as unset. */
export function readConfig(environment: Environment = process.env): Config {
  const { values, sentences } = readVariables(Object.entries<Variable>(VARIABLES), environment);
  sentences.push(...relationFaults(values));
  if (sentences.length > 0) throw new ConfigError(sentences);
  return Object.freeze(values) as Config;
}

/** The same, with references to AWS Secrets Manager filled; throws ConfigError also where one can't be. */
export async function readConfigWithSecrets(
  environment: Environment = process.env,
): Promise<Config> {
  return readConfig(await fillSecrets(environment));
}

async function fillSecrets(environment: Environment): Promise<Environment> {
  return resolveSecrets(environment).catch((thrown: unknown) => {
    throw new ConfigError([toError(thrown).message]);
  });
}

const CLIENT_VARIABLES = [
  "STOCKLINE_URL",
  "STOCKLINE_TOKEN",
  "STOCKLINE_HOME",
  "JWT_ISSUER",
  "JWT_AUDIENCE",
  "JWT_JWKS_URL",
  "JWT_KEY",
  "JWT_KEY_FILE",
] as const satisfies readonly VariableName[];

/** What the command-line client needs; no backend is among it. */
export type ClientConfig = Pick<Config, (typeof CLIENT_VARIABLES)[number]>;

/** Reads what the command-line client needs, whatever else is set or missing; throws ConfigError. */
export function readClientConfig(environment: Environment = process.env): ClientConfig {
  return readSome(CLIENT_VARIABLES, environment);
}

/** The named variables, with references to AWS Secrets Manager filled; throws ConfigError also where one can't be. */
export async function readSomeWithSecrets<N extends VariableName>(
  names: readonly N[],
  environment: Environment = process.env,
): Promise<Pick<Config, N>> {
  return readSome(names, await fillSecrets(environment));
}

/** Reads the named variables only, whatever else is set or missing; throws ConfigError. */
function readSome<N extends VariableName>(
  names: readonly N[],
  environment: Environment = process.env,
): Pick<Config, N> {
  const variables = names.map((name): [string, Variable] => [name, VARIABLES[name]]);
  const { values, sentences } = readVariables(variables, environment);
  if (sentences.length > 0) throw new ConfigError(sentences);
  return Object.freeze(values) as Pick<Config, N>;
}
