/** How the API process stops: it says so before it stops serving, answers what it took, and ends with 0. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool } from "../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../support/catalogue.ts";
import { type Instance, type RunningProcess, startInstance } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";

let instance: Instance;
beforeAll(async () => {
  // In production the process waits for load balancers to look elsewhere before it stops serving.
  instance = await startInstance({
    processes: [],
    env: { NODE_ENV: "production", PASSWORD_SCRYPT_LN: "14" },
  });
  const { writerUrl: url } = instance.database;
  const db = createPool({ url, applicationName: "test", max: 2, role: "stockline_writer" });
  await seedItems(db, ["A"]);
  await seedWarehouses(db, ["MAIN"]);
  await db.end();
});
afterAll(() => instance.stop());

async function readiness(): Promise<string> {
  const response = await fetch(`${instance.url}/readyz`);
  const { status } = (await response.json()) as { status: string };
  return `${response.status} ${status}`;
}

/** A client that uses one connection for one request after another until the server ends it; answers the statuses. */
async function busyClient(port: number, token: string): Promise<string[]> {
  const statuses: string[] = [];
  const socket: Socket = connect({ port, host: "127.0.0.1" });
  const body = JSON.stringify({ type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 });
  const send = () =>
    socket.write(
      `POST /v1/movements HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    const head = /^HTTP\/1\.1 (\d+)[\s\S]*?\r\ncontent-length: (\d+)[\s\S]*?\r\n\r\n/i.exec(
      received,
    );
    if (head === null || received.length < head[0].length + Number(head[2])) return;
    received = "";
    statuses.push(head[1] ?? "");
    if (!/\r\nconnection: close/i.test(head[0])) send();
  });
  await once(socket, "connect");
  send();
  await once(socket, "close");
  return statuses;
}

async function exitOf(api: RunningProcess): Promise<unknown> {
  return waitFor("the exit", async () => (api.hasExited() ? await api.exited : undefined), {
    timeoutMs: 20_000,
  });
}

test("SIGTERM turns readiness off first, then every request taken is answered, then the process ends with 0", async () => {
  const api = await instance.start("api");
  await waitFor("readiness", async () => (await readiness()) === "200 ready");
  const client = busyClient(api.port ?? 0, await instance.token("admin"));
  process.kill(api.pid, "SIGTERM");
  await waitFor("readiness to turn off", async () => (await readiness()) === "503 stopping");
  const call = await instance.call("POST", "/v1/movements", {
    body: { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 },
  });
  expect(call.status).toBe(202);
  const statuses = await client;
  expect(new Set(statuses)).toEqual(new Set(["202"]));
  expect(await exitOf(api)).toMatchObject({ code: 0 });
}, 40_000);

test("a second SIGTERM ends the process at once", async () => {
  const api = await instance.start("api");
  process.kill(api.pid, "SIGTERM");
  await waitFor("the stop to begin", async () => (await readiness()) === "503 stopping");
  process.kill(api.pid, "SIGTERM");
  expect(await exitOf(api)).toMatchObject({ code: 1 });
}, 40_000);
