/**
 * Secrets from AWS Secrets Manager. A variable whose value is "secretsmanager:<name or ARN>#<member>" is filled with it at start; a
 * secret that is replaced while the process runs (the database's password) is asked for again when it is needed. Never logged.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { StocklineError, toError } from "../domain/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /^secretsmanager:([^#]{1,2048})(?:#(.{1,200}))?$/;
const ANSWER_MS = 5_000;

/** What a process asks for secrets. */
export interface SecretSource {
  /** The secret that the reference names, as it is now. Throws StocklineError secret_missing. */
  fetch(reference: string): Promise<string>;
  close(): void;
}

/** True for a value that names a secret instead of being one. */
export function isSecretReference(value: string | undefined): value is string {
  return value !== undefined && REFERENCE.test(value);
}

/** Opens the source that the environment names; asks nothing yet. */
export function createSecretSource(environment: Environment): SecretSource {
  let client: SecretsManagerClient | undefined;
  return {
    fetch: async (reference) => {
      client ??= await openClient(environment);
      return fetchSecret(client, reference);
    },
    close: () => client?.destroy(),
  };
}

/** Loads the AWS library only where it is used: the command line and most installations never do. */
async function openClient(environment: Environment): Promise<SecretsManagerClient> {
  const { SecretsManagerClient: Client } = await import("@aws-sdk/client-secrets-manager");
  const endpoint = environment["SECRETS_MANAGER_ENDPOINT"];
  return new Client({
    region: environment["AWS_REGION"] ?? "us-east-1",
    ...(endpoint === undefined || endpoint === "" ? {} : { endpoint }),
    maxAttempts: 3,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 2_000,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
    }),
  });
}

async function fetchSecret(client: SecretsManagerClient, reference: string): Promise<string> {
  const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const [, SecretId = "", member] = REFERENCE.exec(reference) ?? [];
  const answer = await client
    .send(new GetSecretValueCommand({ SecretId }))
    .catch((cause: unknown) => {
      throw missing(SecretId, `it can't be read (${toError(cause).name})`, cause);
    });
  const text = answer.SecretString;
  if (text === undefined) throw missing(SecretId, "it holds no text");
  if (member === undefined) return text;
  const value = memberOf(text, member);
  if (value === undefined) throw missing(SecretId, `it has no member "${member}" with a text`);
  return value;
}

function memberOf(text: string, member: string): string | undefined {
  try {
    const value: unknown = Reflect.get(Object(JSON.parse(text)), member);
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  } catch {
    return undefined;
  }
}

function missing(name: string, why: string, cause?: unknown): StocklineError {
  return new StocklineError({
    code: "secret_missing",
    detail: `the secret "${name}" of AWS Secrets Manager: ${why}`,
    cause,
  });
}

/** The environment with every reference replaced by its secret; throws StocklineError that names the variable. */
export async function resolveSecrets(environment: Environment): Promise<Environment> {
  const named = Object.entries(environment).filter(
    ([name, value]) => name !== ROTATING && isSecretReference(value),
  );
  if (named.length === 0) return environment;
  const source = createSecretSource(environment);
  try {
    const found = await Promise.all(
      named.map(async ([name, reference = ""]) => [name, await fetchFor(source, name, reference)]),
    );
    return { ...environment, ...Object.fromEntries(found) };
  } finally {
    source.close();
  }
}

/** The variable whose secret is asked for again and again, so it stays a reference. */
const ROTATING = "DATABASE_PASSWORD_SECRET";

async function fetchFor(source: SecretSource, name: string, reference: string): Promise<string> {
  try {
    return await source.fetch(reference);
  } catch (thrown) {
    throw new StocklineError({
      code: "secret_missing",
      detail: `${name} can't be filled: ${toError(thrown).message}`,
      cause: thrown,
    });
  }
}

/** A password that is replaced while the process runs. */
export interface RotatingPassword {
  /** The password to try now. */
  current(): Promise<string>;
  /** Says that it was refused; waits a little, since the server may know the new one before the secret does, or the reverse. */
  refused(attempt: number): Promise<void>;
}

/** A password is asked for again after this, at the next connection. */
const KEEP_MS = 30_000;
const REFUSED_PAUSE_MS = 100;

/** The password that the reference names. While the source is away the one it gave last goes on being tried. */
export function createRotatingPassword(source: SecretSource, reference: string): RotatingPassword {
  let known: { readonly value: string; readonly atMs: number } | undefined;
  const ask = async (): Promise<string> => {
    const value = await source.fetch(reference);
    known = { value, atMs: Date.now() };
    return value;
  };
  return {
    current: async () => {
      if (known !== undefined && Date.now() - known.atMs < KEEP_MS) return known.value;
      return ask().catch((thrown: unknown) => {
        if (known === undefined) throw thrown;
        return known.value;
      });
    },
    refused: async (attempt) => {
      await pause(REFUSED_PAUSE_MS * 2 ** Math.min(attempt, 4));
      await ask().catch(() => undefined); // the next try says whether it was needed
    },
  };
}
