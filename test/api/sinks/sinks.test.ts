/** GET /v1/sinks and POST /v1/sinks/{name}/replay. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sinkRoutes } from "../../../api/sinks/routes.ts";
import { appendEvents } from "../../../pipelines/events/index.ts";
import { sinksEnsure } from "../../../pipelines/publish/queries.ts";
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
  const event = { type: "test.made", entityId: newId(), subject: "tests/1", data: {} };
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
        publishing: false,
        lag_events: 3,
        positions: { acknowledged_events: 0, log_events: 3, lanes_behind: 1 },
        oldest_waiting_at: expect.stringMatching(/Z$/),
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
      'from "yesterday" is not valid; expected "beginning", or an RFC 3339 time with offset, such as 2026-03-01T12:00:00Z',
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
