/** /healthz and /metrics of the processes that serve nothing else (workers, jobs). */
import { createServer, type Server } from "node:http";
import type { Metrics } from "./metrics.ts";

interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
}

/** Listens on host:port (0: any free port); answers the server, ready. */
export async function startProbe(options: ProbeOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    if (path === "/healthz") {
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"status":"ok"}\n');
      return;
    }
    if (path === "/metrics") {
      options.metrics.registry.metrics().then(
        (text) => {
          response.writeHead(200, { "content-type": options.metrics.registry.contentType });
          response.end(text);
        },
        () => response.writeHead(500).end(),
      );
      return;
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}
