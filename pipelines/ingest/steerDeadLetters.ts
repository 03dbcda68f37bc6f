/**
 * What a person decides about a dead letter: to send it in again, as it came or mended, or to give it up. A letter is resolved in the
 * transaction that accepts its movement, so it is replayed once, however often somebody asks.
 */
import { ConflictError, InvalidInputError, NotFoundError } from "../../domain/errors.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendToInbox, type MovementCommand } from "../intake/index.ts";
import { payloadBytes } from "./deadLetter.ts";
import { deadLetterLock, deadLetterResolve, type WholeLetterRow } from "./queries/deadLetters.ts";
import { type ResolveDeps, resolveMessage } from "./resolveRequest.ts";
import { openedLetter, sealMended } from "./sealedLetters.ts";

export interface SteerDeps extends Omit<ResolveDeps, "signingKeys"> {
  readonly db: DbPool;
  readonly personal: PersonalData;
  readonly wakeLanes: (lanes: Iterable<number>) => void;
}

/** What a replay came to. */
export interface Replayed {
  readonly movementId: string;
  /** True where the movement had been accepted before, by the same body. */
  readonly isRepeat: boolean;
}

/**
 * Takes the letter's event in, or the mended one in its place. The person answers for it, so no signature is asked for. Throws
 * NotFoundError, ConflictError (already resolved), and InvalidInputError where the event still can't be taken; then the letter stays.
 */
export async function replayDeadLetter(
  deps: SteerDeps,
  args: { readonly id: string; readonly actor: string; readonly mended: unknown },
): Promise<Replayed> {
  const { personal } = deps;
  await personal.ready();
  const mended = args.mended === undefined ? undefined : JSON.stringify(args.mended);
  const { command, isRepeat } = await inTransaction(deps.db, async (tx) => {
    const letter = await openedLetter(personal, await openLetter(tx, args.id));
    const bytes = mended === undefined ? payloadBytes(letter) : Buffer.from(mended);
    const taken = await take(deps, tx, bytes);
    await deadLetterResolve(tx, {
      id: letter.id,
      status: "replayed",
      actor: args.actor,
      movementId: taken.command.id,
      ...(mended === undefined ? {} : { mended: sealMended(personal, letter.id, mended) }),
    });
    return taken;
  });
  if (!isRepeat) deps.wakeLanes([command.lane]);
  return { movementId: command.id, isRepeat };
}

async function take(
  deps: SteerDeps,
  tx: DbClient,
  bytes: Uint8Array,
): Promise<{ command: MovementCommand; isRepeat: boolean }> {
  const resolved = await resolveMessage({ ...deps, signingKeys: undefined }, bytes);
  if ("fault" in resolved) {
    const { code, reason } = resolved.fault;
    throw new InvalidInputError([{ pointer: "/event", code, detail: reason }], code);
  }
  if (resolved.isKnown) return { command: resolved.command, isRepeat: true };
  const [acceptance] = await appendToInbox(tx, [resolved.command]);
  if (acceptance?.result === "reused") {
    const detail = `id "${acceptance.id}" was used for another movement; mend the event's id to send it as a new one`;
    throw new InvalidInputError([{ pointer: "/event/id", code: "id_reused", detail }], "id_reused");
  }
  return { command: resolved.command, isRepeat: acceptance?.result === "repeat" };
}

/** Gives the letter up; its event is not taken. Throws NotFoundError and ConflictError (already resolved). */
export async function discardDeadLetter(
  db: DbPool,
  args: { readonly id: string; readonly actor: string; readonly reason: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id } = await openLetter(tx, args.id);
    const { actor, reason: resolution } = args;
    await deadLetterResolve(tx, { id, status: "discarded", actor, resolution });
  });
}

async function openLetter(tx: DbClient, id: string): Promise<WholeLetterRow> {
  const letter = await deadLetterLock(tx, id);
  if (letter === undefined) throw new NotFoundError("dead letter", id);
  if (letter.status === "parked") return letter;
  throw new ConflictError({
    code: "already_resolved",
    detail: `dead letter "${id}" was ${letter.status} already`,
  });
}
