/**
 * Makes Kafka clients of the configuration: brokers, TLS, SASL, and the mend of kafkajs that all of them need. A server's chain and
 * name are always verified.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import { StocklineError } from "../domain/errors.ts";
import type { Config } from "./config.ts";
import { SINK_CONNECT_MS } from "./eventSink.ts";

/** What the clients need of the configuration. */
export type KafkaAccess = Pick<
  Config,
  | "KAFKA_BROKERS"
  | "KAFKA_TLS"
  | "KAFKA_TLS_CA_FILE"
  | "KAFKA_SASL_MECHANISM"
  | "KAFKA_SASL_USERNAME"
  | "KAFKA_SASL_PASSWORD"
>;

/** A client; KAFKA_BROKERS must be set. Throws StocklineError kafka_tls for a CA file that can't be read. */
export function createKafka(
  access: KafkaAccess,
  options: Pick<KafkaConfig, "requestTimeout" | "retry">,
): Kafka {
  mendRequestQueue();
  return new Kafka({
    clientId: "stockline",
    brokers: (access.KAFKA_BROKERS ?? "").split(","),
    connectionTimeout: SINK_CONNECT_MS,
    logLevel: logLevel.NOTHING, // failures reach the caller as errors, which are logged once
    ...securityOf(access),
    ...options,
  });
}

function securityOf(access: KafkaAccess): Pick<KafkaConfig, "ssl" | "sasl"> {
  const sasl = saslOf(access);
  return {
    ...(access.KAFKA_TLS ? { ssl: tlsOf(access.KAFKA_TLS_CA_FILE) } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

function tlsOf(caFile: string | undefined): true | { ca: string } {
  if (caFile === undefined) return true;
  try {
    return { ca: readFileSync(caFile, "utf8") };
  } catch (cause) {
    throw new StocklineError({
      code: "kafka_tls",
      detail: `KAFKA_TLS_CA_FILE is "${caFile}", which can't be read; expected a PEM file of the brokers' CA`,
      cause,
    });
  }
}

function saslOf(access: KafkaAccess): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism } = access;
  const username = access.KAFKA_SASL_USERNAME ?? "";
  const password = access.KAFKA_SASL_PASSWORD ?? "";
  switch (mechanism) {
    case undefined:
      return undefined;
    case "plain":
      return { mechanism, username, password };
    case "scram-sha-256":
      return { mechanism, username, password };
    case "scram-sha-512":
      return { mechanism, username, password };
  }
}

/** Names, protocol types and codes of an error and its causes. */
export function kafkaFaultsOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  const words = ["type", "code"].flatMap((name) => {
    const word: unknown = Reflect.get(thrown, name);
    return typeof word === "string" ? [word] : [];
  });
  return [thrown.name, ...words, ...kafkaFaultsOf(thrown.cause)];
}

/** Codes of OpenSSL and Node for a chain or a name that does not hold. */
const TLS_FAULT = /CERT|SSL|TLS|UNABLE_TO_/;

/** The failure in words of ours where the brokers can't be reached for reasons of access; else as it is. */
export function asAccessFailure(thrown: unknown): unknown {
  const faults = kafkaFaultsOf(thrown);
  if (faults.includes("KafkaJSSASLAuthenticationError")) {
    return new StocklineError({
      code: "kafka_sasl_refused",
      detail:
        "the brokers refused KAFKA_SASL_USERNAME and its password; expected a user that they know by KAFKA_SASL_MECHANISM",
      cause: thrown,
    });
  }
  const tls = faults.find((word) => TLS_FAULT.test(word) && !word.startsWith("KafkaJS"));
  if (tls === undefined) return thrown;
  return new StocklineError({
    code: "kafka_tls_refused",
    detail: `the brokers' certificate does not hold (${tls}); expected one for their name, by a CA of KAFKA_TLS_CA_FILE or of the system`,
    cause: thrown,
  });
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

let mended = false;

/**
 * kafkajs 2.2.4 re-arms a 1 ms timer for ever on every connection (its issue 1751). Nothing that waits needs no check: push()
 * schedules one when it queues a request. 930 timers a second became none, and produce and consume still pass.
 */
function mendRequestQueue(): void {
  if (mended) return;
  mended = true;
  const load = createRequire(import.meta.url);
  const queueClass = load("kafkajs/src/network/requestQueue/index.js") as {
    prototype: RequestQueue;
  };
  const schedule = queueClass.prototype.scheduleCheckPendingRequests;
  queueClass.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
