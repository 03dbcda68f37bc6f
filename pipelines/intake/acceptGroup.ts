/**
 * Accepts an atomic group: all of its lines become durable, or none. A group that lies in several lanes draws its places while
 * it holds a lock of its own, so that any two groups stand in the same order in all lanes and no lanes wait for each other.
 */
import { ConflictError } from "../../domain/errors.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { type Acceptance, appendToInbox } from "./appendToInbox.ts";
import { refusal } from "./groupCommit.ts";
import { refuseApart } from "./groupRepeat.ts";
import type { MovementCommand } from "./movementCommand.ts";
import { groupOrderLock } from "./queries.ts";

/** A group without an answer after this is given up: its caller is told that nobody knows. */
const DEADLINE_MS = 10_000;

/**
 * Makes the commands, which share a groupId, durable in one transaction; answers one acceptance each, in order.
 * A group that was sent before is a repeat, all of it. Throws ConflictError where only a part of the ids is known: such a
 * group can't be applied together any more, or where all are and were not sent as one group; and UnavailableError where the database
 * did not confirm.
 */
export async function acceptGroup(
  db: DbPool,
  commands: readonly MovementCommand[],
): Promise<Acceptance[]> {
  const store = (tx: DbClient) => storeGroup(tx, commands);
  return inTransaction(db, store, { deadlineMs: DEADLINE_MS }).catch((thrown: unknown) => {
    throw refusal(thrown);
  });
}

async function storeGroup(
  tx: DbClient,
  commands: readonly MovementCommand[],
): Promise<Acceptance[]> {
  const lanes = new Set(commands.map((command) => command.lane));
  if (lanes.size > 1) await groupOrderLock(tx);
  const acceptances = await appendToInbox(tx, commands);
  const fresh = acceptances.filter((one) => one.result === "new").length;
  if (fresh > 0 && fresh < commands.length) {
    const known = acceptances.find((one) => one.result !== "new");
    throw new ConflictError({
      code: "group_partly_known",
      detail: `movement ${known?.id} of the atomic group was sent before and the rest was not; send the group with new ids`,
    });
  }
  if (fresh === 0 && acceptances.every(({ result }) => result === "repeat")) {
    refuseApart(acceptances);
  }
  return acceptances;
}

/** The groups of one process: those over several lanes one by one, so that only one of them keeps a connection waiting for the lock. */
export class GroupQueue {
  readonly #db: DbPool;
  #last: Promise<unknown> = Promise.resolve();

  constructor(db: DbPool) {
    this.#db = db;
  }

  /** As acceptGroup. */
  accept(commands: readonly MovementCommand[]): Promise<Acceptance[]> {
    if (commands.every((command) => command.lane === commands[0]?.lane)) {
      return acceptGroup(this.#db, commands);
    }
    const turn = this.#last.then(() => acceptGroup(this.#db, commands));
    this.#last = turn.catch(() => undefined); // its own caller hears of it
    return turn;
  }
}
