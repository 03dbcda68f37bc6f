/** What is taken back, once, and what can't be. */
import { describe, expect, test } from "vitest";
import type { OriginalState } from "../../../domain/fold/state.ts";
import {
  addLot,
  addOriginal,
  addTransit,
  aLevel,
  aMovement,
  aState,
  mustApply,
  mustReject,
} from "./foldState.ts";

const LIMIT = 1_000_000_000_000_000_000n;
const reversal = (fields = {}) => aMovement({ type: "reversal", targetId: "o", ...fields });
const entry = (onHand: bigint, unavailable = 0n) => [{ lot: null, onHand, unavailable }];

describe("a reversal", () => {
  test.each<[OriginalState["type"], bigint]>([
    ["receipt", 50_000n],
    ["return", 50_000n],
    ["issue", -50_000n],
    ["supplier_return", -50_000n],
    ["scrap", -50_000n],
    ["adjustment", 50_000n],
    ["count", -50_000n],
  ])("of a %s makes the opposite entry, and only once", (type, onHand) => {
    const level = aLevel({ onHand: 60_000n });
    const state = aState(level);
    addOriginal(state, { type, entries: entry(onHand) });
    const { entries } = mustApply(reversal({ id: "back" }), state);
    expect(entries).toMatchObject([{ quantity: -onHand, balanceAfter: 60_000n - onHand }]);
    expect(mustReject(reversal(), state)).toBe(
      'already_reversed: movement "o" was reversed by "back"',
    );
  });

  test("of a hold or an unhold moves the stock back, and nothing on hand", () => {
    const level = aLevel({ onHand: LIMIT - 10_000n, unavailable: 900_000_000_000_000_000n });
    const state = aState(level);
    addOriginal(state, { type: "hold", entries: entry(0n, 900_000_000_000_000_000n) });
    mustApply(reversal(), state);
    expect(level).toMatchObject({ onHand: LIMIT - 10_000n, unavailable: 0n });
    addOriginal(state, { id: "u", type: "unhold", entries: entry(0n, -30_000n) });
    mustApply(reversal({ targetId: "u" }), state);
    expect(level.unavailable).toBe(30_000n);
  });

  test("of a hold is refused when less is held by now", () => {
    const state = aState(aLevel({ onHand: 50_000n, unavailable: 10_000n }));
    addOriginal(state, { type: "hold", entries: entry(0n, 20_000n) });
    expect(mustReject(reversal(), state)).toBe("insufficient_unavailable: asked 2, unavailable 1");
  });

  test("of an unhold is refused when less is available by now", () => {
    const state = aState(aLevel({ onHand: 50_000n, reserved: 40_000n }));
    addOriginal(state, { type: "unhold", entries: entry(0n, -20_000n) });
    expect(mustReject(reversal(), state)).toBe("insufficient_stock: asked 2, available 1");
  });

  test("of an unhold is refused like a hold where stock may be negative", () => {
    const state = aState(aLevel({ allowNegative: true }));
    addOriginal(state, { type: "unhold", entries: entry(0n, -20_000n) });
    expect(mustReject(reversal(), state)).toBe("insufficient_stock: asked 2, available 0");
  });

  test.each(["lot", "serial"] as const)(
    "of what went without a lot is refused once %s is tracked",
    (tracking) => {
      const level = aLevel({ tracking });
      const state = aState(level);
      addOriginal(state, { type: "issue", entries: entry(-50_000n) });
      const answer = "not_reversible: the item is not tracked as it was when the movement applied";
      expect(mustReject(reversal(), state)).toBe(answer);
      const lot = addLot(state, { onHand: 0n });
      addOriginal(state, {
        id: "n",
        type: "issue",
        entries: [{ lot, onHand: -50_000n, unavailable: 0n }],
      });
      const untracked = aState(aLevel());
      addOriginal(untracked, {
        type: "issue",
        entries: [{ lot, onHand: -10_000n, unavailable: 0n }],
      });
      expect(mustReject(reversal(), untracked)).toBe(answer);
      if (tracking === "serial") {
        expect(mustReject(reversal({ targetId: "n" }), state)).toBe(answer);
      }
    },
  );

  test("takes no more than is available, of the level and of the lot", () => {
    const plain = aState(aLevel({ onHand: 50_000n, reserved: 20_000n }));
    addOriginal(plain, { type: "receipt", entries: entry(40_000n) });
    expect(mustReject(reversal(), plain)).toBe("insufficient_stock: asked 4, available 3");
    const tracked = aState(aLevel({ tracking: "lot", onHand: 90_000n }));
    const lot = addLot(tracked, { onHand: 30_000n });
    addOriginal(tracked, { type: "receipt", entries: [{ lot, onHand: 40_000n, unavailable: 0n }] });
    expect(mustReject(reversal(), tracked)).toBe('insufficient_stock: asked 4, available in "A" 3');
  });

  test("goes below zero where the warehouse may", () => {
    const level = aLevel({ allowNegative: true });
    const state = aState(level);
    addOriginal(state, { type: "receipt", entries: entry(40_000n) });
    mustApply(reversal(), state);
    expect(level.onHand).toBe(-40_000n);
  });

  test("brings back every lot that went", () => {
    const level = aLevel({ tracking: "lot" });
    const state = aState(level);
    const entries = ["A", "B"].map((code) => ({
      ...{ lot: addLot(state, { code }), onHand: -20_000n, unavailable: 0n },
    }));
    addOriginal(state, { entries });
    expect(mustApply(reversal(), state).entries).toMatchObject([
      { lot: { code: "A" }, lotBalanceAfter: 20_000n, balanceAfter: 20_000n, version: 1 },
      { lot: { code: "B" }, lotBalanceAfter: 20_000n, balanceAfter: 40_000n, version: 2 },
    ]);
  });

  test("does not carry a level past its limit", () => {
    const state = aState(aLevel({ onHand: LIMIT - 10_000n }));
    addOriginal(state);
    expect(mustReject(reversal(), state)).toMatch(/^level_overflow/);
  });

  test("of a serial number is refused once it has come in another way", () => {
    const state = aState(aLevel({ tracking: "serial" }));
    const lot = addLot(state, { code: "S", at: "east", onHand: 10_000n });
    addOriginal(state, { entries: [{ lot, onHand: -10_000n, unavailable: 0n }] });
    expect(mustReject(reversal(), state)).toBe(
      'serial_in_stock: serial number "S" is in stock already',
    );
  });

  test.each(["reserve", "release", "arrival", "transit_loss", "reversal"] as const)(
    "of a %s there is not",
    (type) => {
      const state = aState(aLevel({ onHand: 90_000n }));
      addOriginal(state, { type });
      expect(mustReject(reversal(), state)).toBe(
        `not_reversible: a movement of type ${type} is not reversed`,
      );
    },
  );

  test.each<[string, Partial<OriginalState>]>([
    ["that was not applied", { id: "another" }],
    ["of another item", { itemId: "other" }],
    ["of another warehouse", { warehouseId: "west" }],
    ["whose other end is another", { type: "transfer", toWarehouseId: "west" }],
  ])("of a movement %s is refused", (_, fields) => {
    const state = aState(aLevel());
    addOriginal(state, fields);
    expect(mustReject(reversal({ toWarehouseId: "east" }), state)).toBe(
      'unknown_movement: movement "o" was not applied, so nothing is to reverse',
    );
  });

  test("of a receipt takes its cost with it, as far as the rest keeps one of its own", () => {
    const level = aLevel({ onHand: 20_000n, averageCost: 3_000_000n });
    const state = aState(level);
    addOriginal(state, { type: "receipt", unitCost: 40_000n, entries: entry(10_000n) });
    mustApply(reversal(), state); // 2 at 3.00, less 1 at 4.00
    expect(level.averageCost).toBe(2_000_000n);
    const short = aLevel({ onHand: 20_000n, averageCost: 1_000_000n });
    const other = aState(short);
    addOriginal(other, { type: "receipt", unitCost: 40_000n, entries: entry(10_000n) });
    mustApply(reversal(), other); // the rest would be worth less than nothing
    expect(short.averageCost).toBe(1_000_000n);
  });
});

