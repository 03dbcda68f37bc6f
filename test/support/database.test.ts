/** Test databases, the PostGIS server, and the waiting that tests do. */
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { createTestDatabase } from "./database.ts";
import { startPostgis } from "./postgis.ts";
import { waitFor } from "./waitFor.ts";

test("a file's databases are migrated clones, also when many are made at once", async () => {
  const databases = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase()));
  for (const database of databases) {
    const client = new pg.Client({ connectionString: database.writerUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public'",
    );
    await client.end();
    expect(rows.map((row) => row.name)).toContain("stock_movements");
    await database.drop();
  }
});

test("the PostGIS server measures on the globe", async ({ skip }) => {
  const postgis = await startPostgis();
  if (postgis === undefined) return skip("PostGIS is not installed");
  onTestFinished(() => postgis.stop());
  const client = new pg.Client({ connectionString: postgis.adminUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("create extension postgis");
  const { rows } = await client.query<{ metres: number }>(
    "select st_distance('point(0 0)'::geography, 'point(0 1)'::geography) as metres",
  );
  expect(rows[0]?.metres).toBeCloseTo(110_574, -1);
});

test("waitFor answers what the probe found, and takes a throwing probe for not yet", async () => {
  let calls = 0;
  const found = await waitFor("the third call", () => {
    calls += 1;
    if (calls === 1) throw new Error("too early");
    return calls === 3 ? "here" : undefined;
  });
  expect(found).toBe("here");
});

test("waitFor says at its deadline what it waited for and what it saw last", async () => {
  const waiting = waitFor(
    "a parcel",
    () => {
      throw new Error("the door is shut");
    },
    { timeoutMs: 30, intervalMs: 10 },
  );
  await expect(waiting).rejects.toThrow(/^Waited 30 ms for a parcel; saw last: .*the door is shut/);
});
