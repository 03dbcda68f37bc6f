/** The one place where a failure becomes an RFC 9457 problem document. No stack, SQL or host name leaves through it. */
import {
  ConflictError,
  InvalidInputError,
  MalformedInputError,
  NotFoundError,
  StaleVersionError,
  StocklineError,
  UnavailableError,
} from "../../domain/errors.ts";
import { fromDatabase } from "../../platform/postgres.ts";

/** A problem document and the headers that go with it. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The caller is not known (401), or known and not allowed (403). */
export class AccessError extends StocklineError {
  readonly status: 401 | 403;

  constructor(status: 401 | 403, code: string, detail: string) {
    super({ code, detail });
    this.status = status;
  }
}

/** The body is too large, of the wrong type, or the like: a plain HTTP status with a code. */
export class HttpError extends StocklineError {
  readonly status: number;

  constructor(status: number, code: string, detail: string) {
    super({ code, detail });
    this.status = status;
  }
}

/** The client has sent more than its limit allows (429). */
export class RateLimitedError extends StocklineError {
  readonly retryAfterSeconds: number;

  constructor(detail: string, retryAfterSeconds: number) {
    super({ code: "rate_limited", detail, retriable: true });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Malformed request",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  409: "Conflict",
  412: "Stale version",
  413: "Too large",
  415: "Unsupported media type",
  422: "Invalid input",
  428: "Precondition required",
  429: "Too many requests",
  500: "Internal error",
  503: "Unavailable",
};

/** The title of problems of a status. */
export function titleOf(status: number): string {
  return TITLES[status] ?? "Error";
}

/** Makes the problem document of a failure for the request at `instance`. */
export function toProblem(thrown: unknown, instance: string): Problem {
  const error = fromDatabase(thrown);
  const status = statusOf(error);
  const known = error instanceof StocklineError;
  const code = known ? error.code : "internal_error";
  return {
    status,
    headers: headersOf(error, status),
    body: {
      type: `https://stockline.dev/problems/${code.replaceAll("_", "-")}`,
      title: titleOf(status),
      status,
      detail: known ? error.message : "an unexpected failure; it was logged under the request's id",
      instance,
      code,
      ...(error instanceof InvalidInputError ? namedFaults(error) : {}),
      ...(error instanceof ConflictError ? error.context : {}),
    },
  };
}

/** The faults by name, and how many more there are where there are too many to name. */
function namedFaults({ faults, faultsLeftOut }: InvalidInputError): Record<string, unknown> {
  return faultsLeftOut === 0
    ? { errors: faults }
    : { errors: faults, errors_left_out: faultsLeftOut };
}

function statusOf(error: Error): number {
  if (error instanceof AccessError || error instanceof HttpError) return error.status;
  if (error instanceof InvalidInputError) return 422;
  if (error instanceof MalformedInputError) return 400;
  if (error instanceof NotFoundError) return 404;
  if (error instanceof ConflictError) return 409;
  if (error instanceof StaleVersionError) return 412;
  if (error instanceof UnavailableError) return 503;
  return error instanceof RateLimitedError ? 429 : 500;
}

function headersOf(error: Error, status: number): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (error instanceof UnavailableError || error instanceof RateLimitedError)
    headers["retry-after"] = String(error.retryAfterSeconds);
  if (status === 401) {
    headers["www-authenticate"] = 'Bearer realm="stockline", error="invalid_token"';
  }
  if (status === 403) {
    headers["www-authenticate"] = 'Bearer realm="stockline", error="insufficient_scope"';
  }
  return headers;
}
