/** A sound ledger verifies without a difference, in both modes and whatever the chunks; what was taken away or made up is found. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyLedger } from "../../../pipelines/verify/index.ts";
import { createVerifyStage, fillLedger, type VerifyStage } from "../../support/verifyStage.ts";

const CHECKED = {
  ...{ entries: 30, levels: 6, outcomes: 26, inbox: 27, undone: 2, set_aside: 1, events: 31 },
  ...{ lots: 7, reservations: 2, transits: 3, reversals: 2, audit: expect.any(Number) },
};

describe("verifyLedger", () => {
  let stage: VerifyStage;

  beforeAll(async () => {
    stage = await createVerifyStage();
    await fillLedger(stage);
  });
  afterAll(() => stage.close());

  /** Does harm as the superuser, looks, and puts the tables back as they were; answers the checks that saw it. */
  const seenAfter = async (tables: readonly string[], ...harm: string[]): Promise<string[]> => {
    for (const table of tables) {
      await stage.admin.query(`create table kept_${table} as select * from ${table}`);
    }
    for (const statement of harm) await stage.admin.query(statement);
    const { differences, difference_count: count } = await stage.verify();
    for (const table of tables) {
      await stage.admin.query(`delete from ${table}`);
      await stage.admin.query(
        `insert into ${table} overriding system value select * from kept_${table}`,
      );
      await stage.admin.query(`drop table kept_${table}`);
    }
    expect(count).toBe(differences.length);
    return [...new Set(differences.map((difference) => difference.check))].sort();
  };

  test("a sound ledger has no difference, everything in it was checked, and it is anchored", async () => {
    expect(await stage.verify()).toEqual({
      mode: "full",
      checked: CHECKED,
      difference_count: 0,
      differences: [],
      anchor: { compared: null, outside: "none", made: 1 },
    });
    expect(await stage.verify()).toMatchObject({
      checked: CHECKED,
      difference_count: 0,
      anchor: { compared: 1, outside: "same", made: null },
    });
  });

  test.each([1, 2, 7])("chunks of %i rows come to the same", async (chunkRows) => {
    expect(await stage.verify("full", { chunkRows })).toMatchObject({
      checked: CHECKED,
      differences: [],
    });
  });

  test("an empty ledger has no difference", async () => {
    const empty = await createVerifyStage();
    for (const mode of ["full", "incremental"] as const) {
      expect(await empty.verify(mode)).toMatchObject({
        checked: { entries: 0, levels: 0 },
        difference_count: 0,
      });
    }
    await empty.close();
  });

  test("a changed level is named with what its entries come to", async () => {
    const where = `where warehouse_id = '${stage.south}' and item_id = '${stage.items.plain.id}'`;
    await stage.admin.query(`update stock_levels set on_hand = on_hand + 1 ${where}`);
    const { differences } = await stage.verify();
    await stage.admin.query(`update stock_levels set on_hand = on_hand - 1 ${where}`);
    const place = { sku: "PLAIN", warehouse: "SOUTH", lane: stage.items.plain.lane };
    expect(differences.map(({ movement_id: _id, ...rest }) => rest)).toEqual([
      { check: "level_sum", ...place, expected: "5.0001", found: "6.0001" },
      { check: "level_sum", ...place, expected: "5.0001", found: "6.0001" }, // by the mark, and by the entry
    ]);
  });

  test.each([
    [
      "the first entry",
      "type = 'receipt' and version = 1",
      [
        "accepted_entry",
        "entry_balance",
        "entry_link",
        "entry_version",
        "event_entry",
        "outcome_entry",
      ],
    ],
    [
      "the last entry",
      "(item_id, warehouse_id, version) in (select item_id, warehouse_id, version from stock_levels)",
      ["anchor_entry", "event_entry", "level_sum", "level_version", "outcome_entry"],
    ],
    ["any entry", "true", ["event_entry", "level_version", "outcome_entry"]],
  ])("a ledger without %s is found", async (_name, where, checks) => {
    const seen = await seenAfter(["stock_movements"], `delete from stock_movements where ${where}`);
    expect(seen).toEqual(expect.arrayContaining(checks));
  });

  test("entries, events and outcomes that are lost together are found by the level and the counters", async () => {
    const tail = "(select item_id, warehouse_id, version from stock_levels)";
    const seen = await seenAfter(
      ["stock_movements", "events", "movement_outcomes", "movement_inbox"],
      `delete from events v using stock_movements m
       where (m.item_id, m.warehouse_id, m.version) in ${tail} and v.lane = m.lane and v.position = m.position`,
      `delete from movement_outcomes where (item_id, warehouse_id, version) in ${tail}`,
      "delete from movement_inbox i where not exists (select from movement_outcomes o where o.id = i.id)",
      `delete from stock_movements where (item_id, warehouse_id, version) in ${tail}`,
    );
    expect(seen).toEqual(
      expect.arrayContaining(["anchor_entry", "event_positions", "level_version"]),
    );
  });

  test("an entry twice, with a level of its own or none, is found", async () => {
    const copy = (columns: string) =>
      `insert into stock_movements select (m).* from (select jsonb_populate_record(m, '${columns}') as m
       from stock_movements m where type = 'scrap') c`;
    expect(await seenAfter(["stock_movements"], copy('{"version": 1000}'))).toContain(
      "entry_version",
    );
    const elsewhere = copy('{"item_id": "00000000-0000-0000-0000-000000000000"}');
    expect(await seenAfter(["stock_movements"], elsewhere)).toContain("level_version");
    const last = copy('{"item_id": "ffffffff-ffff-ffff-ffff-ffffffffffff"}');
    expect(await seenAfter(["stock_movements"], last)).toContain("level_version");
  });

  test("a level that is lost is missed by its entries", async () => {
    const seen = await seenAfter(["stock_levels"], "delete from stock_levels");
    expect(seen).toEqual(
      expect.arrayContaining([
        "level_lots",
        "level_reservations",
        "level_transits",
        "level_version",
      ]),
    );
  });

  test.each([
    ["movement_outcomes", "status = 'applied'", ["accepted_outcome", "entry_outcome"]],
    ["movement_outcomes", "status = 'rejected'", ["accepted_outcome", "event_outcome"]],
    ["events", "position = 1", ["entry_event", "event_positions"]],
    ["events", "type = 'stockline.movement.rejected'", ["event_positions", "outcome_event"]],
    ["lot_balances", "true", ["level_lots", "lot_reserved", "lot_sum"]],
    ["lots", "true", ["lot_item"]],
    ["reservations", "true", ["level_reservations", "lot_reserved", "reservation_entries"]],
    ["transits", "true", ["level_transits", "transit_entries"]],
    ["reversals", "true", ["reversal_entries", "reversal_sum"]],
    ["ledger_marks", "true", ["anchor_digest"]],
  ])("lost rows of %s (%s) are found", async (table, where, checks) => {
    expect(await seenAfter([table], `delete from ${table} where ${where}`)).toEqual(checks);
  });

  test.each([
    [
      "reservations",
      `insert into reservations (id, item_id, warehouse_id, quantity, open_quantity)
       select gen_random_uuid(), item_id, warehouse_id, 1, 1 from stock_levels limit 1`,
      ["level_reservations", "reservation_entries"],
    ],
    [
      "lot_balances",
      `insert into lot_balances (lot_id, warehouse_id, item_id, on_hand, updated_at)
       select gen_random_uuid(), warehouse_id, item_id, 1, now() from lot_balances limit 1`,
      ["level_lots", "lot_sum"],
    ],
    [
      "movement_outcomes",
      `insert into movement_outcomes select gen_random_uuid(), body_hash, status, code, detail, item_id, warehouse_id, 999, 1,
         source_id, decided_at from movement_outcomes where status = 'applied' limit 1`,
      ["outcome_entry"],
    ],
    [
      "stock_levels",
      `insert into stock_levels (item_id, warehouse_id, lane, version, on_hand, updated_at)
       select gen_random_uuid(), warehouse_id, 0, 1, 5, now() from stock_levels limit 1`,
      ["level_lane", "level_version"],
    ],
  ])("a row of %s that was made up is found", async (table, harm, checks) => {
    expect(await seenAfter([table], harm)).toEqual(expect.arrayContaining(checks));
  });

  test("an id that is both in the inbox and set aside, or set aside and decided, is found", async () => {
    const aside = `insert into set_aside_movements (id, lane, body_hash, movement, error)
      select id, lane, body_hash, to_jsonb(i), 'x' from movement_inbox i order by seq limit 1`;
    expect(await seenAfter(["set_aside_movements"], aside)).toEqual([
      "accepted_twice",
      "set_aside_outcome",
    ]);
  });

  test("more differences than are listed are counted", async () => {
    const empty = await createVerifyStage();
    await empty.db.query("update lanes set next_position = 3");
    const { difference_count: count, differences } = await empty.verify();
    expect([count, differences.length]).toEqual([272, 100]);
    await empty.close();
  });

  test("it stops between two chunks when it is told to, and the next one is not held up", async () => {
    const { db, storage } = stage;
    const stop = new AbortController();
    const stopped = verifyLedger(
      { db, storage },
      {
        mode: "full",
        chunkRows: 1,
        signal: stop.signal,
        onProgress: () => stop.abort(new Error("the process stops")),
      },
    );
    await expect(stopped).rejects.toThrow("the process stops");
    expect((await stage.verify()).difference_count).toBe(0);
  });

  test("verifications at the same time are one after the other", async () => {
    const both = await Promise.all([stage.verify(), stage.verify("incremental")]);
    expect(both.map((found) => found.difference_count)).toEqual([0, 0]);
  });
});
