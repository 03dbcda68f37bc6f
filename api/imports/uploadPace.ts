/**
 * How slow an upload may be: as long as it moves, within a bound. A body that stalls, takes longer than the bound, or meets the
 * stop of the process is ended with a problem; the time that object storage keeps us waiting does not count as a stall.
 */
import { UnavailableError } from "../../domain/errors.ts";
import type { Config } from "../../platform/config.ts";
import type { Lifecycle } from "../../platform/lifecycle.ts";
import { HttpError } from "../http/problem.ts";

export interface UploadPace {
  /** Silence of the sender after which an upload is given up. */
  readonly stallMs: number;
  /** Longest time that an upload may take. */
  readonly longestMs: number;
  /** Aborted when the process stops: uploads under way end. */
  readonly stopping: AbortSignal;
}

const STALL_MS = 30_000;
/** Uploads that end within this after SIGTERM still go in; a quarter of the grace at most. */
const STOP_GRACE_MS = 5_000;

/** The pace of the configuration; uploads under way end soon after the process begins to stop. */
export function createUploadPace(
  config: Pick<Config, "IMPORT_UPLOAD_SECONDS_MAX" | "SHUTDOWN_GRACE_SECONDS">,
  lifecycle: Lifecycle,
): UploadPace {
  const stopping = new AbortController();
  const graceMs = Math.min(STOP_GRACE_MS, config.SHUTDOWN_GRACE_SECONDS * 250);
  lifecycle.stopping.addEventListener("abort", () => {
    setTimeout(() => stopping.abort(), graceMs).unref();
  });
  return {
    stallMs: STALL_MS,
    longestMs: config.IMPORT_UPLOAD_SECONDS_MAX * 1_000,
    stopping: stopping.signal,
  };
}

/** The body's chunks as they come; throws HttpError (408) or UnavailableError (503) where it may not go on. */
export async function* paceBody(
  body: ReadableStream<Uint8Array>,
  { stallMs, longestMs, stopping }: UploadPace,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let failure: Error | undefined;
  let isWaiting = false;
  const end = (error: Error): void => {
    failure ??= error;
    reader.cancel().catch(() => undefined); // a pending read answers "done"; the connection is closed with the answer
  };
  const onStop = (): void => end(stopped());
  stopping.addEventListener("abort", onStop, { once: true });
  const stall = setTimeout(() => isWaiting && end(stalled(stallMs)), stallMs);
  const longest = setTimeout(() => end(tooSlow(longestMs)), longestMs);
  try {
    if (stopping.aborted) onStop();
    for (;;) {
      isWaiting = true;
      stall.refresh();
      const { done, value } = await reader.read();
      isWaiting = false;
      if (failure !== undefined) throw failure;
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(stall);
    clearTimeout(longest);
    stopping.removeEventListener("abort", onStop);
    reader.cancel().catch(() => undefined);
  }
}

function stopped(): UnavailableError {
  return new UnavailableError({
    code: "stopping",
    detail: "this server is being stopped; send the upload again",
    retryAfterSeconds: 5,
  });
}

function stalled(ms: number): HttpError {
  return new HttpError(
    408,
    "upload_stalled",
    `no byte of the upload came for ${ms / 1_000} seconds; send it again, or large files in parts (POST /v1/imports/uploads)`,
  );
}

function tooSlow(ms: number): HttpError {
  return new HttpError(
    408,
    "upload_too_slow",
    `the upload took longer than ${ms / 1_000} seconds (IMPORT_UPLOAD_SECONDS_MAX); send it in parts (POST /v1/imports/uploads)`,
  );
}
