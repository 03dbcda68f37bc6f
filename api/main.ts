/** The API process: opens its backends, mounts the routes, listens, and stops in order on SIGTERM. */
import type { Server } from "node:http";
import { watchLogLevel } from "../pipelines/logLevels/index.ts";
import { createTokenVerifier } from "../platform/accessTokens.ts";
import { createContext, readConfigOrExit, refuseEvictingRedis } from "../platform/context.ts";
import { stopOnSignals } from "../platform/lifecycle.ts";
import { startTracing } from "../platform/startTracing.ts";
import { createApp } from "./app.ts";
import { createAccess } from "./http/access.ts";
import { createHttpServer } from "./http/httpServer.ts";
import { createRoutes } from "./routes.ts";

/** While stopping, connections that have become idle are ended this often. */
const IDLE_CHECK_MS = 50;
/** After readiness turned false, load balancers get this long to look elsewhere. */
const DRAIN_MS_IN_PRODUCTION = 5_000;

const config = await readConfigOrExit();
const tracing = await startTracing(config, "api");
const context = createContext("api", config);
const { log, lifecycle } = context;
lifecycle.onStop("traces", () => tracing?.stop());
await refuseEvictingRedis(context);
if (config.S3_ENDPOINT !== undefined) await context.storage.ensureBucket();
const verifier = await createTokenVerifier(config);
const access = await createAccess(context, verifier);
// Fetched ahead, so that a KMS that goes away later stops nobody from signing in; while it is away now, the first use asks again.
await access.personal.ready().catch((err: unknown) => log.warn({ err }, "keys not there yet"));
const app = createApp({ context, access, routes: createRoutes(context, access) });
const server = createHttpServer({ fetch: app.fetch, draining: () => lifecycle.draining });
lifecycle.onStop("http server", async () => {
  const drainMs = config.NODE_ENV === "production" ? DRAIN_MS_IN_PRODUCTION : 0;
  await new Promise((resolve) => setTimeout(resolve, drainMs));
  await closeServer(server);
});
stopOnSignals(lifecycle, log, config.SHUTDOWN_GRACE_SECONDS);
const logLevel = watchLogLevel("api", context);
lifecycle.onStop("log level", () => logLevel.stop());
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
