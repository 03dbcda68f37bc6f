/**
 * Signing in, going on and signing out. A session is a row; its refresh token is exchanged for the next one, and a token that
 * comes a second time ends the session: one of the two who had it had stolen it. What is refused is an answer, not an error.
 */
import { newId } from "../../platform/clock.ts";
import type { PasswordHasher } from "../../platform/passwordHash.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import type { BearerRights, Bearers } from "./bearers.ts";
import {
  bearersRead,
  refreshTokenLock,
  refreshTokenRotate,
  sessionInsert,
  sessionRevoke,
} from "./queries/sessions.ts";
import {
  credentialsByEmail,
  credentialsLock,
  passwordUpgrade,
  signInNote,
} from "./queries/users.ts";
import { emailSought } from "./sealUser.ts";
import { hashSecret, makeSecret } from "./secrets.ts";

export interface SignInDeps {
  readonly db: DbPool;
  readonly hasher: PasswordHasher;
  readonly bearers: Pick<Bearers, "changed">;
  /** Finds an account by the blind index of its address. */
  readonly personal: PersonalData;
}

const DAY_SECONDS = 86_400;
/** Whatever is refreshed, a session ends after this. */
const SESSION_SECONDS = 30 * DAY_SECONDS;
/** A refresh token that nobody exchanges ends after this. */
const REFRESH_SECONDS = 7 * DAY_SECONDS;

/** A session that was opened or goes on. */
export interface OpenSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly refreshToken: string;
  readonly rights: BearerRights;
}

/** Opens a session; undefined for a wrong address or password, or a disabled user: which of them takes equally long and is not told. */
export async function signIn(
  { db, hasher, personal }: Pick<SignInDeps, "db" | "hasher" | "personal">,
  given: { readonly email: string; readonly password: string },
): Promise<OpenSession | undefined> {
  await personal.ready();
  const credentials = await credentialsByEmail(db, emailSought(personal, given.email));
  const stored = credentials?.password_hash ?? undefined;
  const { right, outdated } = await hasher.check(given.password, stored);
  if (!right || credentials === undefined || stored === undefined) return undefined;
  const upgraded = outdated ? await hasher.hash(given.password) : undefined;
  const { secret, hash } = makeSecret("slr_");
  const sessionId = newId();
  const { id: userId } = credentials;
  const rights = await inTransaction(db, async (tx) => {
    const now = await credentialsLock(tx, userId);
    // changed or disabled since the password was checked
    if (now?.status !== "active" || now.password_hash !== stored) return undefined;
    if (upgraded !== undefined) await passwordUpgrade(tx, { id: userId, passwordHash: upgraded });
    await sessionInsert(tx, {
      id: sessionId,
      userId,
      tokenHash: hash,
      lifetimeSeconds: SESSION_SECONDS,
      tokenSeconds: REFRESH_SECONDS,
    });
    await signInNote(tx, userId);
    return rightsOf(tx, sessionId);
  });
  return rights === undefined ? undefined : { sessionId, userId, refreshToken: secret, rights };
}

/** Exchanges a refresh token; the word is why not. */
export async function refreshSession(
  { db, bearers }: Pick<SignInDeps, "db" | "bearers">,
  refreshToken: string,
): Promise<OpenSession | "reused" | "invalid"> {
  const usedHash = hashSecret(refreshToken);
  const { secret, hash } = makeSecret("slr_");
  const outcome = await inTransaction(db, async (tx) => {
    const row = await refreshTokenLock(tx, usedHash);
    if (row === undefined) return { refused: "invalid" } as const;
    const { session_id: sessionId, user_id: userId } = row;
    if (row.used && !row.revoked) {
      await sessionRevoke(tx, { id: sessionId, reason: "token_reused" });
      return { refused: "reused", sessionId } as const;
    }
    if (row.used || row.revoked || row.expired || !row.user_active) {
      return { refused: "invalid" } as const;
    }
    await refreshTokenRotate(tx, {
      sessionId,
      usedHash,
      tokenHash: hash,
      tokenSeconds: REFRESH_SECONDS,
    });
    const rights = await rightsOf(tx, sessionId);
    return rights === undefined
      ? ({ refused: "invalid" } as const)
      : { session: { sessionId, userId, refreshToken: secret, rights } };
  });
  if ("session" in outcome) return outcome.session;
  if (outcome.refused === "reused") await bearers.changed([`session:${outcome.sessionId}`]);
  return outcome.refused;
}

/** Ends a session: its tokens are refused everywhere from the answer on. One that has ended stays as it is. */
export async function signOut(
  { db, bearers }: Pick<SignInDeps, "db" | "bearers">,
  sessionId: string,
): Promise<void> {
  await sessionRevoke(db, { id: sessionId, reason: "signed_out" });
  await bearers.changed([`session:${sessionId}`]);
}

/** Ends the session of a refresh token; one that is not known is nobody's. */
export async function signOutByToken(
  deps: Pick<SignInDeps, "db" | "bearers">,
  refreshToken: string,
): Promise<void> {
  const row = await inTransaction(deps.db, (tx) => refreshTokenLock(tx, hashSecret(refreshToken)));
  if (row !== undefined) await signOut(deps, row.session_id);
}

async function rightsOf(tx: DbClient, sessionId: string): Promise<BearerRights | undefined> {
  const [row] = await bearersRead(tx, { sessions: [sessionId], clients: [] });
  if (row === undefined || !row.valid) return undefined;
  return { roles: row.roles, scopes: row.scopes, warehouses: row.warehouses ?? undefined };
}
