/** Workers as real processes that are killed without warning: nothing that was promised is lost, streams and reports go on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CloudEvent } from "../../domain/messages.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { readKinesisStream } from "../support/sinks.ts";
import { waitFor } from "../support/waitFor.ts";

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance({ processes: ["api", "workers"] });
});
afterAll(() => instance.stop());

async function eventsOfLog(): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  for (let after = ""; ; ) {
    const { body } = await instance.call("GET", `/v1/events?limit=500${after}`);
    events.push(...body.data);
    if (body.data.length === 0) return events;
    after = `&after=${body.next_cursor}`;
  }
}

const createItems = async (prefix: string, count: number): Promise<void> => {
  const numbers = Array.from({ length: count }, (_, index) => index);
  await Promise.all(
    numbers.map(async (nth) => {
      const body = { sku: `${prefix}-${nth}`, name: `Item ${nth}` };
      const { status } = await instance.call("POST", "/v1/items", { body });
      expect(status).toBe(201);
    }),
  );
};

const sinksCaughtUp = () =>
  waitFor(
    "sinks without lag",
    async () => {
      const { body } = await instance.call("GET", "/v1/sinks");
      const lags = body.data.map((sink: { lag_events: number }) => sink.lag_events);
      return lags.length === 2 && lags.every((lag: number) => lag === 0);
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );

test("a publisher killed in the middle is followed by one that skips nothing, and a report comes out", async () => {
  await createItems("A", 60);
  const report = await instance.call("POST", "/v1/reports", {
    role: "analyst",
    body: { report: "current_inventory", format: "xlsx", parameters: { fresh: true } },
  });
  await instance.processes.workers?.kill();
  await createItems("B", 60);
  await instance.start("workers");
  await sinksCaughtUp();

  const log = await eventsOfLog();
  const sent = await readKinesisStream(instance.env["KINESIS_STREAM"] ?? "");
  expect(log.length).toBeGreaterThanOrEqual(120);
  const sentIds = new Set(sent.map((event) => event.id));
  expect(log.filter(({ id }) => !sentIds.has(id))).toEqual([]);
  // The report may have been recorded and sent since the log was read, so what was sent is held against a later reading.
  const laterIds = new Set((await eventsOfLog()).map(({ id }) => id));
  expect([...sentIds].filter((id) => !laterIds.has(id))).toEqual([]);

  const path = `/v1/reports/${report.body.id}`;
  const done = await waitFor(
    "the report",
    async () => {
      const { body } = await instance.call("GET", path, { role: "analyst" });
      return body.status === "completed" ? body : undefined;
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );
  const file = await fetch(done.download_url);
  expect(file.status).toBe(200);
  expect(file.headers.get("content-disposition")).toMatch(/current_inventory-[\d-]+\.xlsx/);
}, 150_000);

test("a stream over a socket follows the log, and does not keep the API from stopping", async () => {
  const response = await fetch(`${instance.url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${await instance.token("viewer")}` },
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.getReader();
  let text = "";
  const readUntil = async (what: string): Promise<void> => {
    while (!text.includes(what)) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
      if (done) throw new Error(`the stream ended before "${what}"`);
      text += Buffer.from(value ?? []).toString();
    }
  };
  await readUntil("id: ");
  await createItems("C", 1);
  await readUntil("stockline.item.");
  const before = performance.now();
  const stopping = instance.processes.api?.stop();
  await expect(readUntil("nothing like this")).rejects.toThrow("the stream ended");
  await stopping;
  expect(performance.now() - before).toBeLessThan(10_000);
}, 60_000);
