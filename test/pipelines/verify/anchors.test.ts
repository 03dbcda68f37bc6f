/** Anchors: what was rewritten so that every hash is right again is found by what lies outside the database. */
import { beforeEach, describe, expect, test } from "vitest";
import { hashEntry } from "../../../pipelines/apply/hashChain.ts";
import { seedItems } from "../../support/catalogue.ts";
import { createVerifyStage, fillLedger, type VerifyStage } from "../../support/verifyStage.ts";

const AWAY = {
  get: () => Promise.reject(new Error("away")),
  putText: () => Promise.reject(new Error("away")),
  list: () => Promise.reject(new Error("away")),
};

describe("anchors", () => {
  let stage: VerifyStage;

  beforeEach(async () => {
    stage = await createVerifyStage();
    return () => stage.close();
  });

  const checksOf = async (...args: Parameters<VerifyStage["verify"]>): Promise<string[]> => {
    const { differences } = await stage.verify(...args);
    return [...new Set(differences.map(({ check }) => check))].sort();
  };
  const receive = async (count: number) => {
    await stage.accept(stage.items.plain, Array(count).fill({ type: "receipt" }));
    await stage.drain();
  };

  interface Entry {
    readonly movement_id: string;
    readonly type: string;
    readonly quantity: string;
    readonly balance_after: string;
    readonly version: number;
    readonly occurred: string;
    readonly recorded: string;
  }

  /** Says that somebody else did it all, and hashes the level anew, with the level and the inbox to match. */
  const rewriteChain = async (actor: string): Promise<void> => {
    const { rows } = await stage.admin.query<Entry>(
      `select movement_id, type, quantity::text, balance_after::text, version::int as version,
         (extract(epoch from occurred_at) * 1000)::bigint::text as occurred,
         (extract(epoch from recorded_at) * 1000)::bigint::text as recorded
       from stock_movements order by version`,
    );
    let hash = "";
    for (const entry of rows) {
      const previous = hash;
      hash = hashEntry(previous, {
        movementId: entry.movement_id,
        type: entry.type,
        itemId: stage.items.plain.id,
        warehouseId: stage.main,
        quantity: entry.quantity,
        balanceAfter: entry.balance_after,
        version: entry.version,
        unitCost: null,
        counterpartWarehouseId: null,
        reason: null,
        referenceType: null,
        referenceId: null,
        actor,
        occurredAtMs: Number(entry.occurred),
        recordedAtMs: Number(entry.recorded),
        more: null,
      });
      await stage.admin.query(
        `update stock_movements set actor = $2, previous_hash = decode($3, 'hex'), hash = decode($4, 'hex')
         where movement_id = $1`,
        [entry.movement_id, actor, previous, hash],
      );
    }
    await stage.admin.query("update stock_levels set last_hash = decode($1, 'hex')", [hash]);
    await stage.admin.query("update movement_inbox set actor = $1", [actor]);
  };
  /** Makes the database's own marks and anchor agree with the ledger. */
  const rewriteMarks = async (): Promise<void> => {
    await stage.admin.query("update ledger_marks k set hash = s.last_hash from stock_levels s");
    await stage.admin.query(
      `update ledger_anchors set root = sha256(convert_to(format(e'%s 1 %s %s\\n', k.lane, k.version, encode(sha256(
         uuid_send(item_id) || uuid_send(warehouse_id) || int8send(version) || hash || int8send(-1)), 'hex')), 'UTF8'))
       from ledger_marks k`,
    );
  };

  test("a chain that was rewritten whole hashes rightly, but not to its anchor", async () => {
    await receive(3);
    await rewriteChain("somebody");
    expect(await checksOf()).toEqual([]); // nothing was anchored yet
    await rewriteChain("nobody");
    expect(await checksOf()).toEqual(["anchor_entry", "level_hash"]);
    expect(await checksOf("incremental")).toEqual(["anchor_entry", "level_hash"]);
  });

  test("with the marks and the anchors of the database rewritten too, the bucket still knows", async () => {
    await receive(3);
    await stage.verify();
    await rewriteChain("nobody");
    await rewriteMarks();
    expect(await checksOf("full", { bucket: AWAY })).toEqual([]);
    for (const mode of ["full", "incremental"] as const) {
      expect(await stage.verify(mode)).toMatchObject({
        differences: [{ check: "anchor_object" }, { check: "anchor_digest" }],
        anchor: { compared: 1, outside: "differs", made: null },
      });
    }
  });

  test("a database that was set back to an earlier anchor is found", async () => {
    await receive(1);
    await stage.verify();
    const tables = ["ledger_anchors", "ledger_marks", "ledger_marks_state"];
    for (const table of tables) {
      await stage.admin.query(`create table kept_${table} as select * from ${table}`);
    }
    await receive(2);
    expect((await stage.verify("incremental")).anchor.made).toBe(2);
    for (const table of tables) {
      await stage.admin.query(`delete from ${table}`);
      await stage.admin.query(`insert into ${table} select * from kept_${table}`);
    }
    expect(await checksOf()).toEqual(["anchor_unknown"]);
  });

  test("an anchor whose object is gone or was changed is found", async () => {
    await receive(1);
    await stage.verify();
    const { rows } = await stage.db.query<{ key: string }>(
      "select object_key as key from ledger_anchors",
    );
    const key = rows[0]?.key ?? "";
    await stage.storage.putText(key, "{}", "application/json");
    expect(await checksOf()).toEqual(["anchor_object"]);
    await stage.storage.remove(key);
    expect(await checksOf("incremental")).toEqual(["anchor_missing"]);
  });

  test("a bucket that is away is told and fails nothing; nothing counts as anchored until it is back", async () => {
    await receive(2);
    const away = { outside: "unreachable", made: null };
    expect(await stage.verify("full", { bucket: AWAY })).toMatchObject({
      difference_count: 0,
      anchor: { compared: null, ...away },
    });
    await stage.verify();
    await receive(2);
    expect(await stage.verify("incremental", { bucket: AWAY })).toMatchObject({
      checked: { entries: 2 },
      difference_count: 0,
      anchor: { compared: 1, ...away },
    });
    expect(await stage.verify("incremental")).toMatchObject({
      checked: { entries: 2 },
      anchor: { compared: 1, outside: "same", made: 2 },
    });
  });

  test("an anchor that was announced when the process died counts if it lies outside, else it is made again", async () => {
    await receive(2);
    const lost = { ...stage.storage, putText: () => Promise.reject(new Error("cut off")) };
    expect((await stage.verify("full", { bucket: lost })).anchor).toEqual({
      compared: null,
      outside: "unreachable",
      made: null,
    });
    expect((await stage.verify()).anchor).toMatchObject({ outside: "none", made: 2 });
    await receive(2);
    const died = {
      ...stage.storage,
      putText: async (...args: Parameters<typeof stage.storage.putText>) => {
        await stage.storage.putText(...args);
        throw new Error("died before it heard of it");
      },
    };
    await stage.verify("full", { bucket: died });
    expect(await stage.verify("incremental")).toMatchObject({
      checked: { entries: 0 },
      difference_count: 0,
      anchor: { compared: 3, outside: "same", made: null },
    });
  });

  test("an incremental verification reads what is new, and a full one is the first", async () => {
    await fillLedger(stage);
    expect(await stage.verify("incremental")).toMatchObject({ mode: "full", anchor: { made: 1 } });
    await receive(3);
    const [other] = await seedItems(stage.db, ["LATER"]);
    if (other === undefined) throw new Error("no item");
    await stage.accept(other, [
      { type: "receipt" },
      { type: "issue", quantity: "9" },
      { type: "transfer", toWarehouseId: stage.south },
    ]);
    await stage.drain();
    for (const chunkRows of [1, 2, 50]) {
      expect(await stage.verify("incremental", { chunkRows, bucket: AWAY })).toMatchObject({
        mode: "incremental",
        // the movement that was left undone is decided with them
        checked: { entries: 7, outcomes: 7, events: 8 },
        difference_count: 0,
      });
    }
    expect((await stage.verify("incremental")).anchor).toMatchObject({ compared: 1, made: 2 });
    expect((await stage.verify()).difference_count).toBe(0);
  });

  test("an incremental verification finds harm to what is new and to every level, a full one also to what is old", async () => {
    await receive(3);
    await stage.verify();
    await stage.admin.query("delete from movement_inbox"); // as housekeeping does in time
    await receive(3);
    const harm = async (statement: string, undo: string) => {
      await stage.admin.query(statement);
      const seen = [
        await checksOf("incremental", { bucket: AWAY }),
        await checksOf("full", { bucket: AWAY }),
      ];
      await stage.admin.query(undo);
      return seen;
    };
    const actorOf = (version: number, actor: string) =>
      `update stock_movements set actor = '${actor}' where version = ${version}`;
    expect(await harm(actorOf(5, "x"), actorOf(5, "tester"))).toEqual([
      ["accepted_content", "entry_hash"],
      ["accepted_content", "entry_hash"],
    ]);
    expect(await harm(actorOf(2, "x"), actorOf(2, "tester"))).toEqual([[], ["entry_hash"]]);
    const onHand = (by: number) => `update stock_levels set on_hand = on_hand + ${by}`;
    expect(await harm(onHand(1), onHand(-1))).toEqual([["level_sum"], ["level_sum"]]);
    const [since, all] = await harm("delete from stock_movements where version = 6", "select 1");
    expect(since).toEqual(expect.arrayContaining(["event_entry", "level_version"]));
    expect(all).toEqual(expect.arrayContaining(["event_entry", "level_version", "outcome_entry"]));
  });
});
