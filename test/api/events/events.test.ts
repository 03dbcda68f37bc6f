/** GET /v1/events and /v1/events/stream: the log read from a cursor, whole, in order, and only what the caller may see. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEventFollower } from "../../../api/events/eventFollower.ts";
import { eventRoutes } from "../../../api/events/routes.ts";
import { streamEvents } from "../../../api/events/streamEvents.ts";
import type { EventName } from "../../../domain/events/index.ts";
import type { CloudEvent } from "../../../domain/messages.ts";
import {
  announceEvents,
  appendEvents,
  decodeEventCursor,
  eventLogEnd,
  listenToEvents,
} from "../../../pipelines/events/index.ts";
import { newId } from "../../../platform/clock.ts";
import type { Context } from "../../../platform/context.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

const followerOf = ({ db, redis, config, lifecycle }: Context) =>
  createEventFollower({
    db,
    listen: () => listenToEvents({ redis, prefix: config.REDIS_PREFIX }),
    draining: () => lifecycle.draining,
  });

let harness: ApiHarness;
beforeAll(async () => {
  harness = await createApiHarness({
    routes: (context) => eventRoutes({ db: context.db, follower: followerOf(context) }),
  });
});
afterAll(() => harness.close());

const append = (type: EventName, data: unknown, entityId = newId()): Promise<void> =>
  inTransaction(harness.context.db, (tx) =>
    appendEvents(tx, [{ type, entityId, subject: `tests/${entityId}`, data }]),
  );

/** Reads pages until one is empty. */
async function readAll(query = "", options = {}): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  let after = "";
  for (;;) {
    const path = `/v1/events?${query}${after === "" ? "" : `&after=${after}`}`;
    const { body, status } = await harness.request("GET", path, options);
    expect(status).toBe(200);
    events.push(...body.data);
    if (after === body.next_cursor) return events;
    after = body.next_cursor;
  }
}

const PLACED = [
  { warehouse: "NORTH", quantity: "1" },
  { warehouse: "SOUTH" },
  { warehouse: "SOUTH", to_warehouse: "NORTH" },
  { warehouse: "SOUTH", counterpart_warehouse: "NORTH", balance_after: "7" },
  { warehouse: "NORTH", counterpart_warehouse: "SOUTH", balance_after: "3" },
  { warehouse: "NORTH", to_warehouse: "NORTH" },
  { from_warehouse: "SOUTH", to_warehouse: "NORTH" },
  { from_warehouse: "SOUTH" },
  { warehouse: null, sku: "A" },
];
/** What of it a caller sees who is limited to NORTH. */
const PLACED_OF_NORTH = [
  { warehouse: "NORTH", quantity: "1" },
  { warehouse: "NORTH", balance_after: "3" },
  { warehouse: "NORTH", to_warehouse: "NORTH" },
  { to_warehouse: "NORTH" },
  { warehouse: null, sku: "A" },
];

describe("the log", () => {
  test("is read whole, in small pages, merged by time and without a gap in any lane", async () => {
    for (let index = 0; index < 30; index += 1) await append("item.created", { index });
    const events = await readAll("limit=7");
    expect(events).toHaveLength(30);
    expect(events.map((event) => (event.data as { index: number }).index)).toEqual(
      Array.from({ length: 30 }, (_, index) => index),
    );
    for (const lane of new Set(events.map((event) => event.lane))) {
      const ofLane = events.filter((event) => event.lane === lane);
      expect(ofLane.map((event) => event.position)).toEqual(ofLane.map((_, index) => index + 1));
    }
  });

  test("is made of CloudEvents", async () => {
    const entityId = newId();
    await append("item.updated", { price: "12.50" }, entityId);
    const [event] = await readAll("type=stockline.item.updated");
    expect(event).toEqual({
      specversion: "1.0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: "/stockline",
      type: "stockline.item.updated",
      subject: `tests/${entityId}`,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      datacontenttype: "application/json",
      dataschema: "urn:stockline:item.updated.v1",
      partitionkey: entityId,
      lane: expect.any(Number),
      position: expect.any(Number),
      incarnation: 1,
      data: { price: "12.50" },
    });
  });

  test("answers a cursor at its end, from which later events are read", async () => {
    const end = await harness.request("GET", "/v1/events?limit=500");
    const cursor = end.body.next_cursor;
    const nothing = await harness.request("GET", `/v1/events?after=${cursor}`);
    expect(nothing.body).toEqual({ data: [], next_cursor: cursor });
    await append("warehouse.created", {});
    const later = await harness.request("GET", `/v1/events?after=${cursor}`);
    expect(later.body.data.map((event: CloudEvent) => event.type)).toEqual([
      "stockline.warehouse.created",
    ]);
  });

  test("shows several types where several are asked for", async () => {
    await append("supplier.created", {});
    await append("supplier.updated", {});
    const events = await readAll(
      "type=stockline.supplier.created&type=stockline.supplier.updated&limit=1",
    );
    expect(events.map((event) => event.type)).toEqual([
      "stockline.supplier.created",
      "stockline.supplier.updated",
    ]);
  });

  test("hides events of other warehouses from a limited caller, and their names in its own", async () => {
    for (const data of PLACED) await append("stock.low", data);
    const events = await readAll("type=stockline.stock.low", { warehouses: ["NORTH"] });
    expect(events.map((event) => event.data)).toEqual(PLACED_OF_NORTH);
    const all = await readAll("type=stockline.stock.low");
    expect(all.map((event) => event.data)).toEqual(PLACED);
  });

  test("refuses cursors of others, with the parameter's name", async () => {
    const { status, body } = await harness.request("GET", "/v1/events?after=abc");
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: "cursor_invalid",
      errors: [{ pointer: "/query/after", code: "cursor_invalid" }],
    });
  });

  test("is not for the unknown", async () => {
    expect((await harness.request("GET", "/v1/events", { role: "none" })).status).toBe(401);
    expect((await harness.request("GET", "/v1/events", { role: "service" })).status).toBe(403);
  });
});

