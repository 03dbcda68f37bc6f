/** A request as a span of its caller's trace, or the beginning of one; probes and scrapes are left out. Nothing while tracing is off. */
import type { Context as HonoContext } from "hono";
import { inSpan, isTracing, traceOfHeaders } from "../../platform/tracing.ts";
import type { AppEnv } from "./route.ts";

const UNTRACED = new Set(["/healthz", "/readyz", "/metrics"]);
const STATUS_FAILED = 500;

/** Runs the request of the route (its path as declared) in its span. */
export function traceRequest(
  c: HonoContext<AppEnv>,
  route: string,
  run: () => Promise<Response>,
): Promise<Response> {
  if (!isTracing() || UNTRACED.has(route)) return run();
  const { method } = c.req;
  const options = {
    kind: "SERVER",
    parent: traceOfHeaders((name) => c.req.header(name)),
    attributes: { "http.request.method": method, "http.route": route },
  } as const;
  return inSpan(`${method} ${route}`, options, async (span) => {
    const response = await run();
    span?.setAttribute("http.response.status_code", response.status);
    if (response.status >= STATUS_FAILED) span?.setAttribute("error.type", String(response.status));
    return response;
  });
}
