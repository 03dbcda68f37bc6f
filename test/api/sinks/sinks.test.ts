/** GET /v1/sinks and POST /v1/sinks/{name}/replay. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sinkRoutes } from "../../../api/sinks/routes.ts";
import {
  appendEvents,
  type EntityEvent,
  encodeEventCursor,
} from "../../../pipelines/events/index.ts";
import { sinksEnsure } from "../../../pipelines/publish/queries/cursors.ts";
import { lettersInsert } from "../../../pipelines/publish/queries/letters.ts";
import { newId } from "../../../platform/clock.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let harness: ApiHarness;
let announced = 0;
beforeAll(async () => {
  harness = await createApiHarness({
    routes: ({ db }) =>
      sinkRoutes({
        db,
        announce: async () => {
          announced += 1;
        },
      }),
  });
  const { db } = harness.context;
  await sinksEnsure(db, [{ name: "kafka", kind: "kafka" }]);
  const event: EntityEvent = {
    type: "item.created",
    entityId: newId(),
    subject: "tests/1",
    data: {},
  };
  await inTransaction(db, (tx) => appendEvents(tx, [event, event, event]));
});
afterAll(() => harness.close());

test("a sink shows how far it is behind", async () => {
  const { status, body } = await harness.request("GET", "/v1/sinks");
  expect(status).toBe(200);
  expect(body).toEqual({
    data: [
      {
        name: "kafka",
        kind: "kafka",
        paused: false,
        paused_by: null,
        publishing: false,
        circuit: "closed",
        failing_since: null,
        lag_events: 3,
        lag_seconds: expect.any(Number),
        positions: { acknowledged_events: 0, log_events: 3, lanes_behind: 1 },
        oldest_waiting_at: expect.stringMatching(/Z$/),
        dead_letters: 0,
        last_error: null,
        last_error_at: null,
      },
    ],
    next_cursor: null,
  });
});

test("a replay sets the sink back and tells the publishers", async () => {
  const { db } = harness.context;
  await db.query({
    text: "update sink_cursors set position = 3 where sink = 'kafka' and lane in (select lane from events)",
  });
  const replay = (from: unknown) =>
    harness.request("POST", "/v1/sinks/kafka/replay", { body: { from } });
  expect(await replay("2999-01-01T00:00:00Z")).toMatchObject({ status: 202, body: { events: 0 } });
  expect(await replay("2020-01-01T00:00:00+01:00")).toMatchObject({
    status: 202,
    body: { name: "kafka", from: "2020-01-01T00:00:00+01:00", events: 3 },
  });
  expect(await replay("beginning")).toMatchObject({ status: 202, body: { events: 0 } });
  expect(announced).toBe(3);
});

test("a replay names what is wrong with it", async () => {
  const wrong = await harness.request("POST", "/v1/sinks/kafka/replay", {
    body: { from: "yesterday" },
  });
  expect(wrong.status).toBe(422);
  expect(wrong.body).toMatchObject({
    code: "date_format",
    detail:
      'from "yesterday" is not valid; expected "beginning", an RFC 3339 time with offset, such as 2026-03-01T12:00:00Z, a cursor of GET /v1/events, or <lane>:<position>',
  });
  const unknown = await harness.request("POST", "/v1/sinks/nobody/replay", {
    body: { from: "beginning" },
  });
  expect(unknown.status).toBe(404);
  expect(unknown.body.detail).toBe('sink "nobody" does not exist');
});

test("only admins see and replay sinks", async () => {
  for (const role of ["viewer", "operator", "buyer", "analyst"] as const) {
    expect((await harness.request("GET", "/v1/sinks", { role })).status).toBe(403);
  }
  const { status } = await harness.request("POST", "/v1/sinks/kafka/replay", {
    role: "analyst",
    body: { from: "beginning" },
  });
  expect(status).toBe(403);
});

test("a replay takes a cursor of the log and a position of a lane", async () => {
  const { db } = harness.context;
  const { rows } = await db.query<{ lane: number }>({ text: "select distinct lane from events" });
  const lane = rows[0]?.lane ?? 0;
  await db.query({ text: "update sink_cursors set position = 3 where lane = $1", values: [lane] });
  const replay = (from: unknown) =>
    harness.request("POST", "/v1/sinks/kafka/replay", { body: { from } });
  expect((await replay(`${lane}:3`)).body).toEqual({ name: "kafka", from: `${lane}:3`, events: 1 });
  const cursor = encodeEventCursor(new Map([[lane, 1]]));
  expect((await replay(cursor)).body.events).toBe(1);
  expect((await replay(encodeEventCursor(new Map()))).body.events).toBe(1);
  expect((await replay("272:1")).status).toBe(422);
  expect((await replay("1:0")).status).toBe(422);
});

test("a sink is paused and resumed, by whom is told", async () => {
  const paused = await harness.request("POST", "/v1/sinks/kafka/pause");
  expect(paused).toMatchObject({ status: 200, body: { paused: true, paused_by: "test-admin" } });
  const resumed = await harness.request("POST", "/v1/sinks/kafka/resume");
  expect(resumed).toMatchObject({ status: 200, body: { paused: false, paused_by: null } });
  expect(await harness.request("GET", "/v1/sinks/kafka")).toMatchObject({
    status: 200,
    body: { name: "kafka", paused: false },
  });
  expect((await harness.request("GET", "/v1/sinks/nobody")).status).toBe(404);
  expect((await harness.request("POST", "/v1/sinks/nobody/pause")).status).toBe(404);
});

test("dead letters are listed, sent again and given up", async () => {
  const { db } = harness.context;
  const letters = [1, 2].map((position) => ({
    id: newId(),
    lane: 7,
    position,
    event_id: newId(),
    event_type: "stockline.item.updated",
    partition_key: "one",
    traceparent: null,
    body: JSON.stringify({ specversion: "1.0" }),
    code: position === 1 ? "record_too_large" : "behind_refused",
    behind: position === 2,
  }));
  await lettersInsert(db, "kafka", letters);
  const list = "/v1/sinks/kafka/dead-letters";
  const first = await harness.request("GET", `${list}?limit=1`);
  expect(first.body.data).toMatchObject([{ code: "record_too_large", status: "parked", lane: 7 }]);
  const second = await harness.request("GET", `${list}?limit=1&cursor=${first.body.next_cursor}`);
  expect(second.body).toMatchObject({ data: [{ code: "behind_refused" }], next_cursor: null });

  const [one, two] = letters.map(({ id }) => id);
  expect(await harness.request("POST", `${list}/${one}/replay`)).toMatchObject({
    status: 202,
    body: { letters: 1 },
  });
  expect((await harness.request("GET", `${list}?status=released`)).body.data).toHaveLength(1);
  expect((await harness.request("POST", `${list}/${one}/replay`)).status).toBe(404);
  const discard = (id = "", body: unknown = { reason: "no use" }) =>
    harness.request("POST", `${list}/${id}/discard`, { body });
  expect((await discard(two, {})).status).toBe(422);
  expect((await discard(two)).status).toBe(204);
  expect(await discard(two)).toMatchObject({ status: 409, body: { code: "letter_resolved" } });
  expect((await harness.request("GET", `${list}?status=discarded`)).body.data).toMatchObject([
    { reason: "no use", resolved_by: "test-admin" },
  ]);
  expect((await harness.request("GET", "/v1/sinks/nobody/dead-letters")).status).toBe(404);
});
