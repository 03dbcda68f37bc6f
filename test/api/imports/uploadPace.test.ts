/** How slow an upload may be: it may take its time as long as it moves, and no longer. */
import { expect, test } from "vitest";
import { paceBody, type UploadPace } from "../../../api/imports/uploadPace.ts";

function aPace(over: Partial<UploadPace> = {}): UploadPace {
  return { stallMs: 60_000, longestMs: 60_000, stopping: new AbortController().signal, ...over };
}

/** A body that gives two chunks and then no more, without an end. */
function stuckBody(): ReadableStream<Uint8Array> {
  let left = 2;
  return new ReadableStream({
    pull: (controller) => {
      left -= 1;
      if (left >= 0) controller.enqueue(new Uint8Array(10));
      return left >= 0 ? undefined : new Promise(() => undefined);
    },
  });
}

async function readAll(body: ReadableStream<Uint8Array>, pace: UploadPace): Promise<number> {
  let bytes = 0;
  for await (const chunk of paceBody(body, pace)) bytes += chunk.length;
  return bytes;
}

test("a body that moves goes through whole", async () => {
  expect(await readAll(new Response("x".repeat(100_000)).body ?? stuckBody(), aPace())).toBe(
    100_000,
  );
});

test("one that gives no byte for too long is ended with 408", async () => {
  const read = readAll(stuckBody(), aPace({ stallMs: 20 }));
  await expect(read).rejects.toMatchObject({ status: 408, code: "upload_stalled" });
});

test("one that takes too long is ended with 408, though it moves", async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await new Promise((resolve) => setImmediate(resolve));
      controller.enqueue(new Uint8Array(1));
    },
  });
  const read = readAll(endless, aPace({ longestMs: 50 }));
  await expect(read).rejects.toMatchObject({ status: 408, code: "upload_too_slow" });
});

test("a reader that is slow itself is no stall", async () => {
  let bytes = 0;
  const body = new Response("x".repeat(100)).body ?? stuckBody();
  for await (const chunk of paceBody(body, aPace({ stallMs: 10 }))) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    bytes += chunk.length;
  }
  expect(bytes).toBe(100);
});

test("one that is under way when the process is told to stop is ended with 503 and Retry-After", async () => {
  const stop = new AbortController();
  const read = readAll(stuckBody(), aPace({ stopping: stop.signal }));
  stop.abort();
  await expect(read).rejects.toMatchObject({ code: "stopping", retryAfterSeconds: 5 });
});
