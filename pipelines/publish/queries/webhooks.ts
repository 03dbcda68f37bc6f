/** SQL of webhooks. The secret is sealed, is read by the publisher only, and by no list. */
import type { Db } from "../../../platform/postgres.ts";

export interface WebhookRow {
  /** What its sealed secret is bound to. */
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly warehouses: readonly string[];
  readonly skus: readonly string[];
  readonly status: "active" | "disabled";
  readonly disabled_reason: string | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = `id, name, url, types, warehouses, skus, status, disabled_reason, version, created_by, created_at, updated_at`;

/** All webhooks, or the named one. */
export async function webhooksRead(db: Db, name?: string): Promise<WebhookRow[]> {
  const { rows } = await db.query<WebhookRow>({
    name: "webhooks_read",
    text: `
      select ${COLUMNS}
      from webhooks
      where $1::text is null or name = $1::text
      order by name`,
    values: [name ?? null],
  });
  return rows;
}

/** What publishers need: active webhooks with their secrets, sealed. */
export async function webhooksActive(db: Db): Promise<(WebhookRow & { secret: string })[]> {
  const { rows } = await db.query<WebhookRow & { secret: string }>({
    name: "webhooks_active",
    text: `
      select ${COLUMNS}, secret
      from webhooks
      where status = 'active'
      order by name`,
  });
  return rows;
}

/** Makes the webhook; false where the name is taken by a sink of any kind. */
export async function webhookInsert(
  db: Db,
  webhook: Pick<
    WebhookRow,
    "id" | "name" | "url" | "types" | "warehouses" | "skus" | "created_by"
  > & {
    readonly secret: string;
    readonly fromBeginning: boolean;
  },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "webhook_sink_insert",
    text: `
      insert into sinks (name, kind)
      values ($1::text, 'webhook')
      on conflict (name) do nothing`,
    values: [webhook.name],
  });
  if (rowCount !== 1) return false;
  await db.query({
    name: "webhook_insert",
    text: `
      with cursors as (
        insert into sink_cursors (sink, lane, position)
        select $1::text, id, case when $8::boolean then 0 else next_position - 1 end
        from lanes
      )
      insert into webhooks (id, name, url, secret, types, warehouses, skus, created_by)
      select $9::uuid, name, $2::text, $3::text, $4::text[], $5::text[], $6::text[], $7::text
      from (values ($1::text)) as g (name)`,
    values: [
      webhook.name,
      webhook.url,
      webhook.secret,
      webhook.types,
      webhook.warehouses,
      webhook.skus,
      webhook.created_by,
      webhook.fromBeginning,
      webhook.id,
    ],
  });
  return true;
}

export interface WebhookChange {
  readonly url?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly warehouses?: readonly string[] | undefined;
  readonly skus?: readonly string[] | undefined;
  readonly status?: "active" | "disabled" | undefined;
  readonly disabledReason?: string | undefined;
  readonly secret?: string | undefined;
}

/** Changes what is given; answers the webhook as it is now, or nothing where there is none. */
export async function webhookUpdate(
  db: Db,
  name: string,
  change: WebhookChange,
): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<WebhookRow>({
    name: "webhook_update",
    text: `
      update webhooks
      set url = coalesce($2::text, url),
        types = coalesce($3::text[], types),
        warehouses = coalesce($4::text[], warehouses),
        skus = coalesce($5::text[], skus),
        status = coalesce($6::text, status),
        disabled_reason = case when $6::text is null then disabled_reason else $7::text end,
        secret = coalesce($8::text, secret),
        version = version + 1,
        updated_at = clock_timestamp()
      where name = $1::text
      returning ${COLUMNS}`,
    values: [
      name,
      change.url ?? null,
      change.types ?? null,
      change.warehouses ?? null,
      change.skus ?? null,
      change.status ?? null,
      change.disabledReason ?? null,
      change.secret ?? null,
    ],
  });
  return rows[0];
}

/** A sink that was given up gets its whole time again. */
export async function sinkFailingForget(db: Db, sink: string): Promise<void> {
  await db.query({
    name: "sink_failing_forget",
    text: `
      with cursors as (
        update sink_cursors
        set failing_since = null
        where sink = $1::text
          and failing_since is not null
      )
      update sinks
      set failing_since = null,
        circuit = 'closed'
      where name = $1::text`,
    values: [sink],
  });
}

/** Removes the webhook with its place in the log and its dead letters; false where there is none. */
export async function webhookDelete(db: Db, name: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "webhook_delete",
    text: `
      delete from webhooks
      where name = $1::text`,
    values: [name],
  });
  if (rowCount !== 1) return false;
  for (const table of ["sink_dead_letters", "sink_cursors"]) {
    await db.query({
      name: `webhook_delete_${table}`,
      text: `
        delete from ${table}
        where sink = $1::text`,
      values: [name],
    });
  }
  await db.query({
    name: "webhook_delete_sink",
    text: `
      delete from sinks
      where name = $1::text`,
    values: [name],
  });
  return true;
}
