/** SQL of users. Their names and e-mail addresses pass here sealed (sealUser.ts); those from before may still be plain. */
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

/** An e-mail address (in lower case) with its blind index: rows from before have only the text. */
export interface EmailSought {
  readonly email: string;
  /** As bytea text. */
  readonly index: string;
}

/** Name and address as they are stored; undefined: not given. */
export interface SealedNames {
  readonly email: string | undefined;
  readonly name: string | undefined;
  /** As bytea text. */
  readonly emailIndex: string | undefined;
}

/** Who has this e-mail address, with the hash of the password. */
export async function credentialsByEmail(
  db: Db,
  { email, index }: EmailSought,
): Promise<CredentialsRow | undefined> {
  const { rows } = await db.query<CredentialsRow>({
    name: "credentials_by_email",
    text: `
      select id, password_hash, status
      from users
      where email_index = $1::bytea
        or (email = $2::text and email_index is null)
      order by email_index
      limit 1`,
    values: [index, email],
  });
  return rows[0];
}

/** Whether another user's row, from before addresses were sealed, has this address. */
export async function plainEmailTaken(
  db: Db,
  args: { readonly email: string; readonly id: string },
): Promise<boolean> {
  const { rows } = await db.query({
    name: "plain_email_taken",
    text: `
      select id
      from users
      where email = $1::text
        and id <> $2::uuid`,
    values: [args.email, args.id],
  });
  return rows.length > 0;
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
  readonly sought: EmailSought | undefined;
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
        and ($3::text is null or email_index = $4::bytea or (email = $3::text and email_index is null))
      order by id
      limit $5::int`,
    values: [
      page.after ?? null,
      page.status ?? null,
      page.sought?.email ?? null,
      page.sought?.index ?? null,
      page.limit,
    ],
  });
  return rows;
}

export interface UserInsert {
  readonly id: string;
  readonly names: SealedNames;
  readonly roles: readonly Role[];
  readonly warehouses: readonly string[] | null;
  readonly passwordHash: string | null;
}

/** Writes a user; undefined where the id is there already. */
export async function userInsert(db: Db, user: UserInsert): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>({
    name: "user_insert",
    text: `
      insert into users (id, email, name, email_index, roles, warehouses, password_hash, password_changed_at)
      values ($1::uuid, $2::text, $3::text, $7::bytea, $4::text[], $5::text[], $6::text,
        case when $6::text is null then null else now() end)
      on conflict (id) do nothing
      returning ${COLUMNS}`,
    values: [
      user.id,
      user.names.email,
      user.names.name,
      user.roles,
      user.warehouses,
      user.passwordHash,
      user.names.emailIndex,
    ],
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

/** Changes what is given and raises the version; name and address come sealed. */
export async function userUpdate(
  db: Db,
  args: {
    readonly id: string;
    readonly change: Omit<UserChange, "email" | "name">;
    readonly names: SealedNames;
  },
): Promise<UserRow | undefined> {
  const { id, change, names } = args;
  const { rows } = await db.query<UserRow>({
    name: "user_update",
    text: `
      update users
      set email = coalesce($2::text, email),
        name = coalesce($3::text, name),
        email_index = coalesce($8::bytea, email_index),
        roles = coalesce($4::text[], roles),
        warehouses = case when $5::boolean then $6::text[] else warehouses end,
        status = coalesce($7::text, status),
        version = version + 1,
        updated_at = clock_timestamp()
      where id = $1::uuid
      returning ${COLUMNS}`,
    values: [
      id,
      names.email ?? null,
      names.name ?? null,
      change.roles ?? null,
      change.warehouses !== undefined,
      change.warehouses ?? null,
      change.status ?? null,
      names.emailIndex ?? null,
    ],
  });
  return rows[0];
}

/** Puts what stands for nobody in the place of a user's name, address and password; the user is disabled. */
export async function userErase(
  db: Db,
  { id, names }: { readonly id: string; readonly names: SealedNames },
): Promise<void> {
  await db.query({
    name: "user_erase",
    text: `
      update users
      set email = $2::text,
        name = $3::text,
        email_index = $4::bytea,
        password_hash = null,
        status = 'disabled',
        version = version + 1,
        updated_at = clock_timestamp()
      where id = $1::uuid`,
    values: [id, names.email, names.name, names.emailIndex],
  });
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
