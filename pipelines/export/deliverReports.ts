/**
 * Tells a schedule's webhook that a report has ended, with a link to its file: signed, at least once, in tries that come ever
 * later. The same report is the same webhook-id, so a receiver drops what it has had. Called by the reports worker.
 */
import { createHmac } from "node:crypto";
import { toError } from "../../domain/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { Db } from "../../platform/postgres.ts";
import { type WebhookClient, WebhookError } from "../../platform/webhookRequest.ts";
import { type DeliveryRow, deliveryEnd, deliveryTake } from "./queries/delivery.ts";
import { manifestKey } from "./writeReport.ts";

export interface DeliveryDeps {
  readonly db: Db;
  readonly storage: Pick<ObjectStorage, "link">;
  readonly webhooks: WebhookClient;
  /** WEBHOOK_SIGNING_KEY; undefined: nothing can be signed, so nothing is sent. */
  readonly signingKey: string | undefined;
  readonly log: Log;
}

/** Longer than a try may last. */
const LEASE_SECONDS = 60;
/** Tries over some three hours: pauses of 10 s, doubled each time. */
const ATTEMPTS_MAX = 11;
const PAUSE_SECONDS = 10;
const PAUSE_SECONDS_MAX = 3_600;

/** The secret that a schedule's messages are signed with; it follows from the key, and is kept nowhere. */
export function webhookSecret(signingKey: string, scheduleId: string): string {
  const digest = createHmac("sha256", signingKey).update(`report-schedule\n${scheduleId}`);
  return `whsec_${digest.digest("base64")}`;
}

/** Makes one try for one report; false where none is due. Throws only when the database fails. */
export async function deliverReport(deps: DeliveryDeps): Promise<boolean> {
  const row = await deliveryTake(deps.db, { leaseSeconds: LEASE_SECONDS });
  if (row === undefined) return false;
  const { id, delivery_attempts: attempts } = row;
  try {
    await send(deps, row);
    await deliveryEnd(deps.db, { id, attempts, status: "delivered", error: null, pauseSeconds: 0 });
  } catch (thrown) {
    const error = toError(thrown);
    const hook = error instanceof WebhookError ? error : undefined;
    deps.log.warn({ err: error, report: id, attempts }, "a webhook did not take a report");
    const again = attempts < ATTEMPTS_MAX && hook?.retriable !== false;
    const doubled = Math.min(PAUSE_SECONDS * 2 ** (attempts - 1), PAUSE_SECONDS_MAX);
    await deliveryEnd(deps.db, {
      id,
      attempts,
      status: again ? "pending" : "failed",
      error: hook?.message ?? "an unexpected failure; it was logged under the report's id",
      pauseSeconds: Math.max(doubled, hook?.retryAfterSeconds ?? 0),
    });
  }
  return true;
}

async function send(deps: DeliveryDeps, row: DeliveryRow): Promise<void> {
  const { signingKey } = deps;
  if (signingKey === undefined) {
    throw new WebhookError({
      code: "webhook_unsigned",
      detail: "WEBHOOK_SIGNING_KEY is not set, so that nothing can be signed",
      retriable: true,
    });
  }
  const secret = webhookSecret(signingKey, row.schedule_id ?? row.id);
  const body = JSON.stringify(await messageOf(deps, row));
  await deps.webhooks.send({ url: row.webhook_url, secret }, { id: row.id, body });
}

async function messageOf({ storage }: DeliveryDeps, row: DeliveryRow): Promise<unknown> {
  const [object] = row.objects;
  return {
    type: `stockline.report.${row.status}`,
    data: {
      id: row.id,
      schedule_id: row.schedule_id,
      slot: row.slot?.toISOString() ?? null,
      report: row.report,
      format: row.format,
      parameters: row.parameters,
      status: row.status,
      rows: row.rows,
      bytes: row.bytes,
      as_of: row.as_of?.toISOString() ?? null,
      objects: row.objects,
      manifest_key: object === undefined ? null : manifestKey(row),
      download_url:
        object === undefined ? null : await storage.link(object.key, `${row.report}.${row.format}`),
      error: row.error_code === null ? null : { code: row.error_code, detail: row.error_detail },
    },
  };
}
