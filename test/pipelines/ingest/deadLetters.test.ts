/** What can't be taken is parked with its reason and changes nothing else (reliability.md E1 to E3), and is mended and replayed once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signEvent } from "../../../domain/movementRequested.ts";
import { type InboundRecord, ingestRecords } from "../../../pipelines/ingest/index.ts";
import {
  createPersonalData,
  protectPersonalData,
  rotateDataKey,
} from "../../../pipelines/privacy/index.ts";
import { newId } from "../../../platform/clock.ts";
import { sealedPrefix } from "../../../platform/cryptoEnvelope.ts";
import { aMovementEvent } from "../../support/inboundEvents.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";
import { openTestIngest } from "../../support/sources.ts";
import { waitFor } from "../../support/waitFor.ts";

const KEY = "0123456789abcdef";
let stage: MovementStage;
let open: ReturnType<typeof openTestIngest>;
let position = 0;

beforeAll(async () => {
  stage = await createMovementStage();
  await stage.item("TEA");
  open = openTestIngest(stage.context);
});
afterAll(async () => {
  await open.close();
  await stage.close();
});

function record(payload: string | object | Uint8Array): InboundRecord {
  position += 1;
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const bytes = payload instanceof Uint8Array ? payload : Buffer.from(text);
  return { origin: "test:in", position: String(position), payload: bytes };
}

const letters = async (query: string) =>
  (await stage.request("GET", `/v1/dead-letters?status=parked&${query}`)).body.data;

describe("what is parked", () => {
  const big = aMovementEvent({ reason: "x".repeat(1_000_000) });
  const bodies: readonly [code: string, payload: string | object | Uint8Array][] = [
    ["json_malformed", "no json"],
    ["json_malformed", ""],
    ["duplicate_key", '{"specversion":"1.0","specversion":"1.0"}'],
    ["bad_unicode", Buffer.from([0xff, 0xfe, 0x00])],
    ["nul_char", JSON.stringify(aMovementEvent({ reason: "a\u0000b" }))],
    ["wrong_type", "[]"],
    ["required", { ...aMovementEvent(), id: undefined }],
    ["required", { ...aMovementEvent(), source: undefined }],
    ["not_allowed", aMovementEvent({}, { specversion: "0.3" })],
    ["unknown_type", aMovementEvent({}, { type: "stockline.movement.applied" })],
    ["schema_version", aMovementEvent({}, { dataschema: "https://x.example/requested/v2" })],
    ["too_large", big],
    ["unknown_field", aMovementEvent({ qty: 1 })],
    ["quantity_format", aMovementEvent({ quantity: "1.00005" })],
    ["required", aMovementEvent({ sku: undefined })],
    ["unknown_sku", aMovementEvent({ sku: "NONE" })],
    ["unknown_warehouse", aMovementEvent({ warehouse: "NONE" })],
    ["date_future", aMovementEvent({ occurred_at: "2999-01-01T00:00:00Z" })],
    ["quantity_sign", aMovementEvent({ quantity: "-1" })],
    ["id_mismatch", aMovementEvent({ id: "00000000-0000-4000-8000-000000000000" })],
  ];

  test("each by its own reason, and the good ones beside them are taken", async () => {
    const good = aMovementEvent({ quantity: 5 });
    const records = bodies.map(([, payload]) => record(payload));
    const half = Math.floor(records.length / 2);
    const mixed = [...records.slice(0, half), record(good), ...records.slice(half)];
    const result = await ingestRecords(open.ingest, mixed);
    expect(result).toEqual({ accepted: 1, duplicates: 0, parked: bodies.length });
    const parked: { position: string; code: string; bytes: number }[] = await letters("limit=100");
    const codes = new Map(parked.map((letter) => [letter.position, letter.code]));
    expect(records.map((one) => codes.get(one.position))).toEqual(bodies.map(([code]) => code));
    await waitFor("the good one", async () => (await stage.level("TEA")).on_hand === "5");

    // The same records again: known, all of them.
    expect(await ingestRecords(open.ingest, mixed)).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await letters("limit=100")).toHaveLength(bodies.length);
  });

  test("an id that was used for another movement, by HTTP or by a stream", async () => {
    const event = aMovementEvent({ quantity: 2 });
    await stage.apply({ id: event.id, ...event.data });
    const other = { ...event, data: { ...event.data, quantity: "3" } };
    const result = await ingestRecords(open.ingest, [record(event), record(other)]);
    expect(result).toEqual({ accepted: 0, duplicates: 1, parked: 1 });
    expect(await letters("code=id_reused")).toMatchObject([{ event_id: event.id }]);
  });

  test("ids that are no UUIDs are told apart by their source", async () => {
    const one = aMovementEvent({}, { id: "4711" });
    const other = aMovementEvent({}, { id: "4711", source: "https://shop.example" });
    const result = await ingestRecords(
      open.ingest,
      [one, other, one].map((it) => record(it)),
    );
    expect(result).toEqual({ accepted: 2, duplicates: 1, parked: 0 });
  });

  test("events without the signature of their source, where sources have keys", async () => {
    const keys = new Map([
      ["https://wms.example", KEY],
      ["https://pos.example", "fedcba9876543210"],
    ]);
    const signed = (event: object, key = KEY) => ({ ...event, signature: signEvent(event, key) });
    const event = aMovementEvent({ quantity: 1.5 });
    const deps = { ...open.ingest, signingKeys: keys };
    const changed = { ...signed(event), data: { ...event.data, quantity: "9" } };
    const cases = [
      ["signature_missing", event],
      ["signature_invalid", changed],
      ["signature_invalid", signed({ ...event, source: "https://pos.example" })],
      ["signature_invalid", { ...event, signature: "v1=00" }],
      ["unknown_source", signed({ ...event, source: "https://forger.example" })],
    ] as const;
    const records = cases.map(([, body]) => record(body));
    expect(await ingestRecords(deps, records)).toMatchObject({ accepted: 0, parked: cases.length });
    for (const [code] of cases) expect(await letters(`code=${code}`)).not.toEqual([]);
    // Keys may stand in another order; the number is the number.
    const shuffled = Object.fromEntries(Object.entries(signed(event)).reverse());
    expect(await ingestRecords(deps, [record(shuffled)])).toMatchObject({ accepted: 1 });
  });
});

describe("a parked letter", () => {
  const park = async (payload: object | string): Promise<string> => {
    const one = record(payload);
    await ingestRecords(open.ingest, [one]);
    const all: { id: string; position: string }[] = await letters("limit=500");
    return all.find((letter) => letter.position === one.position)?.id ?? "";
  };

  test("is replayed as it came once its cause is gone, and only once", async () => {
    const id = await park(aMovementEvent({ sku: "LATER", quantity: 4 }));
    const path = `/v1/dead-letters/${id}/replay`;
    const tooEarly = await stage.request("POST", path, { body: {} });
    expect([tooEarly.status, tooEarly.body.code]).toEqual([422, "unknown_sku"]);
    expect((await stage.request("GET", `/v1/dead-letters/${id}`)).body.status).toBe("parked");
    await stage.item("LATER");
    const answers = await Promise.all(
      [1, 2, 3].map(() => stage.request("POST", path, { body: {} })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409, 409]);
    await waitFor("the movement", async () => (await stage.level("LATER")).on_hand === "4");
    const { body } = await stage.request("GET", `/v1/dead-letters/${id}`);
    expect(body).toMatchObject({ status: "replayed", resolved_by: "test-admin", mended: null });
  });

  test("is replayed mended, and keeps what came and what was taken", async () => {
    const event = aMovementEvent({ sku: "TEE", quantity: 1 });
    const id = await park(event);
    const found = await stage.request("GET", `/v1/dead-letters/${id}`);
    const mended = { ...event, data: { ...event.data, sku: "TEA" } };
    const answer = await stage.request("POST", `/v1/dead-letters/${id}/replay`, {
      body: { event: mended },
    });
    expect(answer.body).toMatchObject({ movement_id: event.id, repeat: false });
    const after = await stage.request("GET", `/v1/dead-letters/${id}`);
    expect(after.body.payload).toBe(found.body.payload);
    expect(after.body.mended).toBe(JSON.stringify(mended));
  });

  test("is discarded with a reason, and does not come back when it is delivered again", async () => {
    const one = record("rubbish");
    await ingestRecords(open.ingest, [one]);
    const [letter] = (await letters("limit=500")).slice(-1);
    const path = `/v1/dead-letters/${letter.id}/discard`;
    expect((await stage.request("POST", path, { body: {} })).status).toBe(422);
    const body = { reason: "a test of theirs" };
    expect((await stage.request("POST", path, { body })).status).toBe(200);
    expect((await stage.request("POST", path, { body })).body.code).toBe("already_resolved");
    await ingestRecords(open.ingest, [one]);
    const after = await stage.request("GET", `/v1/dead-letters/${letter.id}`);
    expect(after.body).toMatchObject({ status: "discarded", resolution: "a test of theirs" });
    expect((await letters("limit=500")).map((it: { id: string }) => it.id)).not.toContain(
      letter.id,
    );
  });

  test("lies sealed, with the reason that quotes it, also after its key was replaced", async () => {
    const { db, keyWrapper } = stage.context;
    const stored = async (id: string) => {
      const text = "select payload, mended, reason, payload_bytes from dead_letters where id = $1";
      return (await db.query(text, [id])).rows[0];
    };
    const event = aMovementEvent({ sku: "ANN EXAMPLE", quantity: 1 });
    const id = await park(event);
    const mended = { ...event, data: { ...event.data, sku: "TEA" } };
    await stage.request("POST", `/v1/dead-letters/${id}/replay`, { body: { event: mended } });
    const before = await stored(id);
    expect(JSON.stringify(before)).not.toContain("ANN EXAMPLE");
    expect(before.payload_bytes).toBe(Buffer.byteLength(JSON.stringify(event)));
    await rotateDataKey({ db, wrapper: keyWrapper });
    const personal = createPersonalData({ db, wrapper: keyWrapper });
    const plain = { id: newId(), payload: "from before", reason: "it was so" };
    await db.query(
      "insert into dead_letters (id, origin, payload, reason, payload_bytes) values ($1, 'test:old', $2, $3, 11)",
      [plain.id, plain.payload, plain.reason],
    );
    const { signal } = new AbortController();
    await protectPersonalData({ db, personal }, { signal });
    const prefix = sealedPrefix(personal.activeKey());
    const sealed = [await stored(id), await stored(plain.id)].flatMap((row) => [
      row.payload,
      row.reason,
    ]);
    for (const text of sealed) expect(String(text)).toMatch(new RegExp(`^${prefix}`));
    expect((await stored(id)).mended.startsWith(prefix)).toBe(true);
    const { body } = await stage.request("GET", `/v1/dead-letters/${id}`);
    expect(body).toMatchObject({
      payload: JSON.stringify(event),
      mended: JSON.stringify(mended),
      bytes: before.payload_bytes,
    });
    expect(body.reason).toContain("ANN EXAMPLE");
    const old = await stage.request("GET", `/v1/dead-letters/${plain.id}`);
    expect(old.body).toMatchObject({ payload: "from before", reason: "it was so", bytes: 11 });
  });

  test("is for admins only, and for those of all warehouses", async () => {
    for (const role of ["viewer", "operator", "buyer", "analyst"] as const) {
      expect((await stage.request("GET", "/v1/dead-letters", { role })).status).toBe(403);
    }
    const limited = await stage.request("GET", "/v1/dead-letters", { warehouses: ["A"] });
    expect(limited.status).toBe(403);
    expect((await stage.request("GET", "/v1/sources")).body.data).toContainEqual(
      expect.objectContaining({ source: "test:in", shards: [] }),
    );
  });
});
