/** Movements that name a version of their level, and the business time: compare-and-set, counts, closed months. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";
import { waitFor } from "../../support/waitFor.ts";

let stage: MovementStage;
let sku: string;
let nth = 0;
beforeAll(async () => {
  stage = await createMovementStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  nth += 1;
  sku = `CRAYON-${nth}`;
  await stage.item(sku);
});

const line = (type: string, quantity: number, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity,
  ...more,
});

describe("a count of an earlier version", () => {
  test("takes its variance there, so that what moved since stays", async () => {
    await stage.apply(line("receipt", 10));
    await stage.apply(line("issue", 3)); // after the counter saw version 1
    await stage.apply(line("count", 9, { counted_version: 1 }));
    expect(await stage.level(sku)).toMatchObject({ on_hand: "6", version: 3 });
    await stage.apply(line("count", 9, { counted_version: 0 }));
    expect(await stage.level(sku)).toMatchObject({ on_hand: "15" });
  });

  test("that the level has not reached is rejected", async () => {
    await stage.apply(line("receipt", 10));
    expect(await stage.move(line("count", 9, { counted_version: 2 }))).toMatchObject({
      code: "version_conflict",
      detail: "counted at version 2, the level is at version 1",
    });
  });

  test("that would leave less than nothing is rejected", async () => {
    await stage.apply(line("receipt", 10));
    await stage.apply(line("issue", 8));
    expect(await stage.move(line("count", 5, { counted_version: 1 }))).toMatchObject({
      code: "insufficient_stock",
    });
  });
});

describe("expected_version", () => {
  test("lets one of many through, also for movements that leave on hand as it is", async () => {
    await stage.apply(line("receipt", 10));
    const outcomes = await Promise.all(
      ["hold", "reserve", "issue", "count"].map((type) =>
        stage.move(line(type, 1, { expected_version: 1 })),
      ),
    );
    const codes = outcomes.map((outcome): string => outcome.code ?? outcome.status).sort();
    expect(codes).toEqual(["applied", "version_conflict", "version_conflict", "version_conflict"]);
  });
});

describe("a closed month", () => {
  test("takes nothing more: at the door, and what was sent before is still answered", async () => {
    const occurred_at = "2020-02-29T23:59:59Z";
    const body = line("receipt", 1, { id: newId(), occurred_at });
    await stage.apply(body);
    const closed = await stage.request("POST", "/v1/periods/2020-02/close", { body: {} });
    expect(closed.status).toBe(200);
    await waitForClosed(line("receipt", 1, { occurred_at }));
    const refused = await stage.post({ movements: [line("receipt", 1), { ...body, id: newId() }] });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "period_closed", errors: [{ pointer: "/movements/1/occurred_at" }] },
    });
    expect((await stage.post(body)).headers.get("idempotency-replayed")).toBe("true");
    const original = await stage.apply(line("issue", 1));
    const reversal = await stage.post(
      { occurred_at },
      { path: `/v1/movements/${original}/reverse` },
    );
    expect(reversal.body).toMatchObject({ code: "period_closed" });
    await stage.apply(line("receipt", 1, { occurred_at: "2020-03-01T00:00:00Z" }));
  });

  /** The early word may be some seconds late; until then the batch rejects it. */
  async function waitForClosed(late: object): Promise<void> {
    const isRefused = async () => {
      const answer = await stage.post(late);
      if (answer.status === 422) return true;
      expect(answer.body.data[0]).toMatchObject({ status: "rejected", code: "period_closed" });
      return false;
    };
    await waitFor("the month to be known as closed", isRefused, { intervalMs: 250 });
  }
});
