/**
 * Tells the event log that the database began a new incarnation (a restore, a promoted standby), so that every sink hears of it. The
 * number itself was changed by the first connection that wrote (notice_restore in migration 0042); this may come later, once.
 */
import { deriveId } from "../../domain/deriveId.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "./appendEvents.ts";
import { incarnationUntold } from "./queries.ts";

/** The database is an entity with one id in all its lives. */
const DATABASE_ID = deriveId("the database");

/** A new incarnation that the log did not tell of yet; undefined where there is none. */
export function announceRestore(
  db: DbPool,
): Promise<{ readonly incarnation: number; readonly began_at: Date } | undefined> {
  return inTransaction(db, async (tx) => {
    const untold = await incarnationUntold(tx);
    if (untold === undefined) return undefined;
    const { incarnation, began_at: beganAt } = untold;
    await appendEvents(tx, [
      {
        type: "database.restored",
        entityId: DATABASE_ID,
        subject: "database",
        data: { incarnation, began_at: beganAt.toISOString() },
      },
    ]);
    return untold;
  });
}
