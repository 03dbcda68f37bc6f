/** SQL of users. The only place that reads or writes their names and e-mail addresses. */
import type { Role } from "../../../domain/roles.ts";
import type { Db } from "../../../platform/postgres.ts";

/** A user as others may see it: never with the password's hash. */
export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Codes of the warehouses that the user is limited to; null: all. */
  readonly warehouses: readonly string[] | null;
  readonly status: "active" | "disabled";
  readonly version: number;
  readonly last_signed_in_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What signing in needs of a user. */
export interface CredentialsRow {
  readonly id: string;
  readonly password_hash: string | null;
  readonly status: "active" | "disabled";
}

const COLUMNS = `id, email, name, roles, warehouses, status, version, last_signed_in_at, created_at, updated_at`;

/** One user, locked for a change where asked. */
export async function userRead(
  db: Db,
  args: { readonly id: string; readonly lock?: boolean },
): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>({
    text: `
      select ${COLUMNS}
      from users
      where id = $1::uuid
      ${args.lock === true ? "for update" : ""}`,
    values: [args.id],
  });
  return rows[0];
}

/** Who has this e-mail address (in lower case), with the hash of the password. */
export async function credentialsByEmail(
  db: Db,
  email: string,
): Promise<CredentialsRow | undefined> {
  const { rows } = await db.query<CredentialsRow>({
    name: "credentials_by_email",
    text: `
      select id, password_hash, status
      from users
      where email = $1::text`,
    values: [email],
  });
  return rows[0];
}

/** The same by id, locked so that neither password nor status changes before the transaction's end. */
export async function credentialsLock(db: Db, id: string): Promise<CredentialsRow | undefined> {
  const { rows } = await db.query<CredentialsRow>({
    name: "credentials_lock",
    text: `
      select id, password_hash, status
      from users
      where id = $1::uuid
      for update`,
    values: [id],
  });
  return rows[0];
}

interface Page {
  readonly after: string | undefined;
  readonly limit: number;
  readonly status: string | undefined;
  readonly email: string | undefined;
}

/** Users in the order of their making. */
export async function usersPage(db: Db, page: Page): Promise<UserRow[]> {
  const { rows } = await db.query<UserRow>({
    name: "users_page",
    text: `
      select ${COLUMNS}
      from users
      where ($1::uuid is null or id > $1::uuid)
        and ($2::text is null or status = $2::text)
        and ($3::text is null or email = $3::text)
      order by id
      limit $4::int`,
    values: [page.after ?? null, page.status ?? null, page.email ?? null, page.limit],
  });
  return rows;
}

export interface UserInsert {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly warehouses: readonly string[] | null;
  readonly passwordHash: string | null;
}

/** Writes a user; undefined where the id is there already. */
export async function userInsert(db: Db, user: UserInsert): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>({
    name: "user_insert",
    text: `
      insert into users (id, email, name, roles, warehouses, password_hash, password_changed_at)
      values ($1::uuid, $2::text, $3::text, $4::text[], $5::text[], $6::text,
        case when $6::text is null then null else now() end)
      on conflict (id) do nothing
      returning ${COLUMNS}`,
    values: [user.id, user.email, user.name, user.roles, user.warehouses, user.passwordHash],
  });
  return rows[0];
}

export interface UserChange {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly warehouses?: readonly string[] | null | undefined;
  readonly status?: "active" | "disabled" | undefined;
}

/** Changes what is given and raises the version. */
export async function userUpdate(
  db: Db,
  { id, change }: { readonly id: string; readonly change: UserChange },
): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>({
    name: "user_update",
    text: `
      update users
      set email = coalesce($2::text, email),
        name = coalesce($3::text, name),
        roles = coalesce($4::text[], roles),
        warehouses = case when $5::boolean then $6::text[] else warehouses end,
        status = coalesce($7::text, status),
        version = version + 1,
        updated_at = clock_timestamp()
      where id = $1::uuid
      returning ${COLUMNS}`,
    values: [
      id,
      change.email ?? null,
      change.name ?? null,
      change.roles ?? null,
      change.warehouses !== undefined,
      change.warehouses ?? null,
      change.status ?? null,
    ],
  });
  return rows[0];
}

/** Gives a user another password. */
export async function passwordUpdate(
  db: Db,
  args: { readonly id: string; readonly passwordHash: string },
): Promise<void> {
  await db.query({
    name: "user_password_update",
    text: `
      update users
      set password_hash = $2::text, password_changed_at = clock_timestamp()
      where id = $1::uuid`,
    values: [args.id, args.passwordHash],
  });
}

/** Keeps the same password under a newer hash. */
export async function passwordUpgrade(
  db: Db,
  args: { readonly id: string; readonly passwordHash: string },
): Promise<void> {
  await db.query({
    name: "user_password_upgrade",
    text: `
      update users
      set password_hash = $2::text
      where id = $1::uuid`,
    values: [args.id, args.passwordHash],
  });
}

/** Notes that the user has signed in. */
export async function signInNote(db: Db, id: string): Promise<void> {
  await db.query({
    name: "user_sign_in_note",
    text: `
      update users
      set last_signed_in_at = clock_timestamp()
      where id = $1::uuid`,
    values: [id],
  });
}

/**
 * Locks the active administrators that are limited to no warehouse, in the order of their ids, and answers them: so that two
 * who remove each other at once don't leave nobody.
 */
export async function activeAdminsLock(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "active_admins_lock",
    text: `
      select id
      from users
      where status = 'active'
        and roles @> array['admin']
        and warehouses is null
      order by id
      for update`,
  });
  return rows.map((row) => row.id);
}
