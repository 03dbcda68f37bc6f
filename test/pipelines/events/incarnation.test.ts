/** A database that was restored, promoted or copied elsewhere begins a new incarnation before anything else is written to it. */
import pg from "pg";
import { expect, test } from "vitest";
import { announceRestore, appendEvents } from "../../../pipelines/events/index.ts";
import { newId } from "../../../platform/clock.ts";
import { createPool, type DbPool, inTransaction } from "../../../platform/postgres.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();

function aPool(max: number): DbPool {
  const url = own.database.writerUrl;
  return createPool({ url, applicationName: "test", max, role: "stockline_writer" });
}

/** As if the log had been written by another cluster, or before a promotion. */
async function comeFrom(set: string): Promise<void> {
  const admin = new pg.Client({ connectionString: own.database.adminUrl });
  await admin.connect();
  await admin.query(`update database_incarnation set ${set}`);
  await admin.end();
}

async function append(db: DbPool): Promise<number> {
  const entityId = newId();
  await inTransaction(db, (tx) =>
    appendEvents(tx, [{ type: "item.updated", entityId, subject: "items/A", data: {} }]),
  );
  const { rows } = await db.query<{ incarnation: number }>(
    "select incarnation from events where partition_key = $1",
    [entityId],
  );
  return rows[0]?.incarnation ?? 0;
}

async function onNewConnections<T>(body: (db: DbPool) => Promise<T>, max = 1): Promise<T> {
  const db = aPool(max);
  try {
    return await body(db);
  } finally {
    await db.end();
  }
}

test("where nothing happened the incarnation stays, and nothing is told", async () => {
  expect(await onNewConnections(append)).toBe(1);
  expect(await announceRestore(own.db)).toBeUndefined();
});

test.each([
  ["another cluster", "system_identifier = system_identifier + 1"],
  ["an earlier timeline", "timeline = timeline + 1"],
])(
  "events of a log from %s get a higher incarnation from the first on, told once",
  async (_, set) => {
    const before = await onNewConnections(append);
    await comeFrom(set);
    const after = await onNewConnections(append);
    expect(after).toBeGreaterThan(before);
    expect(await onNewConnections(append)).toBe(after);
    expect(await announceRestore(own.db)).toMatchObject({ incarnation: after });
    expect(await announceRestore(own.db)).toBeUndefined();
    const { rows } = await own.db.query(
      "select data ->> 'incarnation' as told from events where type = 'stockline.database.restored' and incarnation = $1",
      [after],
    );
    expect(rows).toEqual([{ told: String(after) }]);
  },
);

test("many connections that come at once agree on one", async () => {
  await comeFrom("timeline = timeline + 1");
  const seen = await onNewConnections(
    (db) => Promise.all(Array.from({ length: 8 }, () => append(db))),
    8,
  );
  expect(new Set(seen).size).toBe(1);
});

test("the working role can neither set the number nor call it told away from the log", async () => {
  await expect(own.db.query("update database_incarnation set incarnation = 7")).rejects.toThrow(
    /permission denied/,
  );
});
