/** Answers for movements that were accepted before, for requests that would not be accepted any more. Stores nothing. */
import type { Db } from "../../platform/postgres.ts";
import { type Acceptance, repeatOf } from "./appendToInbox.ts";
import { refuseApart } from "./groupRepeat.ts";
import type { MovementCommand } from "./movementCommand.ts";
import { movementsKnown } from "./queries.ts";

/**
 * One repeat a command, in order, where all of them are known by the same bodies; else undefined. Throws ConflictError
 * not_one_group where they are a group now and were not accepted as one.
 */
export async function recallAcceptances(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Acceptance[] | undefined> {
  const known = await movementsKnown(
    db,
    commands.map((command) => command.id),
  );
  const rows = new Map(known.map((row) => [row.id, row]));
  const acceptances = commands.flatMap((command) => repeatOf(rows.get(command.id), command) ?? []);
  if (acceptances.length < commands.length) return undefined;
  if (commands.some(({ groupId }) => groupId !== null)) refuseApart(acceptances);
  return acceptances;
}
