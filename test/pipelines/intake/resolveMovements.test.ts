/** Lines become commands: with one look-up a kind, the same body for the same meaning, and faults that say whether time made them. */
import { expect, test } from "vitest";
import type { ItemEntry, WarehouseEntry } from "../../../pipelines/catalogue/index.ts";
import { type MovementLine, resolveMovements } from "../../../pipelines/intake/index.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const items: Record<string, ItemEntry> = {
  TEA: {
    id: "018f0000-0000-7000-8000-000000000001",
    sku: "TEA",
    lane: 7,
    unit: "bag",
    currency: "EUR",
    tracking: "none",
    status: "active",
    units: { box: "12" },
  },
  OLD: {
    id: "018f0000-0000-7000-8000-000000000002",
    sku: "OLD",
    lane: 8,
    unit: "each",
    currency: null,
    tracking: "none",
    status: "archived",
    units: null,
  },
};
const main: WarehouseEntry = {
  id: "018f0000-0000-7000-8000-00000000000a",
  code: "MAIN",
  allowNegative: false,
  status: "active",
};

const neverSealed = () => {
  throw new Error("no line names a customer");
};

interface Asked {
  readonly skus: string[][];
  readonly codes: string[][];
  periods: number;
}

async function resolve(lines: readonly Partial<MovementLine>[]) {
  const asked: Asked = { skus: [], codes: [], periods: 0 };
  const resolved = await resolveMovements(
    lines.map((line) => ({
      type: "receipt",
      sku: "TEA",
      warehouse: "MAIN",
      quantity: "1",
      ...line,
    })),
    {
      catalogue: {
        itemsBySku: async (skus) => {
          asked.skus.push([...skus]);
          return new Map(skus.flatMap((sku) => (items[sku] ? [[sku, items[sku]]] : [])));
        },
        warehousesByCode: async (codes) => {
          asked.codes.push([...codes]);
          return new Map(codes.includes("MAIN") ? [["MAIN", main]] : []);
        },
      },
      customers: {
        check: () => Promise.resolve(new Map()),
        indexOf: neverSealed,
        seal: neverSealed,
      },
      periods: {
        read: async () => {
          asked.periods += 1;
          return new Set(["2026-03"]);
        },
      },
      clock: { now: () => NOW },
      idOf: (place) => `018f0000-0000-7000-8000-0000000001${String(place).padStart(2, "0")}`,
      warehouses: undefined,
      actor: "tester",
      sourceId: null,
      groupId: null,
    },
    (place) => `/movements/${place}`,
  );
  return { ...resolved, asked };
}

test("names are looked up once for all lines, closed months only for what is dated back", async () => {
  const { commands, asked } = await resolve([{}, { quantity: "2" }, { occurred_at: NOW }]);
  expect(commands.map(({ quantity, lane }) => [quantity, lane])).toEqual([
    ["1", 7],
    ["2", 7],
    ["1", 7],
  ]);
  expect(asked).toEqual({ skus: [["TEA"]], codes: [["MAIN"]], periods: 0 });
  const late = await resolve([{ occurred_at: new Date("2026-03-31T23:59:59Z") }]);
  expect(late.asked.periods).toBe(1);
  expect(late.faults.named).toMatchObject([
    { code: "period_closed", pointer: "/movements/0/occurred_at" },
  ]);
});

test("the stock unit may be named or not; a pack is another body than the same in stock units", async () => {
  const { commands } = await resolve([
    { quantity: "12" },
    { quantity: "12", unit: "bag" },
    { quantity: "1", unit: "box" },
    { quantity: "12", in_transit: false },
  ]);
  const [plain, named, packed, spelled] = commands.map(({ bodyHash }) => bodyHash.toString("hex"));
  expect(commands.map(({ quantity }) => quantity)).toEqual(["12", "12", "12", "12"]);
  expect([named, spelled]).toEqual([plain, plain]);
  expect(packed).not.toBe(plain);
});

test("what only time has made wrong may be a repeat, and keeps its command; all else has none", async () => {
  const past = new Date("2026-01-01T00:00:00Z");
  const timely = await resolve([{}, { type: "reserve", expires_at: past }, { sku: "OLD" }]);
  expect(timely.faults.named.map(({ code }) => code)).toEqual(["date_past", "item_archived"]);
  expect(timely.mayBeRepeat).toBe(true);
  expect(timely.commands).toHaveLength(3);
  const wrong = await resolve([{}, { type: "reserve", expires_at: past }, { sku: "NONE" }]);
  expect(wrong.mayBeRepeat).toBe(false);
  expect(wrong.commands).toHaveLength(2);
});
