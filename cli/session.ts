/**
 * What a command works with: where the API is, a token for it, where to write. The API is --url, else
 * STOCKLINE_URL, else the instance that runs on STOCKLINE_HOME; the token is --token, else
 * STOCKLINE_TOKEN, else one signed with the local development key, for an API on this machine only.
 */
import { existsSync } from "node:fs";
import { createStocklineClient, type StocklineClient } from "../client/stocklineClient.ts";
import { signLocalToken } from "../platform/accessTokens.ts";
import type { ClientConfig } from "../platform/config.ts";
import {
  findLocalInstance,
  type LocalInstance,
  localHome,
  localKeyFile,
} from "../platform/localInstance.ts";
import { UsageError } from "./usageError.ts";

/** Where a command writes: results to `out`, all else to `err`. */
export interface Io {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

export interface SessionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

const TOKEN_SECONDS = 900;
/** A token is replaced when it has this long to live. */
const TOKEN_MARGIN_MS = 300_000;

/** Opens a client of the API that the options or the environment name; nothing is sent yet. */
export async function openClient(
  config: ClientConfig,
  options: SessionOptions,
  io: Pick<Io, "signal">,
): Promise<StocklineClient> {
  const instance = await findLocalInstance(localHome(config.STOCKLINE_HOME));
  const url = checkedUrl(options.url ?? config.STOCKLINE_URL ?? instance?.url, config);
  const given = options.token ?? config.STOCKLINE_TOKEN;
  const token = given === undefined ? localTokens(config, instance, url) : async () => given;
  return createStocklineClient({ url, token, signal: io.signal });
}

function checkedUrl(url: string | undefined, config: ClientConfig): string {
  if (url === undefined) throw noInstance(config);
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new UsageError(`--url is "${url}"; expected an http(s) URL`);
}

/** Says that nothing runs here, and how to mend it. */
export function noInstance(config: ClientConfig): UsageError {
  return new UsageError(
    `No Stockline runs on the data folder ${localHome(config.STOCKLINE_HOME)}. Start one with ` +
      "npm start, or name the API of another with --url or STOCKLINE_URL.",
    "no_instance",
  );
}

/** The key as a value goes before any file: it was set for this process. */
function ownKey({ JWT_KEY }: ClientConfig, file: string) {
  return { JWT_KEY, JWT_KEY_FILE: file };
}

/** The settings with which tokens of the local instance are signed. */
export function localSigning(config: ClientConfig, instance: LocalInstance | undefined) {
  const known = instance?.signIn;
  const keyFile = config.JWT_KEY_FILE ?? localKeyFile(localHome(config.STOCKLINE_HOME));
  return {
    JWT_ISSUER: known?.issuer ?? config.JWT_ISSUER,
    JWT_AUDIENCE: known?.audience ?? config.JWT_AUDIENCE,
    JWT_JWKS_URL: known?.jwksUrl ?? config.JWT_JWKS_URL,
    ...ownKey(config, known?.keyFile ?? keyFile),
  };
}

function localTokens(
  config: ClientConfig,
  instance: LocalInstance | undefined,
  url: string,
): () => Promise<string> {
  const signing = localSigning(config, instance);
  const isLocal = url === instance?.url || isLoopback(url);
  const hasKey = signing.JWT_KEY !== undefined || existsSync(signing.JWT_KEY_FILE);
  if (!isLocal || signing.JWT_JWKS_URL !== undefined || !hasKey) {
    throw new UsageError(
      `No token for ${url}: give one with --token or STOCKLINE_TOKEN. Only for the instance of ` +
        "npm start on this machine, with its own development key, one is made by itself.",
      "no_token",
    );
  }
  let current: { readonly token: string; readonly untilMs: number } | undefined;
  return async () => {
    if (current !== undefined && current.untilMs > Date.now()) return current.token;
    const token = await signLocalToken(signing, {
      subject: "stockline-cli",
      roles: ["admin"],
      lifetimeSeconds: TOKEN_SECONDS,
    });
    current = { token, untilMs: Date.now() + TOKEN_SECONDS * 1_000 - TOKEN_MARGIN_MS };
    return token;
  };
}

function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}
