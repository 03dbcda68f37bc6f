/**
 * What an operator fears: the object storage gone for an hour, a broker gone for a day. Shorter here, but with the servers really
 * stopped; movements feel nothing of it, and what waited is done once they are back. The loss of Redis is F11, that of the database F43.
 */
import { expect } from "vitest";
import type { CloudEvent } from "../../domain/messages.ts";
import { startKinesis } from "../../local/kinesis.ts";
import type { LocalBackend } from "../../local/localBackend.ts";
import { startS3 } from "../../local/s3.ts";
import { fault } from "../support/faultRun.ts";
import type { Load } from "../support/load.ts";
import { readKinesisStream } from "../support/sinks.ts";
import { temporaryHome } from "../support/temporaryHome.ts";
import { waitFor } from "../support/waitFor.ts";
import { type Stage, withStage } from "./stage.ts";

const log = () => undefined;
const LONG = { timeoutMs: 180_000, intervalMs: 200 };

async function moreLoad(stage: Stage, load: Load, movements: number): Promise<void> {
  const [acked, decided] = [load.acked.size, await stage.decided()];
  await waitFor(
    "more load",
    async () =>
      load.acked.size > acked + movements && (await stage.decided()) > decided + movements,
    LONG,
  );
}

/** Starts the backend again where it was, with what it had kept. */
type Start = (port?: number) => Promise<LocalBackend>;

async function withBackend(start: Start, body: (backend: LocalBackend) => Promise<LocalBackend>) {
  let backend = await start();
  try {
    backend = await body(backend);
  } finally {
    await backend.stop();
  }
}

fault(
  ["F45", "the object storage is gone for a while: movements go on, reports and uploads wait"],
  async (run) => {
    const home = temporaryHome("storage");
    const start: Start = (port) => startS3({ home, log, ...(port === undefined ? {} : { port }) });
    await withBackend(start, async (s3) => {
      let backend = s3;
      await withStage({ processes: ["api", "workers"], env: s3.env }, async (stage) => {
        const { instance } = stage;
        const load = await stage.startLoad(run);
        await moreLoad(stage, load, 100);
        await s3.stop();
        run.count("outages");
        const asked = await instance.call("POST", "/v1/reports", {
          body: { report: "current_inventory", format: "csv" },
        });
        expect(asked.status, "a report can be asked for").toBe(202);
        await moreLoad(stage, load, run.times(400));
        expect((await reportOf(stage, asked.body.id)).status, "a report waits").not.toBe("failed");
        expect((await instance.call("GET", "/readyz")).body.checks.object_storage).toBe("failed");
        const upload = await sendItems(stage);
        expect([upload.status, upload.headers.has("retry-after")]).toEqual([503, true]);
        backend = await start(s3.port);
        await waitFor(
          "the report to be written",
          async () => (await reportOf(stage, asked.body.id)).status === "completed",
          LONG,
        );
        expect((await sendItems(stage)).status, "the same upload").toBe(202);
        await load.stop();
        run.count("movements", load.acked.size);
        expect(load.retries, "requests that were not accepted at once").toBe(0);
        for (const process of Object.values(instance.processes)) {
          expect(process?.hasExited(), "a process has ended").toBe(false);
        }
        await stage.expectSound(load);
      });
      return backend;
    });
  },
  { timeoutMs: 600_000 },
);

async function reportOf({ instance }: Stage, id: string): Promise<{ status: string }> {
  return (await instance.call("GET", `/v1/reports/${id}`)).body;
}

async function sendItems({ instance }: Stage): Promise<Response> {
  const form = new FormData();
  form.set("kind", "items");
  form.set("file", new Blob(["sku,name\nDISASTER-1,Made after the outage\n"]), "items.csv");
  return fetch(`${instance.url}/v1/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${await instance.token("admin")}` },
    body: form,
  });
}

fault(
  ["F46", "the broker is gone for a while: its backlog is sent in order, and nothing is skipped"],
  async (run) => {
    const home = temporaryHome("broker");
    const start: Start = (port) =>
      startKinesis({ home, log, ...(port === undefined ? {} : { port }) });
    await withBackend(start, async (kinesis) => {
      let backend = kinesis;
      const endpoint = kinesis.env["KINESIS_ENDPOINT"] ?? "";
      // Another name than that of the embedded one, whose old events are forgotten at each start.
      const env = { KINESIS_ENDPOINT: endpoint, KINESIS_STREAM: "disaster-events" };
      await withStage({ processes: ["api", "workers"], env }, async (stage) => {
        const load = await stage.startLoad(run);
        await moreLoad(stage, load, 100);
        await waitFor("the first events to be sent", () => sent(stage, (lag) => lag < 200), LONG);
        await kinesis.stop();
        run.count("outages");
        await moreLoad(stage, load, run.times(600));
        expect(await sent(stage, (lag) => lag > 400), "events wait").toBe(true);
        backend = await start(kinesis.port);
        await load.stop();
        await waitFor("everything to be decided", () => stage.isSettled(), LONG);
        await waitFor("the backlog to be sent", () => sent(stage, (lag) => lag === 0), LONG);
        run.count("movements", load.acked.size);
        expect(load.retries, "requests that were not accepted at once").toBe(0);
        const events = await readKinesisStream("disaster-events", endpoint);
        run.count("events sent again", events.length - (await expectWhole(stage, events)));
        await stage.expectSound(load);
      });
      return backend;
    });
  },
  { timeoutMs: 600_000 },
);

/** How far the Kinesis sink is behind, asked of the API. */
async function sent({ instance }: Stage, test: (lag: number) => boolean): Promise<boolean> {
  const { body } = await instance.call("GET", "/v1/sinks");
  const sinks: { name: string; lag_events: number }[] = body.data;
  return sinks.some(({ name, lag_events: lag }) => name === "kinesis" && test(lag));
}

/** Every event of the log came, each key's in order once repeats are dropped; answers how many there are. */
async function expectWhole({ db }: Stage, events: readonly CloudEvent[]): Promise<number> {
  const { rows } = await db.query<{ id: string }>("select id::text as id from events");
  const seen = new Set<string>();
  const last = new Map<string, number>();
  for (const { id, partitionkey, position } of events) {
    if (seen.has(id)) continue;
    seen.add(id);
    expect(position, `order of ${partitionkey}`).toBeGreaterThan(last.get(partitionkey) ?? 0);
    last.set(partitionkey, position);
  }
  expect(
    rows.filter(({ id }) => !seen.has(id)),
    "events that never came",
  ).toEqual([]);
  expect(seen.size).toBe(rows.length);
  return seen.size;
}
