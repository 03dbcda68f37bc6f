/** A sound ledger verifies without a difference; each way of tampering is found, by name and place. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { appendToInbox, hashMovementBody } from "../../../pipelines/intake/index.ts";
import { verifyLedger } from "../../../pipelines/verify/index.ts";
import type { SeededItem } from "../../support/catalogue.ts";
import { createReorderStage } from "../../support/reorderStage.ts";

type Stage = Awaited<ReturnType<typeof createReorderStage>>;

describe("verifyLedger", () => {
  let stage: Stage;
  let admin: pg.Client;
  let item: SeededItem;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    stage = await createReorderStage();
    item = await stage.item("A");
    await fill();
  });
  afterAll(() => stage.close());
  // Whoever tampers is the superuser, with the triggers off; each test undoes its own harm.
  beforeEach(async () => {
    admin = new pg.Client({ connectionString: stage.database.adminUrl });
    await admin.connect();
    await admin.query("set session_replication_role = replica");
  });
  afterEach(() => admin.end());

  /** Receipts with all their fields, an issue, a transfer, a rejection, and one movement left undone. */
  const fill = async (): Promise<void> => {
    const command = (given: { type: "receipt" | "issue" | "transfer"; quantity: string }) => {
      const fields = {
        ...given,
        itemId: item.id,
        warehouseId: stage.warehouseId,
        toWarehouseId: given.type === "transfer" ? stage.otherWarehouseId : null,
        unitCost: given.type === "receipt" ? "2.5" : null,
        currency: given.type === "receipt" ? "EUR" : null,
        expectedVersion: null,
        reason: "größer | als 'sonst'",
        referenceType: "sales_order",
        referenceId: "SO-1",
      };
      return {
        ...fields,
        id: randomUUID(),
        lane: item.lane,
        bodyHash: hashMovementBody({ ...fields, occurredAt: null }),
        source: "api" as const,
        sourceId: null,
        actor: "tester",
        occurredAt: new Date(),
      };
    };
    await appendToInbox(stage.db, [
      command({ type: "receipt", quantity: "10.5" }),
      command({ type: "issue", quantity: "3" }),
      command({ type: "transfer", quantity: "2.0001" }),
      command({ type: "issue", quantity: "1000" }),
    ]);
    await drainLanes(stage.db, { lanes: [item.lane], rowsMax: 100 });
    await appendToInbox(stage.db, [command({ type: "receipt", quantity: "1" })]);
  };
  const verify = () => verifyLedger(stage.db, signal);
  /** Does harm, verifies, undoes it; answers the checks that saw it. */
  const seenAfter = async (harm: string, undo: string): Promise<string[]> => {
    await admin.query(harm);
    const { differences, difference_count: count } = await verify();
    await admin.query(undo);
    expect(count).toBe(differences.length);
    return [...new Set(differences.map((difference) => difference.check))].sort();
  };

  test("a sound ledger has no difference, and everything in it was checked", async () => {
    expect(await verify()).toEqual({
      checked: { entries: 4, levels: 2, outcomes: 4, inbox: 5, undone: 1, events: 5 },
      difference_count: 0,
      differences: [],
    });
  });

  test("an empty ledger has no difference", async () => {
    const empty = await createReorderStage();
    expect(await verifyLedger(empty.db, signal)).toMatchObject({
      checked: { entries: 0, levels: 0 },
      differences: [],
    });
    await empty.close();
  });

  test("a changed level is named with the sum of its entries", async () => {
    await admin.query("update stock_levels set on_hand = on_hand + 1 where warehouse_id = $1", [
      stage.otherWarehouseId,
    ]);
    const { differences } = await verify();
    await admin.query("update stock_levels set on_hand = on_hand - 1 where warehouse_id = $1", [
      stage.otherWarehouseId,
    ]);
    expect(differences).toEqual([
      {
        check: "level_sum",
        sku: "A",
        warehouse: "SOUTH",
        movement_id: null,
        lane: item.lane,
        expected: "2.0001",
        found: "3.0001",
      },
    ]);
  });

  test.each([
    [
      "quantity = quantity + 1",
      "quantity = quantity - 1",
      ["entry_balance", "entry_hash", "level_sum"],
    ],
    [
      "balance_after = balance_after + 1",
      "balance_after = balance_after - 1",
      ["entry_balance", "entry_hash", "outcome_entry"],
    ],
    ["actor = 'somebody'", "actor = 'tester'", ["entry_hash"]],
    ["reason = 'x'", "reason = 'größer | als ''sonst'''", ["entry_hash"]],
    ["unit_cost = 3", "unit_cost = 2.5", ["entry_hash"]],
    [
      "recorded_at = recorded_at + interval '1 ms'",
      "recorded_at = recorded_at - interval '1 ms'",
      ["entry_hash"],
    ],
    [
      "occurred_at = occurred_at - interval '1 ms'",
      "occurred_at = occurred_at + interval '1 ms'",
      ["entry_hash"],
    ],
    ["position = position + 100", "position = position - 100", ["entry_event"]],
  ])("an entry with %s is found", async (set, unset, checks) => {
    const where = "where type = 'receipt'";
    const harm = `update stock_movements set ${set} ${where}`;
    expect(await seenAfter(harm, `update stock_movements set ${unset} ${where}`)).toEqual(checks);
  });

  test("a changed hash breaks the link to the entry after it", async () => {
    const flip =
      "update stock_movements set hash = set_byte(hash, 0, get_byte(hash, 0) # 255) where type = 'receipt'";
    expect(await seenAfter(flip, flip)).toEqual(["entry_hash", "entry_link"]);
  });

  test.each([
    [
      "the first entry",
      "type = 'receipt'",
      [
        "entry_balance",
        "entry_event",
        "entry_link",
        "entry_version",
        "level_sum",
        "level_version",
        "outcome_entry",
      ],
    ],
    [
      "the last entry",
      "type = 'transfer' and quantity < 0",
      ["entry_event", "level_hash", "level_sum", "level_version", "outcome_entry"],
    ],
  ])("a ledger without %s is found", async (_name, where, checks) => {
    await admin.query(`create table kept as select * from stock_movements where ${where}`);
    const harm = `delete from stock_movements where ${where}`;
    const undo = "insert into stock_movements select * from kept";
    expect(await seenAfter(harm, undo)).toEqual(checks);
    await admin.query("drop table kept");
  });

  test("an outcome that is lost is missed by its entry and by its accepted id", async () => {
    await admin.query("update lanes set low_water = (select max(seq) - 1 from movement_inbox)");
    await admin.query(
      "create table kept as select o.* from movement_outcomes o where status = 'applied'",
    );
    const harm = "delete from movement_outcomes where status = 'applied'";
    const undo = "insert into movement_outcomes select * from kept";
    expect(await seenAfter(harm, undo)).toEqual(["accepted_outcome", "entry_outcome"]);
    await admin.query("drop table kept");
  });

  test("an accepted body that is not the decided one is found", async () => {
    const flip =
      "update movement_inbox i set body_hash = set_byte(i.body_hash, 0, get_byte(i.body_hash, 0) # 255) from movement_outcomes o where o.id = i.id";
    expect(await seenAfter(flip, flip)).toEqual(["accepted_body"]);
  });

  test("an event that is lost leaves an entry without one and a gap in its lane", async () => {
    await admin.query("create table kept as select * from events where position = 1");
    const undo = "insert into events select * from kept";
    expect(await seenAfter("delete from events where position = 1", undo)).toEqual([
      "entry_event",
      "event_positions",
    ]);
    await admin.query("drop table kept");
  });

  test("more differences than are listed are counted", async () => {
    const empty = await createReorderStage();
    await empty.db.query("update lanes set next_position = 3");
    const { difference_count: count, differences } = await verifyLedger(empty.db, signal);
    expect([count, differences.length]).toEqual([272, 100]);
    await empty.close();
  });
});
