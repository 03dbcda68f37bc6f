/**
 * Makes movements durable. Called by the group commit, and by whoever must accept movements inside a transaction of its own
 * (purchase order receipts). Decides for each id: new, a repeat of the same body, or reused for another body.
 */
import type { Db } from "../../platform/postgres.ts";
import { isSameBody, type MovementCommand } from "./movementCommand.ts";
import {
  type InboxPlace,
  type KnownRow,
  movementInboxInsert,
  movementInboxPlace,
  movementsKnown,
} from "./queries.ts";

/** What became of one command. */
export type Acceptance =
  | { readonly id: string; readonly result: "new" }
  | {
      readonly id: string;
      readonly result: "repeat";
      readonly status: "accepted" | "applied" | "rejected";
      readonly first: FirstSent;
    }
  | { readonly id: string; readonly result: "reused" };

/** How a movement came when it was accepted. */
interface FirstSent {
  /** Id of the request, where its movements are found by it. */
  readonly requestId: string | null;
  /** Id of its atomic group; undefined where that is not kept any more. */
  readonly groupId: string | null | undefined;
}

/** Appends the commands in their order; answers one acceptance for each, in the same order. */
export async function appendToInbox(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Acceptance[]> {
  if (commands.length === 0) return [];
  const first = firstOf(commands);
  const inserted = await movementInboxInsert(db, [...first.values()]);
  return acceptancesOf(db, { commands, first, inserted });
}

/** As appendToInbox, for movements without customers; tells besides where each new one lies in the inbox, by its id. */
export async function placeInInbox(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<{
  readonly acceptances: readonly Acceptance[];
  readonly places: ReadonlyMap<string, InboxPlace>;
}> {
  if (commands.length === 0) return { acceptances: [], places: new Map() };
  const first = firstOf(commands);
  const places = await movementInboxPlace(db, [...first.values()]);
  return { places, acceptances: await acceptancesOf(db, { commands, first, inserted: places }) };
}

function firstOf(commands: readonly MovementCommand[]): Map<string, MovementCommand> {
  const first = new Map<string, MovementCommand>();
  for (const command of commands) {
    if (!first.has(command.id)) first.set(command.id, command);
  }
  return first;
}

interface Appended {
  readonly commands: readonly MovementCommand[];
  /** The first command of each id. */
  readonly first: ReadonlyMap<string, MovementCommand>;
  /** Ids that are new. */
  readonly inserted: { has(id: string): boolean };
}

async function acceptancesOf(
  db: Db,
  { commands, first, inserted }: Appended,
): Promise<Acceptance[]> {
  const others = [...first.keys()].filter((id) => !inserted.has(id));
  const known = new Map(
    others.length === 0 ? [] : (await movementsKnown(db, others)).map((row) => [row.id, row]),
  );
  return commands.map((command) => {
    const winner = first.get(command.id);
    if (inserted.has(command.id)) {
      if (winner === command) return { id: command.id, result: "new" };
      const first = { requestId: command.sourceId, groupId: command.groupId };
      return isSameBody(winner?.bodyHash, command)
        ? { id: command.id, result: "repeat", status: "accepted", first }
        : { id: command.id, result: "reused" };
    }
    return repeatOf(known.get(command.id), command) ?? { id: command.id, result: "reused" };
  });
}

/** The answer to a command whose id is known, where it was accepted with the same body. */
export function repeatOf(
  row: KnownRow | undefined,
  command: MovementCommand,
): Acceptance | undefined {
  if (row === undefined || !isSameBody(row.body_hash, command)) return undefined;
  const groupId = row.is_group_kept ? row.group_id : undefined;
  const first = { requestId: row.source_id, groupId };
  return { id: row.id, result: "repeat", status: row.status, first };
}
