/**
 * Sends events to partner services by HTTP: each request bounded in time, tried a few times where that may help, and signed in the
 * form of Standard Webhooks. Every request carries the event's id as idempotency key, so that one that is sent again does nothing.
 */
import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { StocklineError } from "../domain/errors.ts";

export interface PartnerRequest {
  readonly method: "POST" | "PUT";
  readonly url: string;
  /** Of the event; the same id is the same request. */
  readonly id: string;
  readonly body: string;
  readonly contentType: string;
  readonly traceparent: string | undefined;
}

/** A request that was not taken; `retriable` where the same may be taken later. */
class PartnerError extends StocklineError {}

interface PartnerClientOptions {
  readonly timeoutMs: number;
  /** whsec_ and base64; unsigned when undefined. */
  readonly secret: string | undefined;
  readonly now: () => Date;
  /** From 0 to 1, for the jitter of pauses. */
  readonly random: () => number;
}

export type SendToPartner = (request: PartnerRequest) => Promise<void>;

const TRIES = 3;
const FIRST_PAUSE_MS = 100;
/** Refusals that pass by themselves; every other 4xx is the same next time. */
const RETRIABLE = new Set([408, 409, 425, 429]);

/** Makes the sender. It throws PartnerError after its tries. */
export function createPartnerClient(options: PartnerClientOptions): SendToPartner {
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      const failure = await sendOnce(options, request);
      if (failure === undefined) return;
      if (!failure.retriable || tries === TRIES) throw failure;
      await pause(FIRST_PAUSE_MS * 2 ** tries * (0.5 + options.random() / 2));
    }
  };
}

async function sendOnce(
  options: PartnerClientOptions,
  request: PartnerRequest,
): Promise<PartnerError | undefined> {
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers: headersOf(options, request),
      body: request.body,
      redirect: "error",
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    await response.arrayBuffer(); // or the connection is not used again
  } catch (thrown) {
    const isLate = thrown instanceof Error && thrown.name === "TimeoutError";
    return new PartnerError({
      code: isLate ? "partner_timeout" : "partner_unreachable",
      detail: `${request.method} ${new URL(request.url).pathname} got no answer`,
      retriable: true,
      cause: thrown,
    });
  }
  if (response.ok) return undefined;
  return new PartnerError({
    code: `partner_status_${response.status}`,
    detail: `${request.method} ${new URL(request.url).pathname} was answered ${response.status}`,
    retriable: response.status >= 500 || RETRIABLE.has(response.status),
  });
}

function headersOf(
  { secret, now }: PartnerClientOptions,
  { id, body, contentType, traceparent }: PartnerRequest,
): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": contentType,
    "idempotency-key": id,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  if (secret === undefined) return headers;
  const timestamp = String(Math.floor(now().getTime() / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    ...headers,
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${mac}`,
  };
}
