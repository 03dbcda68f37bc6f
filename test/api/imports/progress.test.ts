/** Progress as server-sent events: news as it comes, one look for many streams, resumption, and an orderly end. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createProgressWatch, type ProgressWatch } from "../../../api/imports/progressWatch.ts";
import { streamProgress } from "../../../api/imports/streamProgress.ts";
import { importRead } from "../../../pipelines/import/index.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness({ workers: false });
});
afterAll(() => harness.close());

let sent = 0;
async function anImport(): Promise<string> {
  sent += 1;
  const { body } = await harness.send({ kind: "items", content: `sku,name\nP-${sent},a\n` });
  return body.id;
}

async function move(id: string, set: string): Promise<void> {
  await harness.context.db.query(`update imports set ${set} where id = $1`, [id]);
}

async function rowOf(id: string) {
  const row = await importRead(harness.context.db, { id });
  if (row === undefined) throw new Error("the import is gone");
  return row;
}

/** A watch of its own; `looks` are the ids that each of its statements asked for. */
function aWatch(draining = () => false): { watch: ProgressWatch; looks: string[][] } {
  const looks: string[][] = [];
  const { db } = harness.context;
  const query = (config: { name?: string; text: string; values: [string[]] }) => {
    looks.push(config.values[0]);
    return db.query(config);
  };
  const watch = createProgressWatch({ db: { query }, draining });
  onTestFinished(() => watch.close());
  return { watch, looks };
}

interface SentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: { status: string; rows_read: number; progress: { phase: string } } | undefined;
}

/** Reads a stream; `events` grows while it goes on. */
async function follow(watch: ProgressWatch, id: string, lastEventId?: string) {
  const response = streamProgress({ watch, row: await rowOf(id), lastEventId });
  const events: SentEvent[] = [];
  const stop = new AbortController();
  const done = (async () => {
    let text = "";
    const reader = response.body?.getReader();
    stop.signal.addEventListener("abort", () => void reader?.cancel());
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return;
      text += Buffer.from(next.value).toString();
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      events.push(...messages.filter((message) => message.includes("data:")).map(parseEvent));
    }
  })();
  return { response, events, done, leave: () => stop.abort() };
}

function parseEvent(message: string): SentEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1];
  return { id: field("id"), event: field("event"), data: JSON.parse(field("data") ?? "null") };
}

describe("progress events", () => {
  test("begin with the import as it stands, tell each step, and end with it", async () => {
    const { watch } = aWatch();
    const id = await anImport();
    const stream = await follow(watch, id);
    await waitFor("the first event", () => stream.events.length === 1);
    await move(id, "status = 'reading', rows_read = 7, started_at = now()");
    await waitFor("the second event", () => stream.events.length === 2);
    await move(id, "status = 'completed', finished_at = now()");
    await stream.done;
    expect(stream.events.map(({ event, data }) => [event, data?.status])).toEqual([
      ["progress", "uploaded"],
      ["progress", "reading"],
      ["end", "completed"],
    ]);
    expect(stream.events[1]?.data).toMatchObject({ rows_read: 7, progress: { phase: "reading" } });
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
  });

  test("of many streams cost one statement a round", async () => {
    const { watch, looks } = aWatch();
    const ids = [await anImport(), await anImport()];
    const streams = await Promise.all(
      Array.from({ length: 60 }, (_, nth) => follow(watch, ids[nth % 2] ?? "")),
    );
    await waitFor("a first event everywhere", () =>
      streams.every(({ events }) => events.length > 0),
    );
    const before = looks.length;
    for (const id of ids) await move(id, "rows_read = 5");
    await waitFor("the news everywhere", () => streams.every(({ events }) => events.length > 1));
    expect(looks.length - before).toBeLessThan(20);
    expect(looks.at(-1)?.toSorted()).toEqual(ids.toSorted());
    for (const stream of streams) stream.leave();
    await Promise.all(streams.map(({ done }) => done));
    const alone = watch.join(await anImport());
    await waitFor("a look at one import only", () => looks.at(-1)?.length === 1);
    alone.leave();
  });

  test("go on after the one that a client has", async () => {
    const { watch } = aWatch();
    const id = await anImport();
    const first = await follow(watch, id);
    await waitFor("the first event", () => first.events.length === 1);
    first.leave();
    const again = await follow(watch, id, first.events[0]?.id);
    await move(id, "rows_read = 3");
    await waitFor("news", () => again.events.length > 0);
    expect(again.events[0]?.data?.rows_read).toBe(3);
    await move(id, "status = 'cancelled', finished_at = now()");
    await again.done;
    const late = await follow(watch, id, first.events[0]?.id);
    await late.done;
    expect(late.events).toMatchObject([{ event: "end", data: { status: "cancelled" } }]);
    const over = await follow(watch, id, late.events[0]?.id);
    expect(over.response.status).toBe(204);
  });

  test("end when the process is about to stop, and none begins then", async () => {
    const { watch } = aWatch();
    const id = await anImport();
    const stream = await follow(watch, id);
    await waitFor("the first event", () => stream.events.length === 1);
    watch.close();
    await stream.done;
    expect(stream.events).toHaveLength(1);
    await expect(follow(watch, id)).rejects.toMatchObject({ code: "too_many_streams" });
  });

  test("are refused past the streams that one process carries", async () => {
    const { watch } = aWatch();
    const id = await anImport();
    const joined = Array.from({ length: 500 }, () => watch.join(id));
    expect(() => watch.join(id)).toThrow("carries 500 progress streams");
    joined[0]?.leave();
    joined[0]?.leave();
    expect(() => watch.join(id)).not.toThrow();
    expect(() => watch.join(id)).toThrow("carries 500 progress streams");
  });
});
