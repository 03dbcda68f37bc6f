/** Transfers at once and in transit, what arrives of them, and what is lost on the way. */
import { describe, expect, test } from "vitest";
import type { TransitState } from "../../../domain/fold/state.ts";
import {
  addLot,
  addTransit,
  aLevel,
  aMovement,
  aState,
  mustApply,
  mustReject,
} from "./foldState.ts";

const LIMIT = 1_000_000_000_000_000_000n;
const transfer = (fields = {}) => aMovement({ type: "transfer", toWarehouseId: "east", ...fields });
const east = (fields = {}) => aLevel({ warehouseId: "east", ...fields });

describe("a transfer at once", () => {
  test("writes the entry that leaves before the one that comes, each with its counterpart", () => {
    const [from, to] = [aLevel({ onHand: 50_000n, version: 4 }), east({ version: 9 })];
    const { entries } = mustApply(transfer({ quantity: 20_000n }), aState(from, to));
    expect(entries).toMatchObject([
      { level: from, counterpart: to, quantity: -20_000n, version: 5 },
      { level: to, counterpart: from, quantity: 20_000n, version: 10 },
    ]);
  });

  test("carries lots over, those that expire first first", () => {
    const levels = [aLevel({ tracking: "lot", onHand: 40_000n }), east({ tracking: "lot" })];
    const state = aState(...levels);
    addLot(state, { code: "B", onHand: 20_000n });
    const lot = addLot(state, { code: "A", expiresOn: "2025-01-01", onHand: 20_000n });
    const { entries } = mustApply(transfer({ quantity: 30_000n }), state);
    expect(entries.map(({ lot: of, quantity }) => [of?.code, quantity])).toEqual([
      ["A", -20_000n],
      ["B", -10_000n],
      ["A", 20_000n],
      ["B", 10_000n],
    ]);
    expect(lot.balances.get("east")).toMatchObject({ onHand: 20_000n });
  });

  test("is refused where the other end would pass its limit", () => {
    const state = aState(aLevel({ onHand: 50_000n }), east({ onHand: LIMIT - 10_000n }));
    expect(mustReject(transfer(), state)).toBe(
      "level_overflow: the level would be 100000000000000, its limit is 100000000000000",
    );
  });

  test("mixes its cost into what is there already", () => {
    const to = east({ onHand: 10_000n, averageCost: 4_000_000n });
    mustApply(transfer(), aState(aLevel({ onHand: 10_000n, averageCost: 2_000_000n }), to));
    expect(to.averageCost).toBe(3_000_000n);
  });
});

describe("a transfer in transit", () => {
  test("leaves now and is on its way to the other end, with the cost that left", () => {
    const [from, to] = [aLevel({ onHand: 50_000n, averageCost: 2_000_000n }), east()];
    const state = aState(from, to);
    mustApply(transfer({ id: "t", quantity: 20_000n, inTransit: true }), state);
    expect(from).toMatchObject({ onHand: 30_000n, inTransit: 0n });
    expect(to).toMatchObject({ onHand: 0n, inTransit: 20_000n, averageCost: null });
    expect(state.transits.get("t")).toMatchObject({
      fromWarehouseId: "main",
      toWarehouseId: "east",
      lines: [{ open: 20_000n, arrived: 0n, lost: 0n, unitCost: 2_000_000n }],
    });
  });

  test("is refused where more would be on its way than a level can hold", () => {
    const state = aState(aLevel({ onHand: 50_000n }), east({ inTransit: LIMIT - 10_000n }));
    expect(mustReject(transfer({ inTransit: true }), state)).toMatch(/^level_overflow/);
  });

  test("of a serial number leaves it nowhere else to come in", () => {
    const state = aState(
      aLevel({ tracking: "serial", onHand: 10_000n }),
      east({ tracking: "serial" }),
    );
    addLot(state, { code: "S", onHand: 10_000n });
    mustApply(transfer({ lotCode: "S", inTransit: true }), state);
    expect(mustReject(aMovement({ type: "receipt", lotCode: "S" }), state)).toMatch(
      /^serial_in_stock/,
    );
  });
});

