/** The HTTP application: the routes of every resource, each served with id, log, metrics and errors as problems. */
import { Hono } from "hono";
import { NotFoundError } from "../domain/errors.ts";
import type { TokenVerifier } from "../platform/accessTokens.ts";
import type { Context } from "../platform/context.ts";
import { mountRoutes } from "./http/mountRoutes.ts";
import type { AppEnv, Route } from "./http/route.ts";
import { createServe } from "./http/serve.ts";

interface AppDeps {
  readonly context: Pick<Context, "log" | "metrics" | "db">;
  readonly verifier: TokenVerifier;
  readonly routes: readonly Route[];
}

/** Builds the application; `app.request()` serves tests, node-server serves sockets. */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const serve = createServe(deps.context);
  app.notFound((c) =>
    serve(c, "unmatched", async () => {
      throw new NotFoundError("path", c.req.path);
    }),
  );
  mountRoutes(app, deps.routes, { verifier: deps.verifier, db: deps.context.db, serve });
  return app;
}