describe("the stream", () => {
  interface Message {
    readonly id: string | undefined;
    readonly data: CloudEvent | undefined;
  }

  const open = async (after?: string, warehouses?: readonly string[]) => {
    const { db } = harness.context;
    const follower = followerOf(harness.context);
    const response = streamEvents({
      db,
      follower,
      after: after === undefined ? await eventLogEnd(db) : decodeEventCursor(after),
      filter: { types: [], warehouses },
    });
    const reader = response.body?.getReader();
    let buffer = "";
    const next = async (): Promise<Message | undefined> => {
      while (!buffer.includes("\n\n")) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return undefined;
        buffer += Buffer.from(chunk.value).toString();
      }
      const end = buffer.indexOf("\n\n");
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      const data = /^data: (.*)$/m.exec(text)?.[1];
      return {
        id: /^id: (.*)$/m.exec(text)?.[1],
        data: data === undefined ? undefined : JSON.parse(data),
      };
    };
    const cancel = (): Promise<void> | undefined => reader?.cancel();
    return { response, follower, next, cancel };
  };

  test("tells the present end first, then what is new, and is resumed from any id", async () => {
    const stream = await open();
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    const first = await stream.next();
    expect(first?.data).toBeUndefined();
    await append("report.completed", { nth: 1 });
    await announceEvents(harness.context.redis, harness.context.config.REDIS_PREFIX);
    const one = await stream.next();
    expect(one?.data?.data).toEqual({ nth: 1 });
    await append("report.completed", { nth: 2 });
    const two = await stream.next();
    expect(two?.data?.data).toEqual({ nth: 2 });
    await stream.cancel();

    const resumed = await open(one?.id);
    await resumed.next();
    expect((await resumed.next())?.data?.data).toEqual({ nth: 2 });
    await resumed.cancel();
  });

  test("shows a limited caller what the log shows it", async () => {
    const stream = await open(undefined, ["NORTH"]);
    await stream.next();
    for (const data of PLACED) await append("stock.low", data);
    await announceEvents(harness.context.redis, harness.context.config.REDIS_PREFIX);
    for (const data of PLACED_OF_NORTH) expect((await stream.next())?.data?.data).toEqual(data);
    await stream.cancel();
  });

  test("ends when the process is about to stop", async () => {
    const stream = await open();
    await stream.next();
    const end = stream.next();
    stream.follower.close();
    expect(await end).toBeUndefined();
    await expect(async () => stream.follower.join()).rejects.toMatchObject({
      code: "too_many_streams",
    });
  });

  test("that fails gives its place back", async () => {
    let joined = 0;
    const following = {
      wait: async () => false,
      leave: () => {
        joined -= 1;
      },
    };
    const follower = {
      closed: false,
      join: () => {
        joined += 1;
        return following;
      },
      close: () => undefined,
    };
    const db = { query: () => Promise.reject(new Error("the database is away")) };
    const response = streamEvents({
      db,
      follower,
      after: new Map(),
      filter: { types: [], warehouses: undefined },
    });
    await expect(response.text()).rejects.toThrow("the database is away");
    expect(joined).toBe(0);
  });

  test("is a route of its own that takes Last-Event-ID", async () => {
    const { status, body } = await harness.request("GET", "/v1/events/stream", {
      headers: { "last-event-id": "abc" },
    });
    expect(status).toBe(422);
    expect(body.code).toBe("cursor_invalid");
  });
});
