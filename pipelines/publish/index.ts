/** Publishing: carries the event log to the sinks, each at its own pace, and lets an operator see and set back their places. */
import { NotFoundError } from "../../domain/errors.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { sinkCursorsRewind, sinkLock } from "./queries.ts";

export { type SinkRow, sinksRead } from "./queries.ts";
export { startPublisher } from "./startPublisher.ts";

/**
 * Sets a sink back to the first event recorded at or after the time, or to the log's beginning; answers how many events will be
 * sent again. Throws NotFoundError.
 */
export function replaySink(
  db: DbPool,
  args: { readonly name: string; readonly from: Date | "beginning" },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    if (!(await sinkLock(tx, args.name))) throw new NotFoundError("sink", args.name);
    const from = args.from === "beginning" ? "-infinity" : args.from;
    return sinkCursorsRewind(tx, { sink: args.name, from });
  });
}
