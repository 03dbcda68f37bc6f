/**
 * Baseline of reads: bare Hono on the product's own HTTP server that answers a level by one prepared SELECT by key, a statement
 * a request. No token, no validation, no cache.
 */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import pg from "pg";
import { readConfig } from "../../platform/config.ts";
import { plainLevelRead } from "../queries.ts";

const config = readConfig();
const db = new pg.Pool({
  connectionString: config.DATABASE_URL,
  max: config.DATABASE_POOL_MAX,
  options: "-c role=stockline_writer",
});
const app = new Hono();
app.get("/v1/stock/:sku/:warehouse", async (c) => {
  const level = await plainLevelRead(db, c.req.param());
  return level === undefined ? c.json({ code: "not_found" }, 404) : c.json(level);
});
const listener = getRequestListener(app.fetch);
const server = createServer((request, response) => void listener(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ msg: "bare reader ready", port })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
