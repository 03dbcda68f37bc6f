/** The HTTP application: request ids, access log, metrics, errors as problems, and the routes of every resource. */
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { NotFoundError, toError } from "../domain/errors.ts";
import type { TokenVerifier } from "../platform/accessTokens.ts";
import { newId } from "../platform/clock.ts";
import type { Context } from "../platform/context.ts";
import { mountRoutes } from "./http/mountRoutes.ts";
import { toProblem } from "./http/problem.ts";
import type { AppEnv, Route } from "./http/route.ts";

interface AppDeps {
  readonly context: Pick<Context, "log" | "metrics" | "db">;
  readonly verifier: TokenVerifier;
  readonly routes: readonly Route[];
}

const REQUEST_ID = /^[\w.-]{8,128}$/;

/** Builds the application; `app.request()` serves tests, node-server serves sockets. */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const { log, metrics, db } = deps.context;
  const app = new Hono<AppEnv>();
  app.use(
    secureHeaders({
      xFrameOptions: "DENY",
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
      },
    }),
  );
  app.use(async (c, next) => {
    const started = process.hrtime.bigint();
    const given = c.req.header("x-request-id") ?? "";
    const requestId = REQUEST_ID.test(given) ? given : newId();
    c.set("requestId", requestId);
    await next();
    c.res.headers.set("x-request-id", requestId);
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const route = c.get("route") ?? "unmatched";
    metrics.httpRequests.observe(
      { method: c.req.method, route, status: String(c.res.status) },
      seconds,
    );
    log.debug(
      {
        request_id: requestId,
        method: c.req.method,
        route,
        status: c.res.status,
        ms: Math.round(seconds * 1e3),
      },
      "request",
    );
  });
  app.onError((thrown, c) => {
    const problem = toProblem(thrown, c.req.path);
    if (problem.status >= 500) {
      const requestId = c.get("requestId");
      log.error(
        { err: toError(thrown), request_id: requestId, path: c.req.path },
        "request failed",
      );
    }
    return new Response(JSON.stringify(problem.body), problem);
  });
  app.notFound((c) => {
    const problem = toProblem(new NotFoundError("path", c.req.path), c.req.path);
    return new Response(JSON.stringify(problem.body), problem);
  });
  mountRoutes(app, deps.routes, { verifier: deps.verifier, db });
  return app;
}