describe("the reversal of a transfer", () => {
  const back = reversal({ toWarehouseId: "east" });
  const transferred = { type: "transfer", toWarehouseId: "east" } as const;

  test("takes the goods from where they went", () => {
    const [from, to] = [aLevel(), aLevel({ warehouseId: "east", onHand: 60_000n })];
    const state = aState(from, to);
    addOriginal(state, transferred);
    const { entries } = mustApply(back, state);
    expect(entries).toMatchObject([
      { level: from, quantity: 50_000n },
      { level: to, quantity: -50_000n },
    ]);
  });

  test("takes out there, and puts back here, at the cost that left with them", () => {
    const [from, to] = [
      aLevel({ onHand: 10_000n, averageCost: 9_000_000n }), // received at another cost meanwhile
      aLevel({ warehouseId: "east", onHand: 100_000n, averageCost: 3_000_000n }),
    ];
    const state = aState(from, to);
    addOriginal(state, { ...transferred, costMoved: 1_000_000n });
    mustApply(back, state); // 5 at 1.00
    expect(from).toMatchObject({ onHand: 60_000n, averageCost: 2_333_333n });
    expect(to).toMatchObject({ onHand: 50_000n, averageCost: 5_000_000n });
  });

  test("leaves the averages as they are where no cost was known", () => {
    const [from, to] = [
      aLevel({ onHand: 10_000n, averageCost: 9_000_000n }),
      aLevel({ warehouseId: "east", onHand: 100_000n, averageCost: 3_000_000n }),
    ];
    const state = aState(from, to);
    addOriginal(state, transferred);
    mustApply(back, state);
    expect([from.averageCost, to.averageCost]).toEqual([9_000_000n, 3_000_000n]);
  });

  test("in transit puts back at the cost that left, and moves no average there", () => {
    const [from, to] = [
      aLevel({ onHand: 50_000n, averageCost: 3_000_000n }),
      aLevel({ warehouseId: "east", onHand: 10_000n, averageCost: 7_000_000n, inTransit: 50_000n }),
    ];
    const state = aState(from, to);
    addOriginal(state, transferred);
    const line = { lot: null, quantity: 50_000n, open: 50_000n, arrived: 0n, lost: 0n };
    addTransit(state, { id: "o", lines: [{ ...line, unitCost: 1_000_000n }] });
    mustApply(back, state);
    expect([from.averageCost, to.averageCost]).toEqual([2_000_000n, 7_000_000n]);
  });

  test("is refused when they are no longer there, and changes neither end", () => {
    const state = aState(aLevel(), aLevel({ warehouseId: "east", onHand: 40_000n }));
    addOriginal(state, transferred);
    expect(mustReject(back, state)).toBe("insufficient_stock: asked 5, available 4");
  });

  test("in transit calls them back, if nothing has arrived or was lost", () => {
    const [from, to] = [aLevel(), aLevel({ warehouseId: "east", inTransit: 50_000n })];
    const state = aState(from, to);
    addOriginal(state, transferred);
    const transit = addTransit(state, { id: "o" });
    const [line] = transit.lines;
    if (line === undefined) throw new Error("a transfer has lines");
    Object.assign(line, { open: 40_000n, lost: 10_000n });
    expect(mustReject(back, state)).toBe(
      "not_reversible: a part of the transfer has arrived or was lost",
    );
    Object.assign(line, { open: 50_000n, lost: 0n });
    mustApply(back, state);
    expect([from.onHand, to.onHand, to.inTransit, line.open]).toEqual([50_000n, 0n, 0n, 0n]);
  });
});
