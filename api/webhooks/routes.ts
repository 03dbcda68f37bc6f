/** Webhooks: subscriptions of other servers to event types. How far each is, pausing and replaying: its sink of the same name. */
import type { z } from "zod";
import { InvalidInputError, NotFoundError } from "../../domain/errors.ts";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  type SecretDeps,
  type WebhookRow,
  webhooksRead,
} from "../../pipelines/publish/index.ts";
import { webhookUrlFault } from "../../platform/webhookRequest.ts";
import { entityTag, versionFromIfMatch } from "../http/entityTag.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { refuseLimited } from "../sinks/refuseLimited.ts";
import {
  rotatedOut,
  webhookBody,
  webhookChange,
  webhookMade,
  webhookOut,
  webhookParams,
  webhooksOut,
} from "./schema.ts";

interface WebhookDeps extends SecretDeps {
  /** Whether hosts inside of private networks and plain http are allowed. */
  readonly privateAllowed: boolean;
  readonly announce: () => Promise<void>;
}

const TAG = "Sinks";

/** Routes of webhooks. */
export function webhookRoutes(deps: WebhookDeps): Route[] {
  return [
    listWebhooks(deps),
    postWebhook(deps),
    getWebhook(deps),
    patchWebhook(deps),
    removeWebhook(deps),
    postRotate(deps),
  ];
}

function listWebhooks({ db }: WebhookDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/webhooks",
    tag: TAG,
    summary: "List webhooks",
    permission: "sinks:manage",
    answers: { 200: { description: "All webhooks, without their secrets.", schema: webhooksOut } },
    handler: async ({ caller }) => {
      refuseLimited(caller);
      const data = (await webhooksRead(db)).map(showWebhook);
      return { status: 200, body: { data, next_cursor: null } };
    },
  });
}

function postWebhook({ privateAllowed, announce, ...secrets }: WebhookDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/webhooks",
    tag: TAG,
    summary: "Subscribe a server to events",
    description:
      "Each event is a POST of one CloudEvent, signed as Standard Webhooks has it (webhook-id, webhook-timestamp, webhook-signature: HMAC-SHA-256). The id is the event's, so a repeat is known by it; events of one key come in order. What is not answered 2xx within 10 s is tried again with growing pauses for a day; a receiver that nothing reaches for a day is disabled, told by the event webhook.disabled. Redirects are not followed.",
    permission: "sinks:manage",
    idempotency: { answerSecret: "secret" },
    body: webhookBody,
    answers: {
      201: {
        description: "The webhook with its secret.",
        schema: webhookMade,
        headers: ["ETag", "Location"],
      },
    },
    handler: async ({ body, caller }) => {
      refuseLimited(caller);
      checkUrl(body.url, privateAllowed);
      const { from, ...given } = body;
      const fromBeginning = from === "beginning";
      const made = await createWebhook(secrets, { ...given, fromBeginning, actor: caller.subject });
      await announce();
      return {
        status: 201,
        body: { ...showWebhook(made.row), secret: made.secret },
        headers: {
          etag: entityTag(made.row.version),
          location: `/v1/webhooks/${encodeURIComponent(made.row.name)}`,
        },
      };
    },
  });
}

function getWebhook({ db }: WebhookDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/webhooks/{name}",
    tag: TAG,
    summary: "Read a webhook",
    permission: "sinks:manage",
    params: webhookParams,
    answers: {
      200: {
        description: "The webhook, without its secret.",
        schema: webhookOut,
        headers: ["ETag"],
      },
    },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const [row] = await webhooksRead(db, params.name);
      if (row === undefined) throw new NotFoundError("webhook", params.name);
      return answerWebhook(row);
    },
  });
}

function patchWebhook({ db, privateAllowed, announce }: WebhookDeps): Route {
  return defineRoute({
    method: "patch",
    path: "/v1/webhooks/{name}",
    tag: TAG,
    summary: "Change a webhook, disable it or make it active again",
    description:
      "It keeps its place in the log: what came while it was disabled is delivered. With If-Match the write happens only if the webhook is still at that version, else 412.",
    permission: "sinks:manage",
    params: webhookParams,
    body: webhookChange,
    reads: ["If-Match"],
    answers: {
      200: { description: "The webhook as it is now.", schema: webhookOut, headers: ["ETag"] },
    },
    handler: async ({ params, body, caller, c }) => {
      refuseLimited(caller);
      if (body.url !== undefined) checkUrl(body.url, privateAllowed);
      const ifMatch = versionFromIfMatch(c.req.header("if-match"));
      const change = { name: params.name, actor: caller.subject, ifMatch, ...body };
      const row = await changeWebhook(db, change);
      await announce();
      return answerWebhook(row);
    },
  });
}

function removeWebhook({ db, announce }: WebhookDeps): Route {
  return defineRoute({
    method: "delete",
    path: "/v1/webhooks/{name}",
    tag: TAG,
    summary: "Remove a webhook with its place and its dead letters",
    permission: "sinks:manage",
    params: webhookParams,
    answers: { 204: { description: "Removed." } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      await deleteWebhook(db, { name: params.name, actor: caller.subject });
      await announce();
      return { status: 204 };
    },
  });
}

function postRotate(deps: WebhookDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/webhooks/{name}/rotate-secret",
    tag: TAG,
    summary: "Give a webhook a new secret",
    description:
      "The old one signs nothing more once the publisher has read it, within some seconds.",
    permission: "sinks:manage",
    idempotency: { answerSecret: "secret" },
    params: webhookParams,
    answers: { 200: { description: "The new secret, shown this once.", schema: rotatedOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const { name } = params;
      const secret = await rotateWebhookSecret(deps, { name, actor: caller.subject });
      return { status: 200, body: { name, secret } };
    },
  });
}

function checkUrl(url: string, privateAllowed: boolean): void {
  const expected = webhookUrlFault(url, privateAllowed);
  if (expected === undefined) return;
  const detail = `url "${url.slice(0, 120)}" is not valid; expected ${expected}`;
  throw new InvalidInputError([{ pointer: "/url", code: "url_refused", detail }]);
}

function answerWebhook(row: WebhookRow): RouteAnswer {
  return {
    status: 200,
    body: showWebhook(row),
    headers: { etag: entityTag(row.version) },
  };
}

function showWebhook(row: WebhookRow): z.input<typeof webhookOut> {
  return {
    name: row.name,
    url: row.url,
    types: [...row.types],
    warehouses: [...row.warehouses],
    skus: [...row.skus],
    status: row.status,
    disabled_reason: row.disabled_reason,
    version: row.version,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
