/** What the Kafka sink sends, read by a client that is not ours (kcat), plain and through TLS; and how it is told that it may not in. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasKcat, type MockKafka, startMockKafka } from "../../local/mockKafka.ts";
import { newId } from "../../platform/clock.ts";
import type { EventSink, SinkRecord } from "../../platform/eventSink.ts";
import { createKafkaSink } from "../../platform/sinkKafka.ts";
import { makeTlsKeys, putTlsBefore, type TlsKeys } from "../support/kafkaTls.ts";
import { startSaslBroker } from "../support/saslBroker.ts";
import { PLAIN_KAFKA, readTopic } from "../support/sinks.ts";

type Access = Parameters<typeof createKafkaSink>[0];

const TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/** Records of a few keys, in turn; every third one with a trace. */
function someRecords(count: number): SinkRecord[] {
  const keys = Array.from({ length: 7 }, () => newId());
  return Array.from({ length: count }, (_, nth) => {
    const id = newId();
    const traceparent = nth % 3 === 0 ? TRACE : null;
    const data = { nth, name: "Zitrön — 柠檬 🍋" };
    const body = JSON.stringify({ specversion: "1.0", id, type: "stockline.item.updated", data });
    return {
      id,
      key: keys[nth % keys.length] ?? "",
      type: "stockline.item.updated",
      traceparent,
      body,
    };
  });
}

async function openAndSend(access: Access, records: readonly SinkRecord[]): Promise<void> {
  const sink = createKafkaSink(access);
  try {
    await sink.open();
    for (let from = 0; from < records.length; from += 40) {
      const outcomes = await sink.send(records.slice(from, from + 40));
      expect(outcomes.every(({ status }) => status === "acknowledged")).toBe(true);
    }
  } finally {
    await sink.close();
  }
}

/** Why opening failed: the error's code. */
async function refusalOf(sink: EventSink): Promise<unknown> {
  try {
    await sink.open();
    return "opened";
  } catch (thrown) {
    return thrown;
  } finally {
    await sink.close();
  }
}

describe.skipIf(!hasKcat())("with a cluster (kcat)", { timeout: 60_000 }, () => {
  let cluster: MockKafka;
  let keys: TlsKeys;
  beforeAll(async () => {
    cluster = await startMockKafka();
    keys = makeTlsKeys();
  }, 60_000);
  afterAll(() => cluster.stop());

  /** What was sent is there: each key in its order and in one partition, bytes and headers as they went in. */
  async function expectThere(topic: string, records: readonly SinkRecord[]): Promise<void> {
    const got = await readTopic(cluster.brokers, topic);
    expect(got).toHaveLength(records.length);
    for (const key of new Set(records.map((record) => record.key))) {
      const ours = records.filter((record) => record.key === key);
      const theirs = got.filter((message) => message.key === key);
      expect(theirs.map(({ payload }) => payload)).toEqual(ours.map(({ body }) => body));
      expect(new Set(theirs.map(({ partition }) => partition)).size).toBe(1);
    }
    expect(new Set(got.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    const byBody = new Map(records.map((record) => [record.body, record]));
    for (const { payload, headers } of got) {
      expect(Object.fromEntries(headers)).toEqual({
        "content-type": "application/cloudevents+json",
        type: "stockline.item.updated",
        ...(byBody.get(payload)?.traceparent === null ? {} : { traceparent: TRACE }),
      });
    }
  }

  test("kcat reads what was sent: each key's order, keys, bytes and headers", async () => {
    const records = someRecords(300);
    const access = { ...PLAIN_KAFKA, KAFKA_BROKERS: cluster.brokers, KAFKA_TOPIC: "read-back" };
    await openAndSend(access, records);
    await expectThere("read-back", records);
  });

  test("the same by TLS, where the brokers' CA is named", async () => {
    const records = someRecords(60);
    const tls = await putTlsBefore(cluster.brokers, keys);
    const access = {
      ...PLAIN_KAFKA,
      KAFKA_BROKERS: tls.brokers,
      KAFKA_TOPIC: "by-tls",
      KAFKA_TLS: true,
      KAFKA_TLS_CA_FILE: keys.caFile,
    };
    await openAndSend(access, records);
    tls.stop();
    await expectThere("by-tls", records);
  });

  test("a certificate of another CA is refused", async () => {
    const tls = await putTlsBefore(cluster.brokers, keys);
    const access = {
      ...PLAIN_KAFKA,
      KAFKA_BROKERS: tls.brokers,
      KAFKA_TOPIC: "no",
      KAFKA_TLS: true,
    };
    const other = { ...access, KAFKA_TLS_CA_FILE: makeTlsKeys().caFile };
    for (const one of [access, other]) {
      expect(await refusalOf(createKafkaSink(one))).toMatchObject({ code: "kafka_tls_refused" });
    }
    tls.stop();
  });
});

describe("access", () => {
  test("a CA file that can't be read is named", async () => {
    const access = {
      ...PLAIN_KAFKA,
      KAFKA_BROKERS: "127.0.0.1:9",
      KAFKA_TOPIC: "no",
      KAFKA_TLS: true,
      KAFKA_TLS_CA_FILE: "/nowhere/ca.pem",
    };
    expect(await refusalOf(createKafkaSink(access))).toMatchObject({
      code: "kafka_tls",
      message: expect.stringContaining('KAFKA_TLS_CA_FILE is "/nowhere/ca.pem"'),
    });
  });

  test("a user whom the brokers don't know is told so, and its password is in no message", async () => {
    const broker = await startSaslBroker(() => false);
    const access = {
      ...PLAIN_KAFKA,
      KAFKA_BROKERS: broker.brokers,
      KAFKA_TOPIC: "no",
      KAFKA_SASL_MECHANISM: "plain" as const,
      KAFKA_SASL_USERNAME: "stockline",
      KAFKA_SASL_PASSWORD: "correct-horse",
    };
    const refusal = await refusalOf(createKafkaSink(access));
    broker.stop();
    expect(refusal).toMatchObject({ code: "kafka_sasl_refused" });
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain("correct-horse");
    expect(broker.attempts[0]).toBe("\0stockline\0correct-horse");
  });
});
