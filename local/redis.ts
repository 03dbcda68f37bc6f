/**
 * Embedded Redis: the redis-server found on PATH with a configuration of ours. Append-only file
 * under STOCKLINE_HOME/redis, flushed each second; random password; loopback only.
 */
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { awaitReady, startOnPort } from "./awaitReady.ts";
import { startChild } from "./childProcess.ts";
import {
  type BackendOptions,
  backendOf,
  bareEnvironment,
  type LocalBackend,
  logFileOf,
  makeFolder,
} from "./localBackend.ts";
import { localSecrets } from "./localSecrets.ts";

const PROBE_TIMEOUT_MS = 2_000;

/** Starts redis-server; ready when it has loaded its data and takes our password. */
export function startRedis(options: BackendOptions): Promise<LocalBackend> {
  const folder = makeFolder(options.home, "redis");
  const password = localSecrets(options.home).redis;
  return startOnPort(options.port, async (port) => {
    const file = join(folder, "redis.conf");
    writeFileSync(file, configuration(folder, port, password), { mode: 0o600 });
    const child = await startChild({
      name: "redis",
      command: "redis-server",
      args: [file],
      env: bareEnvironment(),
      logFile: logFileOf(options.home, "redis"),
    });
    await awaitReady(child, () => pings(port, password));
    return backendOf(child, port, { REDIS_URL: `redis://:${password}@127.0.0.1:${port}` });
  });
}

function configuration(folder: string, port: number, password: string): string {
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir "${folder.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
    `requirepass ${password}`,
    "daemonize no",
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory-policy noeviction", // BullMQ loses jobs under any other.
  ];
  return `${lines.join("\n")}\n`;
}

/** Whether Redis answers PING with PONG; it says LOADING while it reads its append-only file. */
function pings(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(false));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
    socket.once("connect", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (answer.includes("+PONG")) settle(true);
      else if (/^-/m.test(answer)) settle(false);
    });
  });
}
