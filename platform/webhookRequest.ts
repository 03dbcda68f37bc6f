/**
 * Signed requests to other people's servers, in the form of Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature:
 * HMAC-SHA-256), so that receivers verify them by any of its libraries. Addresses inside a network are refused where the name
 * is resolved for the very connection that is made, so no second answer of a name server leads elsewhere. No redirects.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { lookup as resolveName } from "node:dns/promises";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { StocklineError } from "../domain/errors.ts";

/** What is sent. The same id sent again is the same message; receivers drop it. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
  readonly contentType?: string;
}

/** Where it is sent, and with which secret it is signed. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** The receiver took it. */
export interface WebhookAnswer {
  readonly status: number;
}

/**
 * A message that was not taken. `code`: `webhook_url_refused`, `webhook_unreachable`, `webhook_timeout` or `webhook_status`.
 * `retriable`: the same message may be sent again later, after `retryAfterSeconds` where the receiver named it.
 */
export class WebhookError extends StocklineError {
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(fields: {
    readonly code: string;
    readonly detail: string;
    readonly retriable: boolean;
    readonly status?: number;
    readonly retryAfterSeconds?: number | undefined;
    readonly cause?: unknown;
  }) {
    super(fields);
    this.status = fields.status;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }
}

interface WebhookOptions {
  /** True: addresses inside a network and plain http are allowed too (WEBHOOK_PRIVATE_ALLOWED). */
  readonly privateAllowed: boolean;
  /** From the first byte to the last of the answer's head. Default 10 s. */
  readonly timeoutMs?: number;
  /** Answers the addresses of a name; the system's resolver where not given. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly now?: () => Date;
}

export interface WebhookClient {
  /** Sends one message. Throws WebhookError. */
  send(target: WebhookTarget, message: WebhookMessage): Promise<WebhookAnswer>;
  /** Closes the connections it keeps. */
  close(): void;
}

const TIMEOUT_MS = 10_000;
/** Connections that one process keeps to one receiver. */
const SOCKETS_MAX = 8;
const RETRY_STATUSES = new Set([408, 409, 425, 429]);
const RETRY_AFTER_SECONDS_MAX = 3_600;
const SECRET_PREFIX = "whsec_";

/** Networks that no receiver of the outside world is in (RFC 6890, 4193, 4291, 6598). */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv4");
}
/** Of version 6 only the global unicast range may be outside, without what is tunnelled or translated to version 4. */
const GLOBAL_6 = new BlockList();
GLOBAL_6.addSubnet("2000::", 3, "ipv6");
for (const [network, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv6");
}

/** True for addresses that only somebody inside a network can mean: loopback, private, link-local, reserved. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return PRIVATE.check(address, "ipv4");
  return family !== 6 || !GLOBAL_6.check(address, "ipv6") || PRIVATE.check(address, "ipv6");
}

/** Why a URL can't be a receiver's, or undefined. What its name leads to is seen at each connection. */
export function webhookUrlFault(text: string, privateAllowed: boolean): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return "an absolute URL";
  if (url.protocol !== "https:" && !(privateAllowed && url.protocol === "http:")) {
    return "an https URL";
  }
  if (url.username !== "" || url.password !== "") return "a URL without a user and a password";
  const host = hostOf(url);
  const inside = isIP(host) === 0 ? /(^|\.)localhost\.?$/i.test(host) : isPrivateAddress(host);
  return inside && !privateAllowed ? "a host outside of private networks" : undefined;
}

/** The host without the brackets of an address of version 6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** The headers that sign a message, as of Standard Webhooks: HMAC-SHA-256 over `id.timestamp.body`. */
export function signWebhook(
  secret: string,
  message: WebhookMessage,
  at: Date,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = signatureOf(secret, `${message.id}.${timestamp}.${message.body}`);
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

/** What a receiver does: true where one of the signatures is the message's and its time is within five minutes of now. */
export function verifyWebhook(
  secret: string,
  received: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  now: Date,
): boolean {
  const { headers, body } = received;
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "" } = headers;
  const skew = Math.abs(now.getTime() / 1_000 - Number(timestamp));
  if (!(skew <= 300)) return false;
  const expected = Buffer.from(signatureOf(secret, `${id}.${timestamp}.${body}`));
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ""));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** A secret of the form `whsec_<base64>` is that key; any other text is the key itself. */
function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), "base64")
    : Buffer.from(secret);
  return createHmac("sha256", key).update(signed).digest("base64");
}

