/** What an operator does with a sink: pause it, let it go on, set it back, and decide about what it refused. */
import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import { type Db, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { auditNote } from "../audit/index.ts";
import type { EventCursor } from "../events/index.ts";
import { sinkCursorsRewind, sinkCursorsSetBack } from "./queries/cursors.ts";
import { type LetterRow, letterDiscard, lettersPage, lettersRelease } from "./queries/letters.ts";
import { sinkLock, sinkPause, sinksRead } from "./queries/sinks.ts";

/** Where a replay begins: the log's beginning, the first event recorded at or after a time, or what lies past these positions. */
export type ReplayFrom = Date | "beginning" | EventCursor;

/** Sets a sink back, never forward; answers how many events will be sent again. Throws NotFoundError. */
export function replaySink(
  db: DbPool,
  args: { readonly name: string; readonly from: ReplayFrom },
): Promise<number> {
  const { name, from } = args;
  return inTransaction(db, async (tx) => {
    if (!(await sinkLock(tx, name))) throw new NotFoundError("sink", name);
    const events = await setBack(tx, { name, from });
    const told = from instanceof Map ? "positions" : from;
    const note = { action: "replayed", entityType: "sink", entityId: name };
    await auditNote(tx, { ...note, after: { from: told, events } });
    return events;
  });
}

function setBack(
  tx: Db,
  { name, from }: { readonly name: string; readonly from: ReplayFrom },
): Promise<number> {
  if (from === "beginning") return sinkCursorsRewind(tx, { sink: name, from: "-infinity" });
  if (from instanceof Date) return sinkCursorsRewind(tx, { sink: name, from });
  return sinkCursorsSetBack(tx, {
    sink: name,
    lanes: [...from.keys()],
    positions: [...from.values()],
  });
}

/** Nothing more is sent to the sink until it is resumed; what is under way ends within two seconds. Throws NotFoundError. */
export function pauseSink(db: Db, args: { name: string; actor: string }): Promise<void> {
  return setPaused(db, { ...args, paused: true });
}

/** Lets a paused sink go on where it stood. Throws NotFoundError. */
export function resumeSink(db: Db, args: { name: string; actor: string }): Promise<void> {
  return setPaused(db, { ...args, paused: false });
}

async function setPaused(
  db: Db,
  { name, actor, paused }: { name: string; actor: string; paused: boolean },
): Promise<void> {
  if (!(await sinkPause(db, { sink: name, actor, paused }))) throw new NotFoundError("sink", name);
}

/** A page of what the sink refused, the oldest first. Throws NotFoundError. */
export async function listLetters(
  db: Db,
  args: Parameters<typeof lettersPage>[1],
): Promise<LetterRow[]> {
  if ((await sinksRead(db, args.sink)).length === 0) throw new NotFoundError("sink", args.sink);
  return lettersPage(db, args);
}

/** Sends parked letters again, one or all of a sink; answers how many. Throws NotFoundError where there is none to send. */
export async function releaseLetters(
  db: Db,
  args: { readonly sink: string; readonly id?: string | undefined; readonly actor: string },
): Promise<number> {
  const { sink, id, actor } = args;
  if ((await sinksRead(db, sink)).length === 0) throw new NotFoundError("sink", sink);
  const released = await lettersRelease(db, { sink, id, actor });
  if (id !== undefined && released === 0) throw new NotFoundError("parked dead letter", id);
  return released;
}

/** Gives a letter up; what waits behind it is sent. Throws ConflictError where it is sent or discarded already. */
export async function discardLetter(
  db: Db,
  args: { sink: string; id: string; actor: string; reason: string },
): Promise<void> {
  if (await letterDiscard(db, args)) return;
  throw new ConflictError({
    code: "letter_resolved",
    detail: `the sink "${args.sink}" has no unresolved dead letter ${args.id}; nothing was changed`,
  });
}
