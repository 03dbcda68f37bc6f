/** SQL of sessions and their refresh tokens. Tokens come and go as SHA-256, never as they are. */
import type { Role } from "../../../domain/roles.ts";
import type { Db } from "../../../platform/postgres.ts";

/** Why a session ended before its time. */
export type RevocationReason =
  | "signed_out"
  | "token_reused"
  | "password_changed"
  | "revoked_by_admin"
  | "user_disabled";

/** Opens a session with its first refresh token. */
export async function sessionInsert(
  db: Db,
  args: {
    readonly id: string;
    readonly userId: string;
    readonly tokenHash: Buffer;
    readonly lifetimeSeconds: number;
    readonly tokenSeconds: number;
  },
): Promise<void> {
  await db.query({
    name: "session_insert",
    text: `
      with made as (
        insert into sessions (id, user_id, expires_at)
        values ($1::uuid, $2::uuid, now() + make_interval(secs => $4::int))
        returning id
      )
      insert into refresh_tokens (token_hash, session_id, expires_at)
      select $3::bytea, id, now() + make_interval(secs => $5::int)
      from made`,
    values: [args.id, args.userId, args.tokenHash, args.lifetimeSeconds, args.tokenSeconds],
  });
}

/** A refresh token with what decides whether it may be exchanged. */
export interface RefreshRow {
  readonly session_id: string;
  readonly user_id: string;
  readonly used: boolean;
  readonly expired: boolean;
  readonly revoked: boolean;
  readonly user_active: boolean;
}

/** Reads and locks the token's session and token: of two exchanges at once one is first. */
export async function refreshTokenLock(db: Db, tokenHash: Buffer): Promise<RefreshRow | undefined> {
  await db.query({
    name: "refresh_session_lock",
    text: `
      select s.id
      from sessions s
      where s.id = (select t.session_id from refresh_tokens t where t.token_hash = $1::bytea)
      for update`,
    values: [tokenHash],
  });
  const { rows } = await db.query<RefreshRow>({
    name: "refresh_token_read",
    text: `
      select t.session_id, s.user_id, t.used_at is not null as used,
        least(t.expires_at, s.expires_at) <= clock_timestamp() as expired,
        s.revoked_at is not null as revoked,
        u.status = 'active' as user_active
      from refresh_tokens t
      join sessions s on s.id = t.session_id
      join users u on u.id = s.user_id
      where t.token_hash = $1::bytea`,
    values: [tokenHash],
  });
  return rows[0];
}

/** Exchanges a token for the next; the caller holds the session's lock. */
export async function refreshTokenRotate(
  db: Db,
  args: {
    readonly sessionId: string;
    readonly usedHash: Buffer;
    readonly tokenHash: Buffer;
    readonly tokenSeconds: number;
  },
): Promise<void> {
  await db.query({
    name: "refresh_token_rotate",
    text: `
      with used as (
        update refresh_tokens
        set used_at = clock_timestamp()
        where token_hash = $2::bytea
      ), touched as (
        update sessions
        set refreshed_at = clock_timestamp()
        where id = $1::uuid
      )
      insert into refresh_tokens (token_hash, session_id, expires_at)
      values ($3::bytea, $1::uuid, clock_timestamp() + make_interval(secs => $4::int))`,
    values: [args.sessionId, args.usedHash, args.tokenHash, args.tokenSeconds],
  });
}

/** Ends a session; one that has ended stays as it is. */
export async function sessionRevoke(
  db: Db,
  args: { readonly id: string; readonly reason: RevocationReason },
): Promise<void> {
  await db.query({
    name: "session_revoke",
    text: `
      update sessions
      set revoked_at = clock_timestamp(), revoked_reason = $2::text
      where id = $1::uuid
        and revoked_at is null`,
    values: [args.id, args.reason],
  });
}

/** Ends the user's sessions but the one to keep; answers those that it ended. */
export async function userSessionsRevoke(
  db: Db,
  args: { readonly userId: string; readonly reason: RevocationReason; readonly keep?: string },
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "user_sessions_revoke",
    text: `
      update sessions
      set revoked_at = clock_timestamp(), revoked_reason = $2::text
      where user_id = $1::uuid
        and revoked_at is null
        and id is distinct from $3::uuid
      returning id`,
    values: [args.userId, args.reason, args.keep ?? null],
  });
  return rows.map((row) => row.id);
}

/** The user's sessions that are open. */
export async function userSessions(db: Db, userId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "user_sessions",
    text: `
      select id
      from sessions
      where user_id = $1::uuid
        and revoked_at is null
        and expires_at > now()`,
    values: [userId],
  });
  return rows.map((row) => row.id);
}

/** What a bearer may do at this moment; those that ended are there with `valid` false. */
export interface BearerRow {
  /** session:<id> or client:<id> */
  readonly bearer: string;
  readonly valid: boolean;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly warehouses: readonly string[] | null;
}

/** Reads many bearers in one statement; unknown ones are missing. */
export async function bearersRead(
  db: Db,
  ids: { readonly sessions: readonly string[]; readonly clients: readonly string[] },
): Promise<BearerRow[]> {
  const { rows } = await db.query<BearerRow>({
    name: "bearers_read",
    text: `
      select 'session:' || s.id as bearer,
        s.revoked_at is null and s.expires_at > clock_timestamp() and u.status = 'active' as valid,
        u.roles, '{}'::text[] as scopes, u.warehouses
      from sessions s
      join users u on u.id = s.user_id
      where s.id = any($1::uuid[])
      union all
      select 'client:' || c.id, c.status = 'active', array['service'], c.scopes, c.warehouses
      from service_clients c
      where c.id = any($2::uuid[])`,
    values: [ids.sessions, ids.clients],
  });
  return rows;
}

/** Bearers whose rights changed within the last seconds, whoever changed them. */
export async function bearersChanged(db: Db, withinSeconds: number): Promise<string[]> {
  const { rows } = await db.query<{ bearer: string }>({
    name: "bearers_changed",
    text: `
      select 'session:' || id as bearer
      from sessions
      where revoked_at > clock_timestamp() - make_interval(secs => $1::int)
      union all
      select 'session:' || s.id
      from users u
      join sessions s on s.user_id = u.id and s.revoked_at is null
      where u.updated_at > clock_timestamp() - make_interval(secs => $1::int)
      union all
      select 'client:' || id
      from service_clients
      where updated_at > clock_timestamp() - make_interval(secs => $1::int)`,
    values: [withinSeconds],
  });
  return rows.map((row) => row.bearer);
}

/** Forgets sessions, with their tokens, that ended long ago; at most `rowsMax`; answers how many. */
export async function sessionsExpire(
  db: Db,
  chunk: { readonly olderThanDays: number; readonly rowsMax: number },
): Promise<number> {
  const { rowCount } = await db.query({
    name: "sessions_expire",
    text: `
      delete from sessions
      where id in (
        select id
        from sessions
        where expires_at < now() - make_interval(days => $1::int)
        order by expires_at
        limit $2::int
      )`,
    values: [chunk.olderThanDays, chunk.rowsMax],
  });
  return rowCount ?? 0;
}
