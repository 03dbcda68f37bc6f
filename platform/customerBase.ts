/**
 * The Customer Base Service by REST (docs/partners/customers.yaml). Bounded in time and number, tried again where that may help, and
 * left alone for some seconds once it fails again and again, so that its outage costs callers one time-out and not one each.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleType,
  retry,
  wrap,
} from "cockatiel";
import { z } from "zod";
import { toError, UnavailableError } from "../domain/errors.ts";
import type { Config } from "./config.ts";

/** What is known of a customer; nothing that tells who it is. */
export interface CustomerRecord {
  /** The reference under which the customer is kept today. */
  readonly canonical: string;
  readonly status: "active" | "closed";
  readonly segment: string | null;
}

export interface CustomerBase {
  /** The customer of a reference; undefined where there is none. Throws UnavailableError while the service is down. */
  find(reference: string): Promise<CustomerRecord | undefined>;
  /** True while it is left alone. */
  readonly isOpen: boolean;
}

type CustomerConfig = Pick<Config, "CUSTOMER_BASE_TOKEN" | "CUSTOMER_BASE_TIMEOUT_MS">;

const TRIES_AGAIN = 2;
const BACKOFF = { initialDelay: 50, maxDelay: 500 };
/** Failed look-ups in a row (each after its tries) that open the circuit, and how long it stays open. */
const FAILURES_MAX = 5;
const OPEN_MS = 5_000;
/** Look-ups under way, and waiting for that. */
const AT_ONCE_MAX = 32;
const WAITING_MAX = 1_000;

/** Other members of the answer (names, addresses) are dropped here and reach nothing else. */
const answerSchema = z.object({
  id: z.string().min(1).max(100),
  status: z.enum(["active", "closed"]),
  segment: z.string().max(60).nullish(),
});

/** No answer, or one that may be another next time. */
class PassingFailure extends Error {}

/** Makes the client of the service at the URL. */
export function createCustomerBase(url: string, config: CustomerConfig): CustomerBase {
  const passing = handleType(PassingFailure);
  const breaker = circuitBreaker(passing, {
    halfOpenAfter: OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_MAX),
  });
  const policy = wrap(
    bulkhead(AT_ONCE_MAX, WAITING_MAX),
    breaker,
    retry(passing, { maxAttempts: TRIES_AGAIN, backoff: new ExponentialBackoff(BACKOFF) }),
  );
  const base = url.replace(/\/$/, "");
  return {
    find: async (reference) => {
      try {
        const path = `${base}/v1/customers/${encodeURIComponent(reference)}`;
        return await policy.execute(() => ask(path, config));
      } catch (thrown) {
        throw asUnavailable(thrown);
      }
    },
    get isOpen() {
      return breaker.state === CircuitState.Open;
    },
  };
}

async function ask(url: string, config: CustomerConfig): Promise<CustomerRecord | undefined> {
  const token = config.CUSTOMER_BASE_TOKEN;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      headers: {
        accept: "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      redirect: "error",
      signal: AbortSignal.timeout(config.CUSTOMER_BASE_TIMEOUT_MS),
    });
    body = await response.json().catch(() => undefined);
  } catch (thrown) {
    throw new PassingFailure(toError(thrown).name);
  }
  if (response.status === 404) return undefined;
  const answer = answerSchema.safeParse(body);
  // A refused token is no outage of a moment, but it is one for us: the customer is not known to be missing.
  if (!response.ok || !answer.success) throw new PassingFailure(`status ${response.status}`);
  const { id: canonical, status, segment = null } = answer.data;
  return { canonical, status, segment };
}

function asUnavailable(thrown: unknown): Error {
  const isDown =
    thrown instanceof PassingFailure ||
    thrown instanceof BrokenCircuitError ||
    thrown instanceof BulkheadRejectedError;
  if (!isDown) return toError(thrown);
  return new UnavailableError({
    code: "customer_base_unavailable",
    detail: "the Customer Base Service gives no answer; send the same request again",
    retryAfterSeconds: OPEN_MS / 1_000,
    cause: thrown,
  });
}
