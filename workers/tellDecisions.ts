/** What every batch is followed by in this process: caches, publishers and figures hear of it, and the horizon follows. */
import { setTimeout as pause } from "node:timers/promises";
import { type AfterDecisions, advanceHorizon, noteDecisions } from "../pipelines/apply/index.ts";
import { announceEvents } from "../pipelines/events/index.ts";
import { countRevenue } from "../pipelines/figures/index.ts";
import { createLevelCache } from "../pipelines/stock/index.ts";
import type { Context } from "../platform/context.ts";
import type { DbPool } from "../platform/postgres.ts";

/** While movements are decided the horizon follows them at this distance. */
const HORIZON_MS = 200;

/** Starts telling; stop it after whoever decides. */
export function startTellingDecisions(
  context: Pick<Context, "db" | "redis" | "cacheRedis" | "config" | "log" | "metrics">,
): {
  readonly tell: AfterDecisions;
  stop(): Promise<void>;
} {
  const { db, redis, cacheRedis, config, metrics } = context;
  const levels = createLevelCache(cacheRedis, config.REDIS_PREFIX, metrics);
  const revenue = countRevenue(context);
  const horizon = followDecisions(db);
  const tell = noteDecisions(metrics, ({ batch }) => {
    if (batch !== undefined) revenue.note(batch.issued);
    void levels.invalidate(batch?.changedLevels ?? []);
    void announceEvents(redis, config.REDIS_PREFIX);
    horizon.follow();
  });
  return {
    tell,
    stop: async () => {
      await horizon.stop();
      await revenue.stop();
    },
  };
}

/** Moves the horizon some time after something was decided; at rest nothing is asked. */
function followDecisions(db: DbPool): { follow(): void; stop(): Promise<void> } {
  let following: Promise<void> | undefined;
  const advance = async (): Promise<void> => {
    await pause(HORIZON_MS);
    await advanceHorizon(db).catch(() => undefined); // the sweep does it as well
    following = undefined;
  };
  return {
    follow: () => {
      following ??= advance();
    },
    stop: async () => following,
  };
}