/** Makes a client that keeps its connections; close it when the process stops. */
export function createWebhookClient(options: WebhookOptions): WebhookClient {
  const { timeoutMs = TIMEOUT_MS, now = () => new Date() } = options;
  const connecting = { keepAlive: true, maxSockets: SOCKETS_MAX, lookup: guardedLookup(options) };
  const agents = { "http:": new HttpAgent(connecting), "https:": new HttpsAgent(connecting) };
  return {
    send: async (target, message) => {
      const fault = webhookUrlFault(target.url, options.privateAllowed);
      if (fault !== undefined) throw refused(`the URL is refused; expected ${fault}`);
      const url = new URL(target.url);
      const agent = url.protocol === "http:" ? agents["http:"] : agents["https:"];
      const headers = {
        "content-type": message.contentType ?? "application/json",
        "content-length": Buffer.byteLength(message.body),
        "user-agent": "stockline",
        ...signWebhook(target.secret, message, now()),
      };
      const signal = AbortSignal.timeout(timeoutMs);
      return answerOf(await post(url, { agent, headers, signal, body: message.body }), now());
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Resolves a name for the connection that is about to be made, and refuses it where an address lies inside. */
function guardedLookup(options: WebhookOptions): LookupFunction {
  const resolve = options.resolve ?? systemResolve;
  const addressesOf = async (host: string) => {
    const found = (await resolve(host)).map((address) => ({ address, family: isIP(address) }));
    const inside = found.some(({ address }) => isPrivateAddress(address));
    if (inside && !options.privateAllowed) {
      throw refused("the name leads into a private network; expected a host outside of it");
    }
    return found;
  };
  const answer = callbackify(addressesOf);
  return (host, { all }, callback) => {
    answer(host, (thrown, found) => {
      if (thrown !== null) return callback(thrown, "", 0);
      const [first] = found;
      if (first === undefined) return callback(new Error("the name has no address"), "", 0);
      return all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

async function systemResolve(host: string): Promise<string[]> {
  return (await resolveName(host, { all: true })).map(({ address }) => address);
}

interface Post {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly signal: AbortSignal;
  readonly body: string;
}

function post(url: URL, { body, ...options }: Post): Promise<IncomingMessage> {
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const sent = send(url, { method: "POST", ...options }, (answer) => {
      // What it says is nobody's business; unread it would hold the connection.
      answer.on("error", () => undefined);
      answer.resume();
      resolve(answer);
    });
    sent.on("error", (thrown) => reject(asWebhookError(thrown, options.signal)));
    sent.end(body);
  });
}

function asWebhookError(thrown: Error, signal: AbortSignal): WebhookError {
  if (thrown instanceof WebhookError) return thrown;
  const late = signal.aborted;
  return new WebhookError({
    code: late ? "webhook_timeout" : "webhook_unreachable",
    detail: late ? "the receiver did not answer in time" : "the receiver could not be reached",
    retriable: true,
    cause: thrown,
  });
}

function answerOf(answer: IncomingMessage, now: Date): WebhookAnswer {
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return { status };
  throw new WebhookError({
    code: "webhook_status",
    detail: `the receiver answered ${status}; expected 200 to 299`,
    retriable: status >= 500 || RETRY_STATUSES.has(status),
    status,
    retryAfterSeconds: retryAfterOf(answer.headers["retry-after"], now),
  });
}

/** Seconds, or until a date of HTTP; at most an hour. Undefined where it names neither, or the past. */
export function retryAfterOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(header)
    ? Number(header)
    : Math.ceil((Date.parse(header) - now.getTime()) / 1_000);
  return seconds > 0 ? Math.min(seconds, RETRY_AFTER_SECONDS_MAX) : undefined;
}

function refused(detail: string): WebhookError {
  return new WebhookError({ code: "webhook_url_refused", detail, retriable: false });
}
