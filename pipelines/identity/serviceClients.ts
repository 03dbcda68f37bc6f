/** Machine clients: a name, scopes, maybe a limit to warehouses, and a secret that is shown once and kept as its hash. */
import { timingSafeEqual } from "node:crypto";
import { ConflictError, NotFoundError, StaleVersionError } from "../../domain/errors.ts";
import { type Db, type DbPool, inTransaction, sqlState } from "../../platform/postgres.ts";
import type { BearerRights, Bearers } from "./bearers.ts";
import {
  clientCredentialsRead,
  clientUseNote,
  type ServiceClientChange,
  type ServiceClientRow,
  serviceClientInsert,
  serviceClientRead,
  serviceClientUpdate,
} from "./queries/serviceClients.ts";
import { bearersRead } from "./queries/sessions.ts";
import { hashSecret, makeSecret } from "./secrets.ts";

export interface ServiceClientDeps {
  readonly db: DbPool;
  readonly bearers: Pick<Bearers, "changed">;
}

/** A client with the secret that was made for it this moment. */
export interface ClientWithSecret {
  readonly client: ServiceClientRow;
  /** Undefined where the client was there already (a repeated request). */
  readonly secret: string | undefined;
}

/** Makes a client; the same id again answers the first one, without its secret. Throws ConflictError name_taken. */
export async function createServiceClient(
  { db }: ServiceClientDeps,
  given: {
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly warehouses: readonly string[] | null;
  },
): Promise<ClientWithSecret> {
  const { secret, hash } = makeSecret("slc_");
  const made = await serviceClientInsert(db, { ...given, secretHash: hash }).catch(
    (thrown: unknown) => {
      throw takenName(thrown, given.name);
    },
  );
  if (made !== undefined) return { client: made, secret };
  return { client: await readServiceClient(db, given.id), secret: undefined };
}

/** The client; throws NotFoundError. */
export async function readServiceClient(db: Db, id: string): Promise<ServiceClientRow> {
  return present(id, await serviceClientRead(db, { id }));
}

/** Changes what is given; what was taken away is refused from the answer on. Throws NotFoundError, StaleVersionError, ConflictError. */
export async function patchServiceClient(
  { db, bearers }: ServiceClientDeps,
  args: {
    readonly id: string;
    readonly ifMatch: number | undefined;
    readonly change: ServiceClientChange;
  },
): Promise<ServiceClientRow> {
  const { id, ifMatch, change } = args;
  const row = await inTransaction(db, async (tx) => {
    const before = present(id, await serviceClientRead(tx, { id, lock: true }));
    if (ifMatch !== undefined && ifMatch !== before.version) {
      const versions = { found: String(before.version), expected: String(ifMatch) };
      throw new StaleVersionError("service client", versions);
    }
    return present(id, await serviceClientUpdate(tx, { id, change }));
  }).catch((thrown: unknown) => {
    throw takenName(thrown, change.name ?? "");
  });
  await bearers.changed([`client:${id}`]);
  return row;
}

/** Gives the client another secret; the one before is refused from now on. Throws NotFoundError. */
export async function rotateSecret(db: DbPool, id: string): Promise<ClientWithSecret> {
  const { secret, hash } = makeSecret("slc_");
  const row = await serviceClientUpdate(db, { id, change: { secretHash: hash } });
  return { client: present(id, row), secret };
}

/** Rights of a client with the right secret, narrowed to the scopes asked for; "scope" where it asks for one that it has not. */
export async function clientRights(
  db: DbPool,
  given: {
    readonly id: string;
    readonly secret: string;
    readonly scopes: readonly string[] | undefined;
  },
): Promise<BearerRights | "scope" | undefined> {
  const known = await clientCredentialsRead(db, given.id);
  const found = hashSecret(given.secret);
  const isRight = timingSafeEqual(found, known?.secret_hash ?? hashSecret(""));
  if (!isRight || known?.status !== "active") return undefined;
  const [row] = await bearersRead(db, { sessions: [], clients: [given.id] });
  if (row === undefined) return undefined;
  const scopes = given.scopes ?? row.scopes;
  if (!scopes.every((scope) => row.scopes.includes(scope))) return "scope";
  await clientUseNote(db, given.id);
  return { roles: row.roles, scopes, warehouses: row.warehouses ?? undefined };
}

function present(id: string, row: ServiceClientRow | undefined): ServiceClientRow {
  if (row === undefined) throw new NotFoundError("service client", id);
  return row;
}

function takenName(thrown: unknown, name: string): unknown {
  if (sqlState(thrown) !== "23505") return thrown;
  return new ConflictError({
    code: "name_taken",
    detail: `another service client is named "${name}"`,
    cause: thrown,
  });
}
