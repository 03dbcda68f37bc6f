/**
 * TLS to Redis by its URL: rediss:// verifies the server's name and chain; ?ca_file=, ?cert_file= and ?key_file= name the CA that is
 * trusted instead of the system's, and the certificate that this client shows. The same form as PostgreSQL's sslrootcert and friends.
 */
import { readFileSync } from "node:fs";
import { StocklineError } from "../domain/errors.ts";

interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const FILES = { ca_file: "ca", cert_file: "cert", key_file: "key" } as const;

/** Parts a Redis URL into what ioredis takes and the TLS files. Throws StocklineError redis_tls for a file that can't be read. */
export function redisTarget(url: string): { readonly url: string; readonly tls?: TlsFiles } {
  const target = new URL(url);
  const named = Object.entries(FILES).flatMap(([parameter, option]) => {
    const file = target.searchParams.get(parameter);
    target.searchParams.delete(parameter);
    return file === null ? [] : [[option, readNamed(parameter, file)] as const];
  });
  if (target.protocol !== "rediss:") {
    if (named.length === 0) return { url };
    throw fault(`REDIS_URL names ${named[0]?.[0]} for TLS; expected rediss:// beside it`);
  }
  return { url: target.href, tls: Object.fromEntries(named) };
}

function readNamed(parameter: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw fault(
      `${parameter} of REDIS_URL names "${file}", which can't be read; expected a PEM file`,
      cause,
    );
  }
}

function fault(detail: string, cause?: unknown): StocklineError {
  return new StocklineError({ code: "redis_tls", detail, cause });
}
