/** Whatever an emulator asks for, it listens at 127.0.0.1. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { projectRoot } from "../../platform/projectRoot.ts";

const PRELOAD = pathToFileURL(join(projectRoot(), "dist/local/loopbackOnly.js")).href;

test.each([
  ["only a port", "server.listen(0, tell)"],
  ["a port in text", 'server.listen("0", tell)'],
  ["a port and every interface", 'server.listen(0, "0.0.0.0", tell)'],
  ["a port, an address and a backlog", 'server.listen(0, "::", 511, tell)'],
  ["options without a host", "server.listen({ port: 0 }, tell)"],
  ["options with a host", 'server.listen({ port: 0, host: "0.0.0.0" }, tell)'],
])("listening with %s ends up at loopback", async (_, call) => {
  const code = `
    const server = require("node:http").createServer();
    const tell = () => { console.log(server.address().address); server.close(); };
    ${call};`;
  const args = ["--import", PRELOAD, "--eval", code];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toBe("127.0.0.1\n");
});
