/**
 * Users as administrators keep them. A change of rights reaches every process at its commit; a disabled user, or one with
 * another password, loses all sessions. The last administrator can't be lost.
 */
import assert from "node:assert/strict";
import { ConflictError, NotFoundError, StaleVersionError } from "../../domain/errors.ts";
import type { Role } from "../../domain/roles.ts";
import type { PasswordHasher } from "../../platform/passwordHash.ts";
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import { type DbClient, type DbPool, inTransaction, sqlState } from "../../platform/postgres.ts";
import type { Bearers } from "./bearers.ts";
import { checkPassword } from "./checkPassword.ts";
import { type RevocationReason, userSessions, userSessionsRevoke } from "./queries/sessions.ts";
import {
  activeAdminsLock,
  credentialsLock,
  passwordUpdate,
  type UserChange,
  type UserRow,
  userInsert,
  userRead,
  usersPage,
  userUpdate,
} from "./queries/users.ts";
import { emailSought, emailTaken, openUser, refusePlainEmail, sealNames } from "./sealUser.ts";

export interface UserDeps {
  readonly db: DbPool;
  readonly hasher: PasswordHasher;
  readonly bearers: Pick<Bearers, "changed">;
  readonly personal: PersonalData;
}

type UserReads = Pick<UserDeps, "db" | "personal">;

export interface NewUser {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly warehouses: readonly string[] | null;
  /** Undefined: the user can't sign in until one is set. */
  readonly password: string | undefined;
}

/** Makes a user; the same id again (a repeated request) answers the first one. Throws ConflictError email_taken, InvalidInputError. */
export async function createUser(deps: UserDeps, user: NewUser): Promise<UserRow> {
  const { db, hasher, personal } = deps;
  const { password, email, name, ...fields } = user;
  if (password !== undefined) checkPassword(password, user);
  await personal.ready();
  const passwordHash = password === undefined ? null : await hasher.hash(password);
  const names = sealNames(personal, user.id, { email, name });
  const row = await inTransaction(db, async (tx) => {
    await refusePlainEmail(tx, email, user.id);
    const made = await userInsert(tx, { ...fields, names, passwordHash });
    return made ?? present(user.id, await userRead(tx, { id: user.id }));
  }).catch((thrown: unknown) => {
    throw takenEmail(thrown);
  });
  return openUser(personal, row);
}

/** The user; throws NotFoundError. */
export async function readUser({ db, personal }: UserReads, id: string): Promise<UserRow> {
  return openUser(personal, present(id, await userRead(db, { id })));
}

/** Users in the order of their making. */
export async function listUsers(
  { db, personal }: UserReads,
  page: {
    readonly after: string | undefined;
    readonly limit: number;
    readonly status: string | undefined;
    readonly email: string | undefined;
  },
): Promise<UserRow[]> {
  await personal.ready();
  const { email, ...rest } = page;
  const sought = email === undefined ? undefined : emailSought(personal, email);
  return personal.openRows(PERSONAL_TABLES.users, await usersPage(db, { ...rest, sought }));
}

/** Changes what is given. Throws NotFoundError, StaleVersionError, ConflictError email_taken or last_admin. */
export async function patchUser(
  { db, bearers, personal }: UserDeps,
  args: { readonly id: string; readonly ifMatch: number | undefined; readonly change: UserChange },
): Promise<UserRow> {
  const { id, ifMatch } = args;
  const { email, name, ...change } = args.change;
  await personal.ready();
  const names = sealNames(personal, id, { email, name });
  const { row, ended } = await inTransaction(db, async (tx) => {
    await keepAnAdmin(tx, id, change);
    const before = present(id, await userRead(tx, { id, lock: true }));
    refuseStale(before, ifMatch);
    await refusePlainEmail(tx, email, id);
    const after = await userUpdate(tx, { id, change, names });
    assert(after !== undefined, "a locked user stays");
    const open = await userSessions(tx, id);
    if (change.status === "disabled") await revokeAll(tx, id, "user_disabled");
    return { row: after, ended: open };
  }).catch((thrown: unknown) => {
    throw takenEmail(thrown);
  });
  await bearers.changed(ended.map((session) => `session:${session}`));
  return openUser(personal, row);
}

/** Gives the user another password and ends all sessions. Throws NotFoundError, InvalidInputError password_weak. */
export async function resetPassword(
  { db, hasher, bearers, personal }: UserDeps,
  args: { readonly id: string; readonly password: string },
): Promise<void> {
  const user = await readUser({ db, personal }, args.id);
  checkPassword(args.password, user);
  const passwordHash = await hasher.hash(args.password);
  const ended = await inTransaction(db, async (tx) => {
    await passwordUpdate(tx, { id: args.id, passwordHash });
    return revokeAll(tx, args.id, "password_changed");
  });
  await bearers.changed(ended);
}

/**
 * Lets a user change the password; other sessions than this one end. False where the current one is wrong.
 * Throws InvalidInputError password_weak.
 */
export async function changeOwnPassword(
  { db, hasher, bearers, personal }: UserDeps,
  args: {
    readonly userId: string;
    readonly sessionId: string;
    readonly current: string;
    readonly next: string;
  },
): Promise<boolean> {
  const user = await readUser({ db, personal }, args.userId);
  const before = await inTransaction(db, (tx) => credentialsLock(tx, args.userId));
  const { right } = await hasher.check(args.current, before?.password_hash ?? undefined);
  if (!right) return false;
  checkPassword(args.next, user);
  const passwordHash = await hasher.hash(args.next);
  const ended = await inTransaction(db, async (tx) => {
    await passwordUpdate(tx, { id: args.userId, passwordHash });
    return revokeAll(tx, args.userId, "password_changed", args.sessionId);
  });
  await bearers.changed(ended);
  return true;
}

/** Ends every session of the user. Throws NotFoundError. */
export async function endSessions({ db, bearers }: UserDeps, id: string): Promise<number> {
  present(id, await userRead(db, { id }));
  const ended = await inTransaction(db, (tx) => revokeAll(tx, id, "revoked_by_admin"));
  await bearers.changed(ended);
  return ended.length;
}

async function revokeAll(
  tx: DbClient,
  userId: string,
  reason: RevocationReason,
  keep?: string,
): Promise<string[]> {
  const kept = keep === undefined ? {} : { keep };
  const ended = await userSessionsRevoke(tx, { userId, reason, ...kept });
  return ended.map((session) => `session:${session}`);
}

/** Refuses a change after which nobody could administer everything. */
async function keepAnAdmin(tx: DbClient, id: string, change: UserChange): Promise<void> {
  const takes =
    change.status === "disabled" ||
    (change.roles !== undefined && !change.roles.includes("admin")) ||
    (change.warehouses !== undefined && change.warehouses !== null);
  if (!takes) return;
  const admins = await activeAdminsLock(tx);
  if (admins.length !== 1 || admins[0] !== id) return;
  throw new ConflictError({
    code: "last_admin",
    detail: "this is the last active administrator of all warehouses; make another one first",
  });
}

function present(id: string, row: UserRow | undefined): UserRow {
  if (row === undefined) throw new NotFoundError("user", id);
  return row;
}

function refuseStale(row: UserRow, ifMatch: number | undefined): void {
  if (ifMatch === undefined || ifMatch === row.version) return;
  throw new StaleVersionError("user", {
    found: String(row.version),
    expected: String(ifMatch),
  });
}

/** The e-mail address is the only thing of a user that must be unique beside the id. */
function takenEmail(thrown: unknown): unknown {
  return sqlState(thrown) === "23505" ? emailTaken(thrown) : thrown;
}
