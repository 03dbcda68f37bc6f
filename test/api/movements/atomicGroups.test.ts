/** Atomic groups: lines of one request that apply together or not at all, across items, warehouses and lanes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drainLanes, lanesWithWork } from "../../../pipelines/apply/index.ts";
import { newId } from "../../../platform/clock.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";
import { waitFor } from "../../support/waitFor.ts";

let stage: MovementStage;
beforeAll(async () => {
  stage = await createMovementStage();
  for (const sku of ["BOLT", "NUT", "WASHER", "KIT"]) await stage.item(sku);
});
afterAll(() => stage.close());

const line = (type: string, sku: string, quantity: number, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity,
  ...more,
});
const group = (movements: object[], options: object = {}) =>
  stage.post({ movements, atomic: true }, options);

/** Builds a kit out of its parts. */
const build = (bolts: number) => [
  line("issue", "BOLT", bolts),
  line("issue", "NUT", bolts),
  line("issue", "WASHER", 2 * bolts, { warehouse: "B" }),
  line("receipt", "KIT", 1),
];

const onHand = async () => {
  const levels = await Promise.all([
    stage.level("BOLT"),
    stage.level("NUT"),
    stage.level("WASHER", "B"),
    stage.level("KIT"),
  ]);
  return levels.map((level) => Number(level.on_hand));
};

describe("a group", () => {
  test("applies whole, over items that lie in different lanes and warehouses", async () => {
    await stage.post({
      movements: [
        line("receipt", "BOLT", 10),
        line("receipt", "NUT", 10),
        line("receipt", "WASHER", 10, { warehouse: "B" }),
      ],
    });
    const { rows } = await stage.context.db.query("select distinct lane from inventory_items");
    expect(rows.length).toBeGreaterThan(1);
    const answer = await group(build(4));
    expect(answer.status).toBe(200);
    expect(answer.body.data.map((one: { status: string }) => one.status)).toEqual(
      Array(4).fill("applied"),
    );
    expect(await onHand()).toEqual([6, 6, 2, 1]);
    const list = await stage.request("GET", answer.body.status_url);
    expect(list.body.data).toHaveLength(4);
  });

  test("with a line that can't apply is rejected whole: that one by its code, the others by the group's", async () => {
    const before = await onHand();
    const answer = await group(build(2));
    expect(answer.body.data.map((one: { code: string }) => one.code)).toEqual([
      "atomic_group_rejected",
      "atomic_group_rejected",
      "insufficient_stock",
      "atomic_group_rejected",
    ]);
    expect(answer.body.data[2].detail).toBe("asked 4, available 2");
    expect(answer.body.data[0].detail).toMatch(/^line 3 of 4 .*insufficient_stock/);
    expect(await onHand()).toEqual(before);
  });

  test("sees what its own earlier lines did", async () => {
    const answer = await group([line("receipt", "KIT", 5), line("issue", "KIT", 6)]);
    expect(answer.body.data).toMatchObject([
      { status: "applied", balance_after: "6" },
      { status: "applied", balance_after: "0" },
    ]);
  });

  test("of one line is that line", async () => {
    expect((await group([line("receipt", "KIT", 1)])).body.data).toMatchObject([
      { status: "applied" },
    ]);
  });

  test("with a fault in one line is refused, and nothing of it is stored", async () => {
    const before = await onHand();
    const answer = await group([line("receipt", "KIT", 1), line("receipt", "NONE", 1)]);
    expect(answer).toMatchObject({ status: 422, body: { code: "unknown_sku" } });
    expect(await onHand()).toEqual(before);
  });
});

describe("a group that is sent again", () => {
  const withId = (type: string, sku: string, quantity: number) => {
    const id = newId();
    return { id, ...line(type, sku, quantity) };
  };
  const withIds = () => [withId("receipt", "KIT", 1), withId("receipt", "BOLT", 1)];

  test("is answered as it stands, by its ids and by Idempotency-Key", async () => {
    const lines = withIds();
    const first = await group(lines);
    const again = await group(lines);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const headers = { "idempotency-key": newId() };
    const keyed = await group(build(0).slice(3), { headers });
    await stage.context.db.query("delete from idempotency_keys");
    expect((await group(build(0).slice(3), { headers })).body).toEqual(keyed.body);
  });

  test("in part is 409 group_partly_known, and its new lines are not stored", async () => {
    const lines = withIds();
    await stage.post(lines[0] ?? {});
    const before = await onHand();
    const answer = await group(lines);
    expect(answer).toMatchObject({ status: 409, body: { code: "group_partly_known" } });
    expect(await onHand()).toEqual(before);
  });

  const notOneGroup = { status: 409, body: { code: "not_one_group" } };

  test("and was not sent as one group is 409 not_one_group, never half a replay", async () => {
    const lines = [withId("receipt", "KIT", 1), withId("issue", "KIT", 99_999)];
    const alone = await stage.post({ movements: lines });
    expect(alone.body.data).toMatchObject([{ status: "applied" }, { status: "rejected" }]);
    const before = await onHand();
    expect(await group(lines)).toMatchObject(notOneGroup);
    // lines of two groups are no group either
    const [one, other] = [withIds(), withIds()];
    await Promise.all([group(one), group(other)]);
    expect(await group([...one, ...other])).toMatchObject(notOneGroup);
    // when the inbox has forgotten how they came, their outcomes still tell that they were no group
    await stage.context.db.query("delete from movement_inbox where id = any($1::uuid[])", [
      [...lines, ...one].map(({ id }) => id),
    ]);
    expect(await group(lines)).toMatchObject(notOneGroup);
    expect((await group(one)).headers.get("idempotency-replayed")).toBe("true");
    expect((await onHand())[3]).toBe((before[3] ?? 0) + 2);
  });

  test("with another body for an id, or one id twice, is 422", async () => {
    const lines = withIds();
    await group(lines);
    const other = await group([lines[0] ?? {}, { ...lines[1], quantity: 2 }]);
    expect(other.body).toMatchObject({
      code: "id_reused",
      errors: [{ pointer: "/movements/1/id" }],
    });
    const id = newId();
    const twins = await group([
      line("receipt", "KIT", 1, { id }),
      line("receipt", "KIT", 1, { id }),
    ]);
    expect(twins).toMatchObject({
      status: 422,
      body: { code: "duplicate_id", errors: [{ pointer: "/movements/1/id" }] },
    });
  });
});

