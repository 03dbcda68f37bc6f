/**
 * A user who is forgotten: name, e-mail and password go, sessions end, the row stays as a disabled one without a person behind it,
 * since others name its id. The last administrator stays until there is another.
 */
import type { PersonalData } from "../../platform/personalData.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { userSessionsRevoke } from "./queries/sessions.ts";
import { activeAdminsLock, userErase } from "./queries/users.ts";
import { sealNames } from "./sealUser.ts";

/** What became of the users. */
export interface ErasedUsers {
  readonly erased: readonly string[];
  readonly left: readonly string[];
  /** Bearers that are valid no more: to be told after the commit. */
  readonly ended: readonly string[];
}

/** Erases the users in the caller's transaction; the keys of personal data must be there. */
export async function eraseUsers(
  tx: DbClient,
  personal: PersonalData,
  ids: readonly string[],
): Promise<ErasedUsers> {
  const erased: string[] = [];
  const left: string[] = [];
  const ended: string[] = [];
  for (const id of ids) {
    const admins = await activeAdminsLock(tx);
    if (admins.length === 1 && admins[0] === id) {
      left.push(id);
      continue;
    }
    const names = sealNames(personal, id, {
      email: `erased-${id}@erased.invalid`,
      name: "[erased]",
    });
    await userErase(tx, { id, names });
    const sessions = await userSessionsRevoke(tx, { userId: id, reason: "user_disabled" });
    ended.push(...sessions.map((session) => `session:${session}`));
    erased.push(id);
  }
  return { erased, left, ended };
}
