/** GET /v1/lanes and POST /v1/lanes/{id}/resume. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { laneRoutes } from "../../../api/lanes/routes.ts";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { haltLanes } from "../../../pipelines/apply/setAside.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";

let harness: ApiHarness;
let item: SeededItem;
const woken: number[] = [];

beforeAll(async () => {
  harness = await createApiHarness({
    routes: ({ db }) =>
      laneRoutes({
        db,
        wakeLanes: (lanes) => woken.push(...lanes),
        announce: async () => undefined,
      }),
  });
  const { db } = harness.context;
  const [warehouseId = ""] = await seedWarehouses(db, ["MAIN"]);
  const [seeded] = await seedItems(db, ["ITEM-1"]);
  if (seeded === undefined) throw new Error("no item");
  item = seeded;
  const place = { itemId: item.id, lane: item.lane, warehouseId };
  const commands = [1, 2, 3].map(() => toTestCommand(place));
  await appendToInbox(db, commands);
  await drainLanes(db, { lanes: [item.lane], rowsMax: 1 });
});
afterAll(() => harness.close());

test("a lane shows what waits in it and since when, and that it was halted", async () => {
  const all = await harness.request("GET", "/v1/lanes");
  expect(all.body.data).toHaveLength(256);
  expect(all.body.data[item.lane]).toEqual({
    id: item.lane,
    depth: 2,
    depth_is_bounded: false,
    oldest_accepted_at: expect.stringMatching(/Z$/),
    set_aside: 0,
    events: 1,
    last_decided_at: expect.stringMatching(/Z$/),
    halted_at: null,
    halted_reason: null,
  });
  await haltLanes(harness.context.db, { lanes: [item.lane], cause: new Error("no partition") });
  const halted = await harness.request("GET", "/v1/lanes?halted=true");
  expect(halted.body.data).toMatchObject([{ id: item.lane, halted_reason: "Error: no partition" }]);
  expect((await harness.request("GET", "/v1/lanes?halted=false")).body.data).toHaveLength(255);
});

test("a halted lane takes no part in a drain until it is resumed", async () => {
  const { db } = harness.context;
  const drain = () => drainLanes(db, { lanes: [item.lane], rowsMax: 10 });
  expect(await drain()).toMatchObject({ rows: 0, heldElsewhere: [] });
  const path = `/v1/lanes/${item.lane}/resume`;
  const resumed = await harness.request("POST", path);
  expect([resumed.status, resumed.body]).toEqual([200, { id: item.lane, status: "resumed" }]);
  expect(woken).toEqual([item.lane]);
  expect(await drain()).toMatchObject({ rows: 2 });
  const again = await harness.request("POST", path);
  expect([again.status, again.body.code]).toEqual([409, "lane_not_halted"]);
});

test("only an unlimited administrator may look and resume", async () => {
  expect((await harness.request("GET", "/v1/lanes", { role: "operator" })).status).toBe(403);
  expect((await harness.request("GET", "/v1/lanes", { warehouses: ["MAIN"] })).status).toBe(403);
  expect((await harness.request("POST", "/v1/lanes/256/resume")).status).toBe(422);
});
