/** Health, readiness, metrics, the OpenAPI document and its readable form. Open to all; says nothing about the data. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import { apiDocsAsset } from "../../platform/apiDocs.ts";
import type { Context } from "../../platform/context.ts";
import { describeApi } from "../http/openApi.ts";
import { defineRoute, type Route } from "../http/route.ts";

/** A backend that has not answered within this is not ready. */
const CHECK_MS = 2_000;

const healthOut = z.object({ status: z.string() });
const readyOut = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.string()),
});

/** Routes of the process itself; `routes` are those that the document describes beside these. */
export function systemRoutes(context: Context, routes: readonly Route[]): Route[] {
  const described: Route[] = [...routes];
  let document: string | undefined;
  const openApiText = (): string => (document ??= JSON.stringify(describeApi(described)));
  const own = [health(), ready(context), metrics(context), openApi(openApiText), ...docs()];
  described.push(...own);
  openApiText(); // at start, not in the first request
  return own;
}

function health(): Route {
  return defineRoute({
    method: "get",
    path: "/healthz",
    rateClass: "none",
    tag: "System",
    summary: "Is the process up",
    permission: "public",
    answers: { 200: { description: "It is.", schema: healthOut } },
    handler: async () => ({ status: 200, body: { status: "ok" } }),
  });
}

function ready(context: Context): Route {
  return defineRoute({
    method: "get",
    path: "/readyz",
    rateClass: "none",
    tag: "System",
    summary: "Are the backends reachable",
    description:
      "503 names the part that failed. Redis is reported but does not make the API unready: movements are accepted without it.",
    permission: "public",
    answers: {
      200: { description: "They are.", schema: readyOut },
      503: {
        description: "A part failed, or the process is stopping.",
        schema: readyOut,
        headers: ["Retry-After"],
      },
    },
    handler: async () => {
      const checks = {
        postgres: await outcomeOf(context.db.query("select from lanes limit 1")),
        object_storage: await outcomeOf(context.storage.check()),
        redis: await outcomeOf(context.redis.ping()),
      };
      const draining = context.lifecycle.draining;
      const ok = checks.postgres === "ok" && checks.object_storage === "ok" && !draining;
      const status = draining ? "stopping" : ok ? "ready" : "not ready";
      return Response.json(
        { status, checks },
        { status: ok ? 200 : 503, ...(ok ? {} : { headers: { "retry-after": "1" } }) },
      );
    },
  });
}

/** "ok" or "failed"; which host or why is for the log, not for the world. */
async function outcomeOf(check: Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("timed out"), CHECK_MS);
  });
  const outcome = await Promise.race([
    check.then(
      () => "ok",
      () => "failed",
    ),
    late,
  ]);
  clearTimeout(timer);
  return outcome;
}

function metrics(context: Context): Route {
  return defineRoute({
    method: "get",
    path: "/metrics",
    rateClass: "none",
    tag: "System",
    summary: "Prometheus metrics",
    permission: "public",
    answers: {
      200: {
        description: "Text exposition format.",
        schema: z.string(),
        contentType: "text/plain",
      },
    },
    handler: async () =>
      new Response(await context.metrics.registry.metrics(), {
        headers: { "content-type": context.metrics.registry.contentType },
      }),
  });
}

function openApi(document: () => string): Route {
  return defineRoute({
    method: "get",
    path: "/openapi.json",
    tag: "System",
    summary: "This API as OpenAPI 3.1",
    permission: "public",
    answers: { 200: { description: "The document.", contentType: "application/json" } },
    handler: async () =>
      new Response(document(), { headers: { "content-type": "application/json" } }),
  });
}

/** The readable reference: Swagger UI from our own server, so that it works offline and under the content policy. */
function docs(): Route[] {
  const page = defineRoute({
    method: "get",
    path: "/docs",
    tag: "System",
    summary: "Readable API reference",
    permission: "public",
    answers: { 200: { description: "A page.", contentType: "text/html" } },
    handler: async () => asset("index.html"),
  });
  const file = defineRoute({
    method: "get",
    path: "/docs/{file}",
    tag: "System",
    summary: "Parts of the API reference",
    permission: "public",
    params: z.object({ file: z.string() }),
    answers: { 200: { description: "A file.", contentType: "text/css" } },
    handler: async ({ params }) => asset(params.file),
  });
  return [page, file];
}

async function asset(name: string): Promise<Response> {
  const found = apiDocsAsset(name);
  if (found === undefined) throw new NotFoundError("file", name);
  return new Response(await found.read(), { headers: { "content-type": found.contentType } });
}