describe("many groups at once", () => {
  const ITEMS = 5;
  const GROUPS = 200;
  const CLIENTS = 8;
  const STOCK = 3;
  const noWait = { headers: { prefer: "" } };
  const skuAt = (nth: number) => `RING-${nth % ITEMS}`;

  /** Sends its share of the groups, each +1 and -1 on two items, and after each a single of an item of its own choice. */
  async function send(start: number): Promise<string[]> {
    const singles: string[] = [];
    for (let nth = start; nth < GROUPS; nth += CLIENTS) {
      const [from, to] = [skuAt(nth * 7), skuAt(nth * 7 + 1 + (nth % (ITEMS - 1)))];
      const pair = [line("adjustment", from, -1), line("adjustment", to, 1)];
      const accepted = await group(nth % 2 === 0 ? pair : pair.reverse(), noWait);
      expect(accepted.status).toBe(202);
      const single = await stage.post(line("adjustment", skuAt(start), 1), noWait);
      singles.push(single.body.data[0].id);
    }
    return singles;
  }

  /** Drains beside the worker, by batches of another size, until told to stop. */
  async function drain(rowsMax: number, stopped: AbortSignal): Promise<void> {
    const { db } = stage.context;
    while (!stopped.aborted) {
      const lanes = await waitFor("work, or the end", async () => {
        const found = await inTransaction(db, (tx) => lanesWithWork(tx));
        return found.length > 0 || stopped.aborted ? found : undefined;
      });
      const { joint } = await drainLanes(db, { lanes, rowsMax });
      for (const together of joint) {
        await drainLanes(db, { lanes: together, rowsMax, together: true });
      }
    }
  }

  const isEmpty = async () =>
    (await inTransaction(stage.context.db, (tx) => lanesWithWork(tx))).length === 0;

  test("over the same items end, keep the sums, and keep each client's order", async () => {
    const { db } = stage.context;
    for (let nth = 0; nth < ITEMS; nth += 1) {
      await stage.item(skuAt(nth));
      await stage.apply(line("receipt", skuAt(nth), STOCK));
    }
    const stopping = new AbortController();
    const draining = [7, 40].map((rowsMax) => drain(rowsMax, stopping.signal));
    let singles: string[][];
    try {
      singles = await Promise.all(Array.from({ length: CLIENTS }, (_, nth) => send(nth)));
      await waitFor("every movement to be decided", isEmpty, { timeoutMs: 60_000 });
    } finally {
      stopping.abort();
      await Promise.all(draining);
    }

    const levels = await Promise.all(
      Array.from({ length: ITEMS }, (_, nth) => stage.level(skuAt(nth))),
    );
    const sum = levels.reduce((total, level) => total + Number(level.on_hand), 0);
    expect(sum).toBe(ITEMS * STOCK + GROUPS);
    const { rows: groups } = await db.query<{ groups: number; torn: number; applied: number }>(
      `select count(*) as groups,
         count(*) filter (where statuses > 1 or lines <> 2) as torn,
         count(*) filter (where status = 'applied') as applied
       from (
         select count(distinct o.status) as statuses, count(*) as lines, min(o.status) as status
         from movement_inbox i
         join movement_outcomes o on o.id = i.id
         join inventory_items t on t.id = i.item_id
         where i.group_id is not null
           and t.sku like 'RING-%'
         group by i.group_id
       ) g`,
    );
    expect(groups[0]).toMatchObject({ groups: GROUPS, torn: 0 });
    expect(groups[0]?.applied).toBeGreaterThan(GROUPS / 2);
    for (const ids of singles) {
      const { rows } = await db.query<{ movement_id: string }>(
        "select movement_id from stock_movements where movement_id = any($1::uuid[]) order by version",
        [ids],
      );
      expect(rows.map((row) => row.movement_id)).toEqual(ids);
    }
  }, 120_000);
});
