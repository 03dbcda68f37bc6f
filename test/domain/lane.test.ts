/** Lanes are fixed for ever: golden vectors, and the same answer from SQL. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { laneOfEntity, laneOfItem } from "../../domain/lane.ts";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const GOLDEN: readonly (readonly [id: string, lane: number, entityLane: number])[] = [
  ["00000000-0000-0000-0000-000000000000", 55, 263],
  ["ffffffff-ffff-ffff-ffff-ffffffffffff", 90, 266],
  ["0190163d-8694-739b-aea5-966c26f8ad91", 39, 263],
];

let database: TestDatabase;
let db: DbPool;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createPool({
    url: database.writerUrl,
    applicationName: "test",
    max: 2,
    role: "stockline_writer",
  });
});
afterAll(async () => {
  await db.end();
  await database.drop();
});

test.each(GOLDEN)(
  "%s is in lane %i, its entity events in %i, here and in SQL",
  async (id, lane, entityLane) => {
    const { rows } = await db.query<{ lane: number; entity_lane: number }>(
      "select lane_of($1::uuid) as lane, entity_lane_of($1::uuid) as entity_lane",
      [id],
    );
    expect([laneOfItem(id), laneOfEntity(id)]).toEqual([lane, entityLane]);
    expect(rows[0]).toEqual({ lane, entity_lane: entityLane });
  },
);
