/**
 * Baseline of intake: bare Hono on the product's own HTTP server, that verifies the token (remembered, as the product does)
 * and checks the body with the product's schema, then answers what the product would. It stores nothing.
 */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { movementLine } from "../../api/movements/schema.ts";
import { createTokenVerifier } from "../../platform/accessTokens.ts";
import { newId } from "../../platform/clock.ts";
import { readConfig } from "../../platform/config.ts";

const verifier = await createTokenVerifier(readConfig());
const app = new Hono();
app.post("/v1/movements", async (c) => {
  await verifier.verify((c.req.header("authorization") ?? "").slice("Bearer ".length));
  const line = movementLine.parse(await c.req.json());
  const id = line.id ?? newId();
  const status_url = `/v1/movements/${id}`;
  return c.json({ data: [{ id, status: "accepted" }], status_url }, 202, { location: status_url });
});
const listener = getRequestListener(app.fetch);
const server = createServer((request, response) => void listener(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ msg: "bare server ready", port })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
