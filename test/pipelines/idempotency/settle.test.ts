/** Idempotency keys whose attempt was taken for dead and comes back late. */
import { expect, test } from "vitest";
import { settleIdempotencyKey, takeIdempotencyKey } from "../../../pipelines/idempotency/index.ts";
import { newId } from "../../../platform/clock.ts";
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
