/**
 * What went wrong with a call of the API, worded for a person: `code: detail`, then every fault of
 * the input with the place it names. Never shows a token.
 */
import { z } from "zod";
import { StocklineError } from "../domain/errors.ts";

const problemDocument = z.looseObject({
  status: z.number().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  errors: z
    .array(z.looseObject({ pointer: z.string(), code: z.string(), detail: z.string() }))
    .optional(),
});

/** An RFC 9457 problem document of the API, with its own further members. */
export type Problem = z.output<typeof problemDocument>;

/** The API answered, and refused: any status but 2xx. */
export class ApiProblemError extends StocklineError {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super({
      code: problem.code ?? `http_${status}`,
      detail: sentenceOf(status, problem),
      retriable: status === 429 || status === 503,
    });
    this.status = status;
    this.problem = problem;
  }

  /** A member of the problem document that is a text, e.g. the id of the first import. */
  member(name: string): string | undefined {
    const value = this.problem[name];
    return typeof value === "string" ? value : undefined;
  }
}

/** The API could not be reached, or its answer was not one of Stockline's. */
export class ApiUnreachableError extends StocklineError {
  constructor(detail: string, cause?: unknown) {
    super({ code: "api_unreachable", detail, retriable: true, cause });
  }
}

/** Makes the error of an answer that is not 2xx; a body that is no problem document is shown as text. */
export function problemOf(status: number, text: string): ApiProblemError {
  const parsed = problemDocument.safeParse(parseJson(text));
  const problem = parsed.success ? parsed.data : { detail: text.slice(0, 500).trim() };
  return new ApiProblemError(status, problem);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A proxy's page, for one: shown as it is.
  }
}

function sentenceOf(status: number, problem: Problem): string {
  const code = problem.code ?? `http_${status}`;
  const detail = problem.detail || problem.title || "the API gave no reason";
  const faults = problem.errors ?? [];
  const [only] = faults;
  if (faults.length === 1 && only?.detail === detail) {
    return `${code}: ${detail}${only.pointer === "" ? "" : ` (at ${only.pointer})`}`;
  }
  if (faults.length === 0) return `${code}: ${detail}`;
  const lines = faults.map((fault) => `  ${fault.pointer || "/"}: ${fault.detail}`);
  const head = `${code}: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`;
  return [head, ...lines].join("\n");
}
