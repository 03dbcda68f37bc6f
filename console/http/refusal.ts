/** What can go wrong with a call: the API refused (with its own words), or it was not reached, so that nobody knows what it did. */

/** A fault of the input: where it is, and what is wrong with it. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** An RFC 9457 problem document, as far as the console shows it. */
export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly errors: readonly Fault[];
  /** Every member as it came. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** The API answered, and not with 2xx. */
export class Refusal extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly requestId: string | undefined;

  constructor(status: number, problem: Problem, requestId: string | undefined) {
    super(problem.detail);
    this.status = status;
    this.problem = problem;
    this.requestId = requestId;
  }
}

/** No answer came, or none of Stockline's: the request may have had its effect all the same. */
export class Unreached extends Error {}

/** Reads a refusal's body; one that is no problem document (a proxy's page) is cut and shown as text. */
export function readProblem(status: number, text: string): Problem {
  const members = recordOf(parse(text));
  const detail = textOf(members["detail"]) ?? text.slice(0, 300);
  return {
    title: textOf(members["title"]) ?? `HTTP ${status}`,
    detail,
    code: textOf(members["code"]) ?? `http_${status}`,
    errors: faultsOf(members["errors"]),
    members,
  };
}

/** True where the outcome of a change is not known, so that it is sent again under the same Idempotency-Key. */
export function isUndecided(thrown: unknown): boolean {
  if (thrown instanceof Unreached) return true;
  if (!(thrown instanceof Refusal)) return false;
  // A sign-in that ran out is answered before anything is done; the same attempt goes on after it.
  const inFlight = thrown.problem.code === "idempotency_key_in_flight";
  return inFlight || thrown.status >= 500 || thrown.status === 401 || thrown.status === 429;
}

function faultsOf(value: unknown): Fault[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) => {
    const fault = recordOf(one);
    return {
      pointer: textOf(fault["pointer"]) ?? "",
      code: textOf(fault["code"]) ?? "",
      detail: textOf(fault["detail"]) ?? "",
    };
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // shown as text
  }
}
