/** The API process: opens its backends, mounts the routes, listens, and stops in order on SIGTERM. */
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createTokenVerifier } from "../platform/accessTokens.ts";
import { createContext, readConfigOrExit, refuseEvictingRedis } from "../platform/context.ts";
import { stopOnSignals } from "../platform/lifecycle.ts";
import { startTracing } from "../platform/startTracing.ts";
import { createApp } from "./app.ts";
import { createAccess } from "./http/access.ts";
import { limitBodyTime } from "./http/limitBodyTime.ts";
import { createRoutes } from "./routes.ts";

/** A slow sender is cut after these (reliability.md B22). */
const HEADERS_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;
/** While stopping, connections that have become idle are ended this often. */
const IDLE_CHECK_MS = 50;
/** After readiness turned false, load balancers get this long to look elsewhere. */
const DRAIN_MS_IN_PRODUCTION = 5_000;

const config = readConfigOrExit();
const tracing = await startTracing(config, "api");
const context = createContext("api", config);
const { log, lifecycle } = context;
lifecycle.onStop("traces", () => tracing?.stop());
await refuseEvictingRedis(context);
if (config.S3_ENDPOINT !== undefined) await context.storage.ensureBucket();
const verifier = await createTokenVerifier(config);
const access = await createAccess(context, verifier);
const app = createApp({ context, access, routes: createRoutes(context, access) });
const listener = getRequestListener(app.fetch);
const server = createServer(
  {
    headersTimeout: HEADERS_MS,
    requestTimeout: 0, // limitBodyTime bounds bodies; uploads may take as long as they move
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5_000,
  },
  (request, response) => {
    // Clients that go on using their connections are sent elsewhere with an answer each, so that few are left to be closed on.
    if (lifecycle.draining) response.shouldKeepAlive = false;
    response.once("finish", () => {
      // The rest of a body that was answered before it came whole would hold the stop up.
      if (lifecycle.draining && !request.complete) request.socket.destroySoon();
    });
    limitBodyTime(request);
    void listener(request, response);
  },
);
lifecycle.onStop("http server", async () => {
  const drainMs = config.NODE_ENV === "production" ? DRAIN_MS_IN_PRODUCTION : 0;
  await new Promise((resolve) => setTimeout(resolve, drainMs));
  await closeServer(server);
});
stopOnSignals(lifecycle, log, config.SHUTDOWN_GRACE_SECONDS);
server.once("error", (error: NodeJS.ErrnoException) => {
  const reason =
    error.code === "EADDRINUSE"
      ? `PORT ${config.PORT} is in use on ${config.HOST}; set PORT to a free one`
      : error.message;
  process.stderr.write(`${reason}\n`);
  process.exit(1);
});
server.listen(config.PORT, config.HOST, () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : config.PORT;
  log.info({ host: config.HOST, port }, "api ready");
});

/** Takes no new connections, lets answers in flight finish, ends idle keep-alive connections. */
async function closeServer(open: Server): Promise<void> {
  const idle = setInterval(() => open.closeIdleConnections(), IDLE_CHECK_MS);
  await new Promise<void>((resolve) => {
    open.close(() => resolve());
    open.closeIdleConnections();
  });
  clearInterval(idle);
}
