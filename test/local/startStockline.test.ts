/** The whole start and stop, with a product small enough to watch. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../local/freePort.ts";
import { processIdentity } from "../../local/processIdentity.ts";
import { type RunningStockline, startStockline } from "../../local/startStockline.ts";
import { projectRoot } from "../../platform/projectRoot.ts";
import { testBackends } from "../support/backends.ts";
import { waitFor } from "../support/waitFor.ts";
import { fakeProduct, productOrder, temporaryFolder } from "./localFixtures.ts";

/** The test run's own backends, to keep tests fast; an empty DATABASE_URL starts PostgreSQL. */
function environment(over: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "" } = process.env;
  const { env, writerUrl } = testBackends();
  const STOCKLINE_HOME = temporaryFolder();
  return { PATH, PORT: "0", DATABASE_URL: writerUrl, ...env, STOCKLINE_HOME, ...over };
}

async function start(
  over: Readonly<Record<string, string>> = {},
  dist: string = fakeProduct(),
): Promise<{ running: RunningStockline; lines: string[] }> {
  const lines: string[] = [];
  const given = environment(over);
  const running = await startStockline({ given, say: (line) => lines.push(line), dist });
  onTestFinished(() => running.stop());
  return { running, lines };
}

async function pidOfApi(url: string): Promise<number> {
  return Number(await (await fetch(url, { headers: { connection: "close" } })).text());
}

test("it migrates, starts, and stops api, jobs, workers in that order", async () => {
  const dist = fakeProduct();
  const { running } = await start({ DATABASE_URL: "" }, dist);
  const api = await pidOfApi(running.url);
  await running.stop();
  const order = productOrder(dist);
  expect(order[0]).toBe("migrated");
  expect(order.slice(1, 3).sort()).toEqual(["jobs ready", "workers ready"]);
  expect(order.slice(3)).toEqual(["api stopping", "jobs stopping", "workers stopping"]);
  expect(processIdentity(api)).toBeUndefined();
  expect(existsSync(join(running.home, "run/instance.json"))).toBe(false);
});

test("it makes a private signing key once and hands it on, unless one is configured", async () => {
  const STOCKLINE_HOME = temporaryFolder();
  const first = await start({ STOCKLINE_HOME });
  const file = join(STOCKLINE_HOME, "keys/jwt.jwk.json");
  const text = readFileSync(file, "utf8");
  expect(first.running.env["JWT_KEY_FILE"]).toBe(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(text)).toMatchObject({ kty: "EC", alg: "ES256", kid: expect.any(String) });
  await first.running.stop();
  const second = await start({ STOCKLINE_HOME });
  expect(readFileSync(file, "utf8")).toBe(text);
  await second.running.stop();
  const third = await start({ JWT_JWKS_URL: "https://id.example/keys" });
  expect(third.running.env["JWT_KEY_FILE"]).toBeUndefined();
});

test("a port in use is answered with a sentence that offers another", async () => {
  const port = await freePort();
  const holder = createServer().listen(port, "127.0.0.1");
  await once(holder, "listening");
  onTestFinished(() => void holder.close());
  await expect(start({ PORT: String(port) })).rejects.toThrow(
    `Port ${port} at 127.0.0.1 is in use by another program (or not allowed to you). ` +
      `Stop that program, or choose another port: PORT=${port + 1} npm start`,
  );
});

test("wrong variables are all told before anything starts", async () => {
  const STOCKLINE_HOME = join(temporaryFolder(), "home");
  const starting = start({ STOCKLINE_HOME, PORT: "http", LOG_LEVEL: "loud" });
  await expect(starting).rejects.toThrow(/PORT is "http"; expected .*\nLOG_LEVEL is "loud"; exp/);
  expect(existsSync(STOCKLINE_HOME)).toBe(false);
});

test("a process that ends before it is ready stops the start, with its own words", async () => {
  const dist = fakeProduct({ "jobs/main.js": 'console.error("No clock here."); process.exit(9);' });
  const STOCKLINE_HOME = temporaryFolder();
  await expect(start({ STOCKLINE_HOME }, dist)).rejects.toThrow(
    `jobs ended by itself (status 9); its log is ${STOCKLINE_HOME}/logs/jobs.log.\n` +
      "  No clock here.",
  );
  expect(existsSync(join(STOCKLINE_HOME, "run/instance.json"))).toBe(false);
});

test("a migration that fails stops the start, with its own words", async () => {
  const dist = fakeProduct({
    "cli/migrate.js": 'console.error("No such column."); process.exit(1);',
  });
  await expect(start({}, dist)).rejects.toThrow(
    /^The database could not be migrated \(status 1\);[^]*\nNo such column\.$/,
  );
});

