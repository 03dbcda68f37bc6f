/** Lanes are fixed for ever: golden vectors, and the same answer from SQL. */
import { beforeAll, expect, test } from "vitest";
import { laneOfEntity, laneOfItem } from "../../domain/lane.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";

const GOLDEN: readonly (readonly [id: string, lane: number, entityLane: number])[] = [
  ["00000000-0000-0000-0000-000000000000", 55, 263],
  ["ffffffff-ffff-ffff-ffff-ffffffffffff", 90, 266],
  ["0190163d-8694-739b-aea5-966c26f8ad91", 39, 263],
];

const own = useTestDatabase(2);
let db: DbPool;
beforeAll(() => {
  db = own.db;
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
