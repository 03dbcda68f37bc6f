/**
 * Makes movements durable. Called by the group commit, and by whoever must accept movements inside a transaction of its own
 * (purchase order receipts). Decides for each id: new, a repeat of the same body, or reused for another body.
 */
import type { Db } from "../../platform/postgres.ts";
import { isSameBody, type MovementCommand } from "./movementCommand.ts";
import { movementInboxInsert, movementsKnown } from "./queries.ts";

/** What became of one command. */
export type Acceptance =
  | { readonly id: string; readonly result: "new" }
  | {
      readonly id: string;
      readonly result: "repeat";
      readonly status: "accepted" | "applied" | "rejected";
    }
  | { readonly id: string; readonly result: "reused" };

/** Appends the commands in their order; answers one acceptance for each, in the same order. */
export async function appendToInbox(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Acceptance[]> {
  if (commands.length === 0) return [];
  const first = new Map<string, MovementCommand>();
  for (const command of commands) {
    if (!first.has(command.id)) first.set(command.id, command);
  }
  const inserted = await movementInboxInsert(db, [...first.values()]);
  const others = [...first.keys()].filter((id) => !inserted.has(id));
  const known = new Map(
    others.length === 0 ? [] : (await movementsKnown(db, others)).map((row) => [row.id, row]),
  );
  return commands.map((command) => {
    const winner = first.get(command.id);
    if (inserted.has(command.id)) {
      if (winner === command) return { id: command.id, result: "new" };
      return isSameBody(winner?.bodyHash, command)
        ? { id: command.id, result: "repeat", status: "accepted" }
        : { id: command.id, result: "reused" };
    }
    const row = known.get(command.id);
    if (row === undefined || !isSameBody(row.body_hash, command)) {
      return { id: command.id, result: "reused" };
    }
    return { id: command.id, result: "repeat", status: row.status };
  });
}
