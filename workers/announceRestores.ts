/** Tells the event log of a restored database; looks now and again, since a restore need not end the process. */
import { announceRestore } from "../pipelines/events/index.ts";
import type { Context } from "../platform/context.ts";
import { repeat } from "../platform/repeat.ts";

const LOOK_MS = 10_000;

/** Starts looking; stop() ends it. */
export function startAnnounceRestoresWorker({ db, log }: Pick<Context, "db" | "log">): {
  stop(): Promise<void>;
} {
  return repeat({
    everyMs: LOOK_MS,
    what: "look for a restored database",
    log,
    run: async () => {
      const restored = await announceRestore(db);
      if (restored === undefined) return;
      log.error(
        restored,
        "the database was restored or promoted; its events have a new incarnation",
      );
    },
  });
}
