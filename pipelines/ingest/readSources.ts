/** The sources as they are shown: their places by shard, and how many letters of each wait for somebody. */
import type { Db } from "../../platform/postgres.ts";
import { type SourceRow, sourcesRead } from "./queries/checkpoints.ts";
import { deadLettersParked } from "./queries/deadLetters.ts";

/** Reads every source that keeps a place here or has parked letters. */
export async function readSources(db: Db) {
  const [rows, parked] = await Promise.all([sourcesRead(db), deadLettersParked(db)]);
  const letters = new Map(parked.map(({ origin, letters: count }) => [origin, count]));
  const names = new Set([...rows.map(({ source }) => source), ...letters.keys()]);
  return [...names].sort().map((source) => ({
    source,
    shards: rows.filter((row) => row.source === source).map(showShard),
    parked_letters: letters.get(source) ?? 0,
  }));
}

function showShard(row: SourceRow) {
  return {
    shard: row.shard,
    checkpoint: row.checkpoint,
    owner: row.lease_owner,
    drained: row.drained_at !== null,
    lag_seconds: row.lag_ms === null ? null : row.lag_ms / 1_000,
    updated_at: row.updated_at.toISOString(),
  };
}
