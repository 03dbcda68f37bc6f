/** What happens around every request, whatever its route: its id, its failure as a problem, its duration in the metrics and the log. */
import type { Context as HonoContext } from "hono";
import { toError } from "../../domain/errors.ts";
import { newId } from "../../platform/clock.ts";
import type { Config } from "../../platform/config.ts";
import type { Context } from "../../platform/context.ts";
import { type Marks, type TextAnswer, toResponse } from "./answer.ts";
import { letOriginRead } from "./crossOrigin.ts";
import { createRequestLog } from "./logRequest.ts";
import { toProblem } from "./problem.ts";
import type { AppEnv } from "./route.ts";
import { traceRequest } from "./traceRequest.ts";

/** Answers a request of the route (its path as declared) by what `answer` says or throws; never rejects. */
export type Serve = (
  c: HonoContext<AppEnv>,
  route: string,
  answer: (marks: Marks) => Promise<TextAnswer | Response>,
) => Promise<Response>;

/** Codes of 503 by which intake holds callers back. */
const HELD_BACK = new Set(["backlog_full", "intake_full"]);
const REQUEST_ID = /^[\w.-]{8,128}$/;

/** Makes the function that all requests of the process go through. */
export function createServe(
  {
    log,
    metrics,
    config,
  }: Pick<Context, "log" | "metrics"> & {
    readonly config: Pick<Config, "ACCESS_LOG_SAMPLE">;
  },
  origins: ReadonlySet<string>,
): Serve {
  const logRequest = createRequestLog(log, config.ACCESS_LOG_SAMPLE);
  const problemOf = (thrown: unknown, c: HonoContext<AppEnv>, requestId: string): TextAnswer => {
    const problem = toProblem(thrown, c.req.path);
    // Being held back is no failure, and a line for each would be a flood just when there is no time for it; metrics count them.
    if (problem.status >= 500 && !HELD_BACK.has(String(problem.body["code"]))) {
      const fields = { err: toError(thrown), request_id: requestId, path: c.req.path };
      log.error(fields, "request failed");
    }
    return { ...problem, body: JSON.stringify(problem.body) };
  };
  const serve: Serve = async (c, route, answer) => {
    const begunMs = performance.now();
    const given = c.req.header("x-request-id");
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
    const marks: Marks = {
      requestId,
      verdict: undefined,
      subject: undefined,
      acting: undefined,
    };
    let response: Response;
    try {
      response = toResponse(await answer(marks), marks);
    } catch (thrown) {
      response = toResponse(problemOf(thrown, c, requestId), marks);
    }
    const origin = c.req.header("origin");
    if (origin !== undefined) letOriginRead(response, origin, origins);
    const { status } = response;
    const { method } = c.req;
    const ms = performance.now() - begunMs;
    metrics.httpRequests.observe({ method, route, status: String(status) }, ms / 1_000);
    logRequest(marks, { method, route, status, ms });
    return response;
  };
  return (c, route, answer) => traceRequest(c, route, () => serve(c, route, answer));
}