test("a process that ends unasked is started again, and both are said", async () => {
  const { running, lines } = await start();
  const first = await pidOfApi(running.url);
  await fetch(`${running.url}/crash`).catch(() => undefined);
  await waitFor("the api to be back", async () => (await pidOfApi(running.url)) !== first);
  await waitFor("the word that it is back", () => lines.includes("api is ready again."));
  expect(lines[0]).toMatch(/^api ended by itself \(status 3\);.*\nStarting it again in 0.5 s\.$/s);
});

test("errors in a process's log reach the terminal in one line, once", async () => {
  const dist = fakeProduct({
    "workers/main.js": `
      const failed = { level: 50, msg: "apply failed", err: { message: "no disk\\nat line 1" } };
      for (let i = 0; i < 2; i += 1) process.stdout.write(JSON.stringify(failed) + "\\n");
      say(30, "workers ready");
      setInterval(() => undefined, 1000);`,
  });
  const { running, lines } = await start({}, dist);
  expect(lines).toEqual(["workers: apply failed: no disk"]);
  await running.stop();
  const log = readFileSync(join(running.home, "logs/workers.log"), "utf8");
  expect(log.match(/apply failed/g)).toHaveLength(2);
});

test("an aborted start stops what it had started", async () => {
  const abort = new AbortController();
  const dist = fakeProduct({ "jobs/main.js": "setInterval(() => undefined, 1000);" });
  const given = environment();
  const starting = startStockline({ given, say: () => undefined, dist, abort: abort.signal });
  const record = join(given["STOCKLINE_HOME"] ?? "", "run/instance.json");
  await waitFor("jobs to run", () => readFileSync(record, "utf8").includes('"jobs"'));
  abort.abort();
  await expect(starting).rejects.toThrow(/^(api|jobs) was stopped before it was ready\.$/);
  expect(existsSync(record)).toBe(false);
});

/** `npm start` as a process of its own, on the fake product. */
function spawnStart(env: Record<string, string>): {
  pid: number;
  output: () => string;
  exit: Promise<unknown[]>;
} {
  const module = pathToFileURL(join(projectRoot(), "dist/local/serveUntilStopped.js")).href;
  const code =
    `import { serveUntilStopped } from ${JSON.stringify(module)};` +
    `await serveUntilStopped({ dist: ${JSON.stringify(fakeProduct())} });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], { env });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  onTestFinished(() => void child.kill("SIGKILL"));
  return { pid: child.pid ?? 0, output: () => text, exit: once(child, "exit") };
}

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it in order with status 0", async (signal) => {
  const { pid, output, exit } = spawnStart(environment());
  const url = await waitFor(
    "the ready line",
    () =>
      /^Stockline is ready at (\S+) – sign in: npm run -s stockline -- token --role admin$/m.exec(
        output(),
      )?.[1],
  );
  const api = await pidOfApi(url);
  process.kill(pid, signal);
  process.kill(pid, signal); // As npm does, which hands on what the terminal has sent already.
  expect(await exit).toEqual([0, null]);
  expect(output()).toMatch(/\nStopping … \(again to stop at once\)\nStockline has stopped\.\n$/);
  expect(processIdentity(api)).toBeUndefined();
});

test("after a kill of everything's parent, the next start comes up on the same data", async () => {
  const env = environment({ DATABASE_URL: "" });
  const killed = spawnStart(env);
  await waitFor("the first ready line", () => killed.output().includes("is ready at"));
  process.kill(killed.pid, "SIGKILL");
  await killed.exit;
  const next = spawnStart(env);
  await waitFor("the second ready line", () => next.output().includes("is ready at"));
  process.kill(next.pid, "SIGTERM");
  expect(await next.exit).toEqual([0, null]);
});

test("a fault is told in a sentence, without a stack, with status 1", async () => {
  const { output, exit } = spawnStart(environment({ PORT: "seventy" }));
  expect(await exit).toEqual([1, null]);
  expect(output()).toBe(
    'Starting Stockline …\nPORT is "seventy"; expected a port number from 0 to 65535\n',
  );
});

test("a data folder that cannot be is told in a sentence", async () => {
  const STOCKLINE_HOME = join(temporaryFolder(), "file");
  writeFileSync(STOCKLINE_HOME, "not a folder");
  const { output, exit } = spawnStart(environment({ STOCKLINE_HOME }));
  expect(await exit).toEqual([1, null]);
  expect(output()).toMatch(
    /^Starting Stockline …\nE[A-Z]+: .*file.*\. The data folder must be one that you may write to/,
  );
});
