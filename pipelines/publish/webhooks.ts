/**
 * Webhooks: made, changed, given up and removed, each told by an event. A webhook is a sink of its own: it begins at the log's
 * present end (or its beginning), keeps its place when its URL changes, and goes on there when it is made active again. Its secret
 * is sealed where it lies.
 */
import { randomBytes } from "node:crypto";
import { deriveId } from "../../domain/deriveId.ts";
import { ConflictError, NotFoundError, StaleVersionError } from "../../domain/errors.ts";
import type { EventName } from "../../domain/events/index.ts";
import { newId } from "../../platform/clock.ts";
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import { type Db, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import {
  sinkFailingForget,
  type WebhookChange,
  type WebhookRow,
  webhookDelete,
  webhookInsert,
  webhooksActive,
  webhooksRead,
  webhookUpdate,
} from "./queries/webhooks.ts";

const SECRET_BYTES = 32;
/** Each costs a publisher and a row a lane; who needs more wants a broker. */
const WEBHOOKS_MAX = 100;

export interface NewWebhook {
  readonly name: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly warehouses: readonly string[];
  readonly skus: readonly string[];
  readonly fromBeginning: boolean;
  readonly actor: string;
}

/** What seals and opens secrets, and where they lie. */
export interface SecretDeps {
  readonly db: DbPool;
  readonly personal: PersonalData;
}

/** Makes a webhook; the secret is answered this once. Throws ConflictError (name_taken, webhooks_full). */
export async function createWebhook(
  { db, personal }: SecretDeps,
  given: NewWebhook,
): Promise<{ row: WebhookRow; secret: string }> {
  await personal.ready();
  const secret = newSecret();
  const id = newId();
  const sealed = sealedSecret(personal, id, secret);
  return inTransaction(db, async (tx) => {
    if ((await webhooksRead(tx)).length >= WEBHOOKS_MAX) {
      throw conflict("webhooks_full", `there are ${WEBHOOKS_MAX} webhooks, which is the limit`);
    }
    const { actor, ...webhook } = given;
    if (!(await webhookInsert(tx, { ...webhook, id, secret: sealed, created_by: actor }))) {
      throw conflict(
        "name_taken",
        `a sink named "${given.name}" exists already; choose another name`,
      );
    }
    const row = await readOne(tx, given.name);
    await appendEvents(tx, [webhookEvent("webhook.created", row, actor)]);
    return { row, secret };
  });
}

/** Changes a webhook; one that is made active again has its whole time to succeed. Throws NotFoundError, StaleVersionError. */
export function changeWebhook(
  db: DbPool,
  args: WebhookChange & {
    readonly name: string;
    readonly actor: string;
    /** The version that the change is meant for; undefined: any. */
    readonly ifMatch?: number | undefined;
  },
): Promise<WebhookRow> {
  const { name, actor, ifMatch, ...change } = args;
  return inTransaction(db, async (tx) => {
    const reason = change.status === "disabled" ? { disabledReason: `by ${actor}` } : {};
    const row = await webhookUpdate(tx, name, { ...reason, ...change });
    if (row === undefined) throw new NotFoundError("webhook", name);
    // thrown after the write, which is rolled back: the row is locked, so that no other one comes in between
    const found = row.version - 1;
    if (ifMatch !== undefined && ifMatch !== found) {
      throw new StaleVersionError("webhook", { found: String(found), expected: String(ifMatch) });
    }
    if (change.status === "active") await sinkFailingForget(tx, name);
    await appendEvents(tx, [webhookEvent("webhook.updated", row, actor)]);
    return row;
  });
}

/** Replaces the secret at once; answers the new one, this once. Throws NotFoundError. */
export async function rotateWebhookSecret(
  { db, personal }: SecretDeps,
  args: { readonly name: string; readonly actor: string },
): Promise<string> {
  await personal.ready();
  const secret = newSecret();
  const { id } = await readOne(db, args.name);
  await changeWebhook(db, { ...args, secret: sealedSecret(personal, id, secret) });
  return secret;
}

/** What publishers need: active webhooks with their secrets. Throws UnavailableError where the keys can't be had. */
export async function activeWebhooks({
  db,
  personal,
}: SecretDeps): Promise<(WebhookRow & { readonly secret: string })[]> {
  const rows = (await webhooksActive(db)).map((row) => ({ ...row }));
  return rows.length === 0 ? rows : personal.openRows(SECRETS, rows);
}

const SECRETS = PERSONAL_TABLES.webhooks;

function sealedSecret(personal: PersonalData, id: string, secret: string): string {
  return String(personal.sealFields(SECRETS, id, { secret })["secret"]);
}

/** Gives a webhook up that nothing has reached for too long, and tells it by the event webhook.disabled. */
export function disableWebhook(
  db: DbPool,
  { name, code }: { readonly name: string; readonly code: string },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const disabledReason = `nothing was delivered for a day; the last failure was ${code}`;
    const row = await webhookUpdate(tx, name, { status: "disabled", disabledReason });
    if (row === undefined) return; // removed meanwhile
    await appendEvents(tx, [webhookEvent("webhook.disabled", row, "stockline")]);
  });
}

/** Removes a webhook, its place and its dead letters. Throws NotFoundError. */
export function deleteWebhook(
  db: DbPool,
  { name, actor }: { readonly name: string; readonly actor: string },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const [row] = await webhooksRead(tx, name);
    if (row === undefined || !(await webhookDelete(tx, name))) {
      throw new NotFoundError("webhook", name);
    }
    await appendEvents(tx, [webhookEvent("webhook.deleted", row, actor)]);
  });
}

async function readOne(tx: Db, name: string): Promise<WebhookRow> {
  const [row] = await webhooksRead(tx, name);
  if (row === undefined) throw new NotFoundError("webhook", name);
  return row;
}

/** Says what changed without the URL's path and query, which may hold the receiver's own secrets. */
function webhookEvent(type: EventName, row: WebhookRow, actor: string) {
  return {
    type,
    entityId: deriveId(`webhook ${row.name}`),
    subject: `webhooks/${row.name}`,
    data: {
      name: row.name,
      host: new URL(row.url).host,
      types: row.types,
      status: row.status,
      reason: row.disabled_reason,
      changed_by: actor,
    },
  };
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}

function conflict(code: string, detail: string): ConflictError {
  return new ConflictError({ code, detail });
}
