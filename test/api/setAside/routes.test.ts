/** GET /v1/set-aside-movements, and sending one back or discarding it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { setAsideRoutes } from "../../../api/setAside/routes.ts";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { setAside } from "../../../pipelines/apply/setAside.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";

let harness: ApiHarness;
let item: SeededItem;
let warehouseId: string;
const woken: number[] = [];
let announced = 0;

beforeAll(async () => {
  harness = await createApiHarness({
    routes: ({ db }) =>
      setAsideRoutes({
        db,
        wakeLanes: (lanes) => woken.push(...lanes),
        announce: async () => {
          announced += 1;
        },
      }),
  });
  const { db } = harness.context;
  [warehouseId = ""] = await seedWarehouses(db, ["MAIN"]);
  const [seeded] = await seedItems(db, ["ITEM-1"]);
  if (seeded === undefined) throw new Error("no item");
  item = seeded;
});
afterAll(() => harness.close());

/** Movements that were accepted and then set aside. */
async function aside(...given: Partial<MovementCommand>[]): Promise<MovementCommand[]> {
  const { db } = harness.context;
  const place = { itemId: item.id, lane: item.lane, warehouseId };
  const commands = given.map((more) => toTestCommand({ ...place, ...more }));
  await appendToInbox(db, commands);
  const cause = new Error("postgres://stockline:secret@db/stockline said no");
  const movements = commands.map((command) => command.id);
  await setAside(db, { lanes: [item.lane], movements, cause });
  // something decided in between keeps the lane from being halted
  await appendToInbox(db, [toTestCommand(place)]);
  await drainLanes(db, { lanes: [item.lane], rowsMax: 1 });
  return commands;
}

test("the list shows each movement whole, page by page, and no password out of an error", async () => {
  const commands = [
    ...(await aside({ quantity: "2.50", reason: "first" })),
    ...(await aside({ quantity: "3" })),
  ];
  const first = await harness.request("GET", "/v1/set-aside-movements?limit=1");
  expect(first.status).toBe(200);
  expect(first.body.data).toEqual([
    {
      id: commands[0]?.id,
      type: "receipt",
      sku: "ITEM-1",
      warehouse: "MAIN",
      to_warehouse: null,
      quantity: "2.5",
      lane: item.lane,
      group: null,
      error: "Error: postgres://stockline:***@db/stockline said no",
      set_aside_at: expect.stringMatching(/Z$/),
      movement: expect.objectContaining({ reason: "first", actor: "tester" }),
      status_url: `/v1/movements/${commands[0]?.id}`,
    },
  ]);
  const path = `/v1/set-aside-movements?limit=1&lane=${item.lane}&cursor=${first.body.next_cursor}`;
  const second = await harness.request("GET", path);
  expect(second.body.data[0].id).toBe(commands[1]?.id);
  expect(second.body.next_cursor).toBeNull();
});

test("a movement that is sent back wakes its lane; its lines go with it", async () => {
  const groupId = newId();
  const [one, two] = await aside({ groupId }, { groupId });
  woken.length = 0;
  const retried = await harness.request("POST", `/v1/set-aside-movements/${one?.id}/retry`);
  expect(retried.status).toBe(202);
  const { movements } = retried.body;
  expect(new Set(movements.map((movement: { id: string }) => movement.id))).toEqual(
    new Set([one?.id, two?.id]),
  );
  expect(movements[0].status).toBe("accepted");
  expect(woken).toEqual([item.lane]);
  const again = await harness.request("POST", `/v1/set-aside-movements/${one?.id}/retry`);
  expect(again.status).toBe(404);
  expect(again.body.detail).toBe(`set-aside movement "${one?.id}" does not exist`);
});

test("a movement is discarded with a reason, and announced", async () => {
  const [one] = await aside({});
  const path = `/v1/set-aside-movements/${one?.id}/discard`;
  expect((await harness.request("POST", path, { body: { reason: " " } })).status).toBe(422);
  const before = announced;
  const { status, body } = await harness.request("POST", path, { body: { reason: "typed twice" } });
  expect([status, body]).toEqual([200, { movements: [{ id: one?.id, status: "rejected" }] }]);
  expect(announced).toBe(before + 1);
});

test("only an unlimited administrator may look and decide", async () => {
  const path = "/v1/set-aside-movements";
  expect((await harness.request("GET", path, { role: "operator" })).status).toBe(403);
  expect((await harness.request("GET", path, { warehouses: ["MAIN"] })).status).toBe(403);
  const forged = await harness.request("GET", `${path}?cursor=x`);
  expect([forged.status, forged.body.code]).toEqual([422, "cursor_invalid"]);
});
