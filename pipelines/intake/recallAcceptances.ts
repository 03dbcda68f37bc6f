/** Answers for movements that were accepted before, for requests that would not be accepted any more. Stores nothing. */
import type { Db } from "../../platform/postgres.ts";
import type { Acceptance } from "./appendToInbox.ts";
import { isSameBody, type MovementCommand } from "./movementCommand.ts";
import { movementsKnown } from "./queries.ts";

/** One repeat a command, in order, where all of them are known by the same bodies; else undefined. */
export async function recallAcceptances(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Acceptance[] | undefined> {
  const known = await movementsKnown(
    db,
    commands.map((command) => command.id),
  );
  const rows = new Map(known.map((row) => [row.id, row]));
  const acceptances = commands.flatMap((command): Acceptance[] => {
    const { id } = command;
    const row = rows.get(id);
    if (row === undefined || !isSameBody(row.body_hash, command)) return [];
    return [{ id, result: "repeat", status: row.status }];
  });
  return acceptances.length === commands.length ? acceptances : undefined;
}
