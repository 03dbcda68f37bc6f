/**
 * Dead letters as they lie in the database: what came, what was mended, and the reason (which may quote either) are sealed under the
 * keys of personal data, since nobody knows what a stranger's message holds. Without a key nothing is parked: the records are held.
 */
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";
import type { DeadLetter } from "./deadLetter.ts";
import {
  deadLetterRead,
  deadLettersInsert,
  deadLettersPage,
  type LetterFilter,
  type LetterRow,
  type WholeLetterRow,
} from "./queries/deadLetters.ts";

const LETTERS = PERSONAL_TABLES.deadLetters;

/** What reading takes. */
export interface LetterDeps {
  readonly db: Db;
  readonly personal: PersonalData;
}

/** Seals letters and parks them. Throws UnavailableError where no key was ever had. */
export async function parkLetters(
  personal: PersonalData,
  db: Db,
  letters: readonly DeadLetter[],
): Promise<void> {
  const sealed = letters.map((letter) => {
    const { payload, reason } = letter;
    const fields = personal.sealFields(LETTERS, letter.id, { payload, reason });
    return {
      ...letter,
      payload: String(fields["payload"]),
      reason: String(fields["reason"]),
      payloadBytes: Buffer.byteLength(payload),
    };
  });
  await deadLettersInsert(db, sealed);
}

/** What a person sent in the place of a letter, sealed. */
export function sealMended(personal: PersonalData, id: string, mended: string): string {
  return String(personal.sealFields(LETTERS, id, { mended })["mended"]);
}

/** A letter that was read, opened. */
export async function openedLetter(
  personal: PersonalData,
  row: WholeLetterRow,
): Promise<WholeLetterRow> {
  const [opened = row] = await personal.openRows(LETTERS, [{ ...row }]);
  return opened;
}

/** A page of letters, the oldest first. */
export async function listDeadLetters(
  { db, personal }: LetterDeps,
  args: LetterFilter & { after: readonly string[] | undefined; limit: number },
): Promise<LetterRow[]> {
  const rows = (await deadLettersPage(db, args)).map((row) => ({ ...row }));
  return rows.length === 0 ? rows : personal.openRows(LETTERS, rows);
}

/** One letter whole; undefined where there is none. */
export async function readDeadLetter(
  { db, personal }: LetterDeps,
  id: string,
): Promise<WholeLetterRow | undefined> {
  const row = await deadLetterRead(db, id);
  return row === undefined ? undefined : openedLetter(personal, row);
}
