/** The HTTP application: the routes of every resource, each served with id, log, metrics and errors as problems. */
import { Hono } from "hono";
import { NotFoundError } from "../domain/errors.ts";
import type { Context } from "../platform/context.ts";
import type { Access } from "./http/access.ts";
import { answerPreflight } from "./http/crossOrigin.ts";
import { mountRoutes } from "./http/mountRoutes.ts";
import type { AppEnv, Route } from "./http/route.ts";
import { createServe } from "./http/serve.ts";

interface AppDeps {
  readonly context: Pick<Context, "log" | "metrics" | "db" | "config">;
  readonly access: Access;
  readonly routes: readonly Route[];
}

/** Builds the application; `app.request()` serves tests, node-server serves sockets. */
export function createApp({ context, access, routes }: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const serve = createServe(context, access.origins);
  app.notFound((c) =>
    serve(c, "unmatched", async () => {
      const preflight = answerPreflight(c, access.origins);
      if (preflight !== undefined) return preflight;
      throw new NotFoundError("path", c.req.path);
    }),
  );
  mountRoutes(app, routes, { access, db: context.db, serve });
  return app;
}
