/** Idempotency keys: attempts that were taken for dead and come back late, and requests that speak of persons. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { settleIdempotencyKey, takeIdempotencyKey } from "../../../pipelines/idempotency/index.ts";
import { newId } from "../../../platform/clock.ts";
import { testPersonalData } from "../../support/personalData.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();

const answer = (status: number, body: string) => ({ status, headers: {}, body });

/** Two attempts of one request: the time of the first ran out, and the second took its key over. */
async function takenOver() {
  const request = { client: "c", key: newId(), request: "post /v1/items {}" };
  const first = await takeIdempotencyKey(own.db, request);
  await own.db.query(
    "update idempotency_keys set in_flight_until = now() - interval '1 second' where key = $1",
    [request.key],
  );
  const second = await takeIdempotencyKey(own.db, request);
  if (first.run === undefined || second.run === undefined) throw new Error("both attempts run");
  return { request, first: first.run, second: second.run };
}

test("a late answer does not overwrite the answer of the attempt that took the key over", async () => {
  const { request, first, second } = await takenOver();
  await settleIdempotencyKey(own.db, second, answer(201, "second"));
  await settleIdempotencyKey(own.db, first, answer(201, "first"));
  const { kept } = await takeIdempotencyKey(own.db, request);
  expect(kept?.body).toBe("second");
});

test("a late answer is not kept while the attempt that took the key over is still running", async () => {
  const { request, first, second } = await takenOver();
  await settleIdempotencyKey(own.db, first, answer(201, "first"));
  await expect(takeIdempotencyKey(own.db, request)).rejects.toMatchObject({
    code: "idempotency_key_in_flight",
  });
  await settleIdempotencyKey(own.db, second, answer(201, "second"));
  const { kept } = await takeIdempotencyKey(own.db, request);
  expect(kept?.body).toBe("second");
});

test("a late failure does not free the key of the attempt that took it over", async () => {
  const { request, first, second } = await takenOver();
  await settleIdempotencyKey(own.db, first, undefined);
  await expect(takeIdempotencyKey(own.db, request)).rejects.toMatchObject({
    code: "idempotency_key_in_flight",
  });
  await settleIdempotencyKey(own.db, second, answer(503, ""));
  const again = await takeIdempotencyKey(own.db, request);
  expect(again.run).toBeDefined();
});

test("what is kept of a request that speaks of a person can't be had without the key", async () => {
  const request = 'post /v1/movements {"customer":"guess me"}';
  const personal = testPersonalData(own.db);
  await personal.ready();
  const asked = { client: "c", key: newId(), request, personal };
  const { run } = await takeIdempotencyKey(own.db, asked);
  if (run === undefined) throw new Error("the first attempt runs");
  const { rows } = await own.db.query("select request_hash from idempotency_keys where key = $1", [
    asked.key,
  ]);
  expect(rows).not.toEqual([{ request_hash: createHash("sha256").update(request).digest() }]);
  await settleIdempotencyKey(own.db, run, answer(201, "once"));
  expect((await takeIdempotencyKey(own.db, asked)).kept?.body).toBe("once");
  const other = { ...asked, request: request.replace("guess", "other") };
  await expect(takeIdempotencyKey(own.db, other)).rejects.toMatchObject({
    code: "idempotency_key_reused",
  });
});

test("a request of an earlier release is known again: its answer is replayed, its dead attempt taken over", async () => {
  const request = 'post /v1/movements {"customer":"guess me"}';
  const personal = testPersonalData(own.db);
  await personal.ready();
  for (const isAnswered of [true, false]) {
    const asked = { client: "c", key: newId(), request };
    const { run } = await takeIdempotencyKey(own.db, asked);
    if (run === undefined) throw new Error("the first attempt runs");
    if (isAnswered) await settleIdempotencyKey(own.db, run, answer(201, "before"));
    await own.db.query(
      "update idempotency_keys set in_flight_until = in_flight_until - interval '1 day' where key = $1",
      [asked.key],
    );
    const { kept, run: over } = await takeIdempotencyKey(own.db, { ...asked, personal });
    expect([kept?.body, over === undefined]).toEqual(
      isAnswered ? ["before", true] : [undefined, false],
    );
  }
});
