/** What every source must do, whatever its broker: take each event once, park what can't be taken, and go on. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../support/faultRun.ts";
import { aMovementEvent, type TestEvent } from "../../support/inboundEvents.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";
import {
  openTestIngest,
  type Sent,
  type SourceUnderTest,
  sourcesUnderTest,
} from "../../support/sources.ts";
import { waitFor } from "../../support/waitFor.ts";

const SKUS = ["TEA", "CUP", "POT"];
const random = new Random("sources");

describe.each(sourcesUnderTest())("source $name", { timeout: 120_000 }, ({ start }) => {
  let stage: MovementStage;
  let open: ReturnType<typeof openTestIngest>;
  let broker: SourceUnderTest;

  beforeAll(async () => {
    stage = await createMovementStage();
    for (const sku of SKUS) await stage.item(sku);
    open = openTestIngest(stage.context);
    broker = await start(stage.context, open);
  });
  afterAll(async () => {
    await broker.stop();
    await open.close();
    await stage.close();
  });

  const count = async (sql: string): Promise<number> => {
    const { rows } = await stage.context.db.query<{ n: number }>({ text: sql });
    return rows[0]?.n ?? 0;
  };
  const onHand = async (): Promise<number> =>
    count("select coalesce(sum(on_hand), 0)::int as n from stock_levels");
  const settled = (what: string, pieces: number) =>
    waitFor(what, async () => (await onHand()) === pieces, { timeoutMs: 60_000, intervalMs: 50 });
  const sent = (events: readonly TestEvent[]): Sent[] =>
    events.map((event) => ({ key: String(event.data["sku"]), body: JSON.stringify(event) }));

  test("takes each event once over two consumers, however often it was sent, and parks the rest", async () => {
    const events = Array.from({ length: 60 }, (_, n) =>
      aMovementEvent({ sku: SKUS[n % SKUS.length], quantity: 1 + (n % 3) }),
    );
    const pieces = events.reduce((sum, { data }) => sum + Number(data["quantity"]), 0);
    const bad = [
      { key: "TEA", body: "{not json" },
      ...sent([
        aMovementEvent({ sku: "NONE" }),
        aMovementEvent({}, { type: "stockline.other" }),
        { ...aMovementEvent({ quantity: 999 }), id: events[0]?.id ?? "" },
      ]),
    ];
    // Each three times, in another order: what is sent first under an id decides it, so first come the events themselves.
    await broker.send(sent(events));
    const consumers = [broker.consume("one"), broker.consume("two")];
    await settled("the first delivery", pieces);
    await broker.send(random.shuffle([...sent(events), ...bad, ...sent(events)]));
    await waitFor(
      "the letters",
      async () => (await count("select count(*) as n from dead_letters")) >= bad.length,
      { timeoutMs: 60_000, intervalMs: 50 },
    );
    // One more event shows that all before it were read: it is behind them in every shard.
    const last = SKUS.map((sku) => aMovementEvent({ sku, quantity: 100 }));
    await broker.send(sent(last));
    await settled("what comes behind the bad ones", pieces + 300);
    await Promise.all(consumers.map((consumer) => consumer.stop()));

    const { rows } = await stage.context.db.query<{ code: string; origin: string }>({
      text: "select code, origin from dead_letters order by code",
    });
    const codes = ["id_reused", "json_malformed", "unknown_sku", "unknown_type"];
    expect(rows).toEqual(codes.map((code) => ({ code, origin: broker.origin })));
    expect(await count("select count(*) as n from movement_outcomes")).toBe(events.length + 3);
    await expectSoundLedger(stage.context.db);
  });

  test("goes on where it stopped, also with another consumer", async () => {
    const before = await onHand();
    await broker.send(sent([aMovementEvent({ quantity: 7 })]));
    const consumer = broker.consume("three");
    await settled("what was sent while nobody read", before + 7);
    await consumer.stop();
    expect(await count("select count(*) as n from dead_letters")).toBe(4);
  });
});