describe("arrivals and losses", () => {
  const arrival = (fields = {}) =>
    aMovement({
      type: "arrival",
      warehouseId: "east",
      toWarehouseId: "main",
      targetId: "t",
      ...fields,
    });
  const loss = (fields = {}) =>
    aMovement({ type: "transit_loss", warehouseId: "east", targetId: "t", ...fields });

  test("share a transfer until nothing of it is on its way", () => {
    const to = east({ inTransit: 50_000n });
    const state = aState(aLevel(), to);
    const { lines } = addTransit(state);
    mustApply(arrival({ quantity: 20_000n }), state);
    mustApply(loss({ quantity: 10_000n }), state);
    expect(mustReject(arrival({ quantity: 30_000n }), state)).toBe(
      "transit_exceeded: asked 3, in transit 2",
    );
    const { entries } = mustApply(arrival({ quantity: 20_000n }), state);
    expect(entries).toMatchObject([
      { quantity: 20_000n, balanceAfter: 40_000n, inTransitChange: -20_000n, inTransitAfter: 0n },
    ]);
    expect(lines).toMatchObject([{ open: 0n, arrived: 40_000n, lost: 10_000n }]);
    expect(mustReject(loss(), state)).toBe("transit_exceeded: asked 1, in transit 0");
  });

  test.each<[string, Partial<TransitState>]>([
    ["of another item", { itemId: "other" }],
    ["to another warehouse", { toWarehouseId: "west" }],
    ["from another warehouse", { fromWarehouseId: "west" }],
    ["that there is not", { id: "u" }],
  ])("do not find a transfer %s", (_, fields) => {
    const state = aState(aLevel(), east());
    addTransit(state, fields);
    expect(mustReject(arrival(), state)).toBe(
      'unknown_transfer: no transfer "t" is on its way to this warehouse',
    );
  });

  test("come in with the cost that they left with", () => {
    const to = east({ onHand: 10_000n, averageCost: 4_000_000n, inTransit: 10_000n });
    const state = aState(aLevel(), to);
    const [line] = addTransit(state).lines;
    if (line === undefined) throw new Error("a transfer has lines");
    state.transits.set("t", { ...addTransit(state), lines: [{ ...line, unitCost: 2_000_000n }] });
    mustApply(arrival(), state);
    expect(to.averageCost).toBe(3_000_000n);
  });

  test("take the lot that is named, else the lots in their order", () => {
    const state = aState(
      aLevel({ tracking: "lot" }),
      east({ tracking: "lot", inTransit: 50_000n }),
    );
    const lots = ["A", "B"].map((code) => addLot(state, { code, at: "east", inTransit: 25_000n }));
    const lines = lots.map((lot) => ({
      ...{ lot, quantity: 25_000n, open: 25_000n, arrived: 0n, lost: 0n, unitCost: null },
    }));
    addTransit(state, { lines });
    mustApply(loss({ lotCode: "B", quantity: 5_000n }), state);
    expect(mustReject(loss({ lotCode: "B", quantity: 25_000n }), state)).toBe(
      "transit_exceeded: asked 2.5, in transit 2",
    );
    const { entries } = mustApply(arrival({ quantity: 30_000n }), state);
    expect(entries.map(({ lot, quantity }) => [lot?.code, quantity])).toEqual([
      ["A", 25_000n],
      ["B", 5_000n],
    ]);
    expect(lots[1]?.balances.get("east")).toMatchObject({ onHand: 5_000n, inTransit: 15_000n });
  });

  test("do not carry what is on hand past its limit", () => {
    const state = aState(aLevel(), east({ onHand: LIMIT - 10_000n, inTransit: 50_000n }));
    addTransit(state);
    expect(mustReject(arrival(), state)).toMatch(/^level_overflow/);
    mustApply(loss(), state);
  });
});

test("a serial number arrives, and is lost, in one piece", () => {
  const levels = [aLevel({ tracking: "serial" }), east({ tracking: "serial", inTransit: 10_000n })];
  const state = aState(...levels);
  const lot = addLot(state, { code: "S", onHand: 0n });
  addTransit(state, {
    lines: [{ lot, quantity: 10_000n, open: 10_000n, arrived: 0n, lost: 0n, unitCost: null }],
  });
  for (const type of ["arrival", "transit_loss"] as const) {
    const half = {
      type,
      targetId: "t",
      quantity: 5_000n,
      warehouseId: "east",
      toWarehouseId: "main",
    };
    expect(mustReject(aMovement(half), state)).toMatch(/^serial_quantity/);
  }
});
