/**
 * The one family of failures. A failure carries fields to branch on (code, retriable), never text to match.
 * Business outcomes (a rejected movement, an invalid row) are values, not errors; bugs are assertions.
 */

/** The form every message takes: the thing, the value found, what was expected, how to mend it. */
export interface Fault {
  readonly thing: string;
  readonly found?: unknown;
  readonly expected: string;
  readonly mend?: string;
}

const FOUND_CHARS_MAX = 120;

/** Words a fault as one sentence, e.g. `quantity "abc" is not valid; expected a decimal number`. */
export function describeFault(fault: Fault): string {
  const found = fault.found === undefined ? "is missing" : `${valueOf(fault)}is not valid`;
  const mend = fault.mend === undefined ? "" : `; ${fault.mend}`;
  return `${fault.thing} ${found}; expected ${fault.expected}${mend}`;
}

/** Things that tell of a person or are secret: messages are kept and logged by others, so their values are left out. */
const UNTOLD = new Set([
  "customer",
  "email",
  "phone",
  "contact_name",
  "password",
  "current_password",
  "client_secret",
  "refresh_token",
]);

function valueOf({ thing, found }: Fault): string {
  return UNTOLD.has(thing) ? "" : `${showValue(found)} `;
}

/** Whole characters of JSON from its start: half of a pair and half of an escape are none. */
const WHOLE_CHARS = /^(?:[^\\\ud800-\udbff]|[\ud800-\udbff][\udc00-\udfff]|\\u[0-9a-f]{4}|\\[^u])*/;

/** A value as it may be shown in a message: JSON, cut at 120 characters; the quotes of a text are closed all the same. */
export function showValue(value: unknown): string {
  const text =
    typeof value === "bigint" ? value.toString() : (JSON.stringify(value) ?? String(value));
  if (text.length <= FOUND_CHARS_MAX) return text;
  const start = WHOLE_CHARS.exec(text.slice(0, FOUND_CHARS_MAX))?.[0] ?? "";
  return typeof value === "string" ? `${start}…"` : `${start}…`;
}

interface ErrorFields {
  readonly code: string;
  readonly detail: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/** Base of every failure raised by Stockline itself. */
export class StocklineError extends Error {
  readonly code: string;
  readonly retriable: boolean;

  constructor(fields: ErrorFields) {
    super(fields.detail, { cause: fields.cause });
    this.name = new.target.name;
    this.code = fields.code;
    this.retriable = fields.retriable ?? false;
  }
}

/** One thing wrong with an input, placed by a JSON pointer (RFC 6901). */
export interface InputFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Faults that one answer names at most. */
export const FAULTS_NAMED_MAX = 100;
/** Of them, those whose sentences make up the error's own. */
const FAULTS_TOLD_MAX = 10;
/** Of that sentence; at least one fault is told. */
const TOLD_CHARS_MAX = 2_000;
const POINTER_CHARS_MAX = 300;
const DETAIL_CHARS_MAX = 1_000;

/** The input is well-formed but wrong (HTTP 422). However much is wrong, the error stays small. */
export class InvalidInputError extends StocklineError {
  /** The first of the faults. */
  readonly faults: readonly InputFault[];
  /** How many more there are than `faults` names. */
  readonly faultsLeftOut: number;

  /** `count` is how many faults there are, where not all are given. */
  constructor(
    faults: readonly InputFault[],
    code = "validation_failed",
    count: number = faults.length,
  ) {
    const named = faults.slice(0, FAULTS_NAMED_MAX).map(({ pointer, code: word, detail }) => ({
      pointer: cut(pointer, POINTER_CHARS_MAX),
      code: word,
      detail: cut(detail, DETAIL_CHARS_MAX),
    }));
    super({ code, detail: tell(named, count) });
    this.faults = named;
    this.faultsLeftOut = count - named.length;
  }
}

function tell(faults: readonly InputFault[], count: number): string {
  const told: string[] = [];
  let chars = 0;
  for (const { detail } of faults.slice(0, FAULTS_TOLD_MAX)) {
    chars += detail.length;
    if (told.length > 0 && chars > TOLD_CHARS_MAX) break;
    told.push(detail);
  }
  const untold = count - told.length;
  return told.join("; ") + (untold > 0 ? `; and ${untold} more` : "");
}

function cut(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
}

/** The input can't be read at all (HTTP 400). */
export class MalformedInputError extends StocklineError {}

/** The thing asked for does not exist, or not for this caller (HTTP 404). */
export class NotFoundError extends StocklineError {
  constructor(thing: string, found: string) {
    super({ code: "not_found", detail: `${thing} ${showValue(found)} does not exist` });
  }
}

/** The request conflicts with what is there (HTTP 409). */
export class ConflictError extends StocklineError {
  /** Further members of the problem document, e.g. the id of the first import. */
  readonly context: Readonly<Record<string, string>>;

  constructor(fields: ErrorFields & { readonly context?: Readonly<Record<string, string>> }) {
    super(fields);
    this.context = fields.context ?? {};
  }
}

/** The caller's copy is stale (HTTP 412). */
export class StaleVersionError extends StocklineError {
  constructor(thing: string, versions: { readonly found: string; readonly expected: string }) {
    super({
      code: "stale_version",
      detail: `${thing} is at version ${versions.found}, If-Match named ${versions.expected}; read it again and repeat the change`,
    });
  }
}

/** A backend is away or its answer unknown; the same request may be sent again (HTTP 503). */
export class UnavailableError extends StocklineError {
  readonly retryAfterSeconds: number;

  constructor(fields: ErrorFields & { readonly retryAfterSeconds?: number }) {
    super({ ...fields, retriable: true });
    this.retryAfterSeconds = fields.retryAfterSeconds ?? 1;
  }
}

/** Makes an Error of whatever was thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
