/** Names and e-mail addresses of users: sealed where they are stored, opened where they are shown, found by blind index. */
import { ConflictError } from "../../domain/errors.ts";
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";
import {
  type EmailSought,
  plainEmailTaken,
  type SealedNames,
  type UserRow,
} from "./queries/users.ts";

const TABLE = PERSONAL_TABLES.users;

/** What is given of name and address, as it is stored for this user. The keys must be there (PersonalData.ready). */
export function sealNames(
  personal: PersonalData,
  id: string,
  { email, name }: { readonly email?: string | undefined; readonly name?: string | undefined },
): SealedNames {
  const sealed = personal.sealFields(TABLE, id, { email, name });
  return {
    email: textOf(sealed["email"]),
    name: textOf(sealed["name"]),
    emailIndex: textOf(sealed["email_index"]),
  };
}

/** The user with name and address opened. */
export async function openUser(personal: PersonalData, row: UserRow): Promise<UserRow> {
  const [opened = row] = await personal.openRows(TABLE, [row]);
  return opened;
}

/** How an address (in lower case) is found. */
export function emailSought(personal: PersonalData, email: string): EmailSought {
  return { email, index: personal.indexOf("email", email) };
}

/** Refuses an address that a user from before addresses were sealed has; among sealed ones the database refuses it. */
export async function refusePlainEmail(
  db: Db,
  email: string | undefined,
  id: string,
): Promise<void> {
  if (email === undefined || !(await plainEmailTaken(db, { email, id }))) return;
  throw emailTaken();
}

/** Says that the address is another's, without saying the address. */
export function emailTaken(cause?: unknown): ConflictError {
  return new ConflictError({
    code: "email_taken",
    detail: "another user has this e-mail address",
    cause,
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
