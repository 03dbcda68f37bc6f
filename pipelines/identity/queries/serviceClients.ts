/** SQL of machine clients. */
import type { Db } from "../../../platform/postgres.ts";

/** A machine client; its secret is never shown again. */
export interface ServiceClientRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly warehouses: readonly string[] | null;
  readonly status: "active" | "disabled";
  readonly version: number;
  readonly secret_changed_at: Date;
  readonly last_used_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS =
  "id, name, scopes, warehouses, status, version, secret_changed_at, last_used_at, created_at, updated_at";

/** One client, locked for a change where asked. */
export async function serviceClientRead(
  db: Db,
  args: { readonly id: string; readonly lock?: boolean },
): Promise<ServiceClientRow | undefined> {
  const { rows } = await db.query<ServiceClientRow>({
    text: `
      select ${COLUMNS}
      from service_clients
      where id = $1::uuid
      ${args.lock === true ? "for update" : ""}`,
    values: [args.id],
  });
  return rows[0];
}

/** Clients in the order of their making. */
export async function serviceClientsPage(
  db: Db,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ServiceClientRow[]> {
  const { rows } = await db.query<ServiceClientRow>({
    name: "service_clients_page",
    text: `
      select ${COLUMNS}
      from service_clients
      where $1::uuid is null or id > $1::uuid
      order by id
      limit $2::int`,
    values: [page.after ?? null, page.limit],
  });
  return rows;
}

export interface ServiceClientInsert {
  readonly id: string;
  readonly name: string;
  readonly secretHash: Buffer;
  readonly scopes: readonly string[];
  readonly warehouses: readonly string[] | null;
}

/** Writes a client; undefined where the id is there already. */
export async function serviceClientInsert(
  db: Db,
  client: ServiceClientInsert,
): Promise<ServiceClientRow | undefined> {
  const { rows } = await db.query<ServiceClientRow>({
    name: "service_client_insert",
    text: `
      insert into service_clients (id, name, secret_hash, scopes, warehouses)
      values ($1::uuid, $2::text, $3::bytea, $4::text[], $5::text[])
      on conflict (id) do nothing
      returning ${COLUMNS}`,
    values: [client.id, client.name, client.secretHash, client.scopes, client.warehouses],
  });
  return rows[0];
}

export interface ServiceClientChange {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly warehouses?: readonly string[] | null | undefined;
  readonly status?: "active" | "disabled" | undefined;
  readonly secretHash?: Buffer | undefined;
}

/** Changes what is given and raises the version. */
export async function serviceClientUpdate(
  db: Db,
  { id, change }: { readonly id: string; readonly change: ServiceClientChange },
): Promise<ServiceClientRow | undefined> {
  const { rows } = await db.query<ServiceClientRow>({
    name: "service_client_update",
    text: `
      update service_clients
      set name = coalesce($2::text, name),
        scopes = coalesce($3::text[], scopes),
        warehouses = case when $4::boolean then $5::text[] else warehouses end,
        status = coalesce($6::text, status),
        secret_hash = coalesce($7::bytea, secret_hash),
        secret_changed_at = case when $7::bytea is null then secret_changed_at else clock_timestamp() end,
        version = version + 1,
        updated_at = clock_timestamp()
      where id = $1::uuid
      returning ${COLUMNS}`,
    values: [
      id,
      change.name ?? null,
      change.scopes ?? null,
      change.warehouses !== undefined,
      change.warehouses ?? null,
      change.status ?? null,
      change.secretHash ?? null,
    ],
  });
  return rows[0];
}

/** What getting a token needs of a client. */
export interface ClientCredentialsRow {
  readonly secret_hash: Buffer;
  readonly status: "active" | "disabled";
  readonly scopes: readonly string[];
}

/** Reads the hash of a client's secret. */
export async function clientCredentialsRead(
  db: Db,
  id: string,
): Promise<ClientCredentialsRow | undefined> {
  const { rows } = await db.query<ClientCredentialsRow>({
    name: "client_credentials_read",
    text: `
      select secret_hash, status, scopes
      from service_clients
      where id = $1::uuid`,
    values: [id],
  });
  return rows[0];
}

/** Notes that the client got a token. */
export async function clientUseNote(db: Db, id: string): Promise<void> {
  await db.query({
    name: "client_use_note",
    text: `
      update service_clients
      set last_used_at = clock_timestamp()
      where id = $1::uuid`,
    values: [id],
  });
}
