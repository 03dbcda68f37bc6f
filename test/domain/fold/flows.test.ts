/** What comes in, what goes out, adjustments and counts: levels, lots and serial numbers. */
import { describe, expect, test } from "vitest";
import type { MovementType } from "../../../domain/movement.ts";
import {
  addLot,
  addReservation,
  aLevel,
  aMovement,
  aState,
  mustApply,
  mustReject,
} from "./foldState.ts";

const INCOMING: readonly MovementType[] = ["receipt", "return", "adjustment"];
const OUTGOING: readonly MovementType[] = ["issue", "supplier_return", "scrap"];
const LIMIT = 1_000_000_000_000_000_000n;

describe("what comes in", () => {
  test.each(INCOMING)("a %s adds to what is on hand and to nothing else", (type) => {
    const level = aLevel({ onHand: 20_000n, reserved: 5_000n });
    const { entries } = mustApply(aMovement({ type, quantity: 15_000n }), aState(level));
    expect(entries).toMatchObject([{ quantity: 15_000n, balanceAfter: 35_000n, version: 1 }]);
    expect(level).toMatchObject({ onHand: 35_000n, reserved: 5_000n, unavailable: 0n });
  });

  test.each(INCOMING)("a %s of a tracked item needs its lot named", (type) => {
    const state = aState(aLevel({ tracking: "lot" }));
    expect(mustReject(aMovement({ type }), state)).toBe(
      `lot_required: no lot was named, ${type} of an item tracked by lot needs its lot`,
    );
  });

  test("a lot that is not known is made, with its day; a known one is added to", () => {
    const level = aLevel({ tracking: "lot" });
    const state = aState(level);
    const receipt = aMovement({ type: "receipt", lotCode: "A", lotExpiresOn: "2026-05-01" });
    mustApply(receipt, state);
    const { entries } = mustApply({ ...receipt, lotExpiresOn: null }, state);
    expect(entries).toMatchObject([{ lotBalanceAfter: 20_000n, lot: { code: "A", id: "lot-1" } }]);
    expect(state.lots.get("item")?.get("A")).toMatchObject({ expiresOn: "2026-05-01" });
  });

  test("a lot gets its day from the first that tells one, and keeps it", () => {
    const state = aState(aLevel({ tracking: "lot" }));
    const lot = addLot(state);
    const receipt = aMovement({ type: "receipt", lotCode: "A", lotExpiresOn: "2026-05-01" });
    mustApply(receipt, state);
    expect(lot.expiresOn).toBe("2026-05-01");
    expect(mustReject({ ...receipt, lotExpiresOn: "2026-06-01" }, state)).toBe(
      'lot_mismatch: lot "A" expires on 2026-05-01, not on 2026-06-01',
    );
  });

  test("a serial number comes in as one piece, and only while it is nowhere", () => {
    const state = aState(aLevel({ tracking: "serial" }), aLevel({ warehouseId: "east" }));
    const receipt = aMovement({ type: "receipt", lotCode: "S1" });
    expect(mustReject({ ...receipt, quantity: 20_000n }, state)).toBe(
      "serial_quantity: quantity 2, a serial number is exactly 1: a movement a piece",
    );
    mustApply(receipt, state);
    expect(mustReject(receipt, state)).toBe(
      'serial_in_stock: serial number "S1" is in stock already',
    );
    addLot(state, { code: "S2", at: "east", inTransit: 10_000n });
    expect(mustReject({ ...receipt, lotCode: "S2" }, state)).toMatch(/^serial_in_stock/);
  });

  test("a lot named for an item without lots is refused, whatever the type", () => {
    const state = aState(aLevel({ onHand: 90_000n }));
    for (const type of [...INCOMING, ...OUTGOING]) {
      expect(mustReject(aMovement({ type, lotCode: "A" }), state)).toBe(
        'lot_not_tracked: lot "A" was named, the item has no lots',
      );
    }
  });
});

describe("what goes out", () => {
  test.each(OUTGOING)(
    "a %s takes what is neither reserved nor unavailable, and no more",
    (type) => {
      const level = aLevel({ onHand: 100_000n, reserved: 30_000n, unavailable: 20_000n });
      const state = aState(level);
      expect(mustReject(aMovement({ type, quantity: 60_000n }), state)).toBe(
        "insufficient_stock: asked 6, available 5",
      );
      mustApply(aMovement({ type, quantity: 50_000n }), state);
      expect(level).toMatchObject({ onHand: 50_000n, reserved: 30_000n, unavailable: 20_000n });
    },
  );

  test("what lapsed reservations hold is available", () => {
    const state = aState(aLevel({ onHand: 50_000n, reserved: 50_000n, lapsed: 20_000n }));
    expect(mustReject(aMovement({ quantity: 30_000n }), state)).toMatch(/asked 3, available 2/);
    mustApply(aMovement({ quantity: 20_000n }), state);
  });

  test("a warehouse that allows negative stock goes down to the limit, and not past it", () => {
    const level = aLevel({ allowNegative: true, onHand: -(LIMIT - 20_000n) });
    const state = aState(level);
    expect(mustReject(aMovement({ quantity: 20_000n }), state)).toBe(
      "level_overflow: the level would be -100000000000000, its limit is 100000000000000",
    );
    mustApply(aMovement({ quantity: 10_000n }), state);
  });

  test("tracked stock never goes below zero, also where the warehouse may", () => {
    const state = aState(aLevel({ tracking: "lot", allowNegative: true, onHand: 10_000n }));
    addLot(state, { onHand: 10_000n });
    expect(mustReject(aMovement({ quantity: 20_000n }), state)).toMatch(/^insufficient_stock/);
  });
});

describe("adjustments downwards", () => {
  const down = (quantity: bigint, lotCode: string | null = null) =>
    aMovement({ type: "adjustment", quantity, lotCode });

  test("take what is on hand, reserved or not", () => {
    const level = aLevel({ onHand: 50_000n, reserved: 50_000n });
    const state = aState(level);
    expect(mustReject(down(-60_000n), state)).toBe("insufficient_stock: asked 6, on hand 5");
    mustApply(down(-50_000n), state);
    expect(level).toMatchObject({ onHand: 0n, reserved: 50_000n });
  });

  test("of a lot name it, and take no more than the lot has", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: 50_000n }));
    addLot(state, { onHand: 20_000n });
    addLot(state, { code: "B", onHand: 30_000n });
    expect(mustReject(down(-10_000n), state)).toMatch(/^lot_required/);
    expect(mustReject(down(-10_000n, "C"), state)).toBe(
      'unknown_lot: lot "C" of this item is not known',
    );
    expect(mustReject(down(-30_000n, "A"), state)).toBe(
      'insufficient_stock: asked 3, on hand in "A" 2',
    );
    mustApply(down(-20_000n, "A"), state);
  });

  test("of a serial number are of one piece", () => {
    const state = aState(aLevel({ tracking: "serial", onHand: 10_000n }));
    addLot(state, { code: "S", onHand: 10_000n });
    expect(mustReject(down(-5_000n, "S"), state)).toMatch(/^serial_quantity: quantity -0.5/);
    mustApply(down(-10_000n, "S"), state);
  });
});

describe("counts", () => {
  const count = (fields: Partial<Parameters<typeof aMovement>[0]>) =>
    aMovement({ type: "count", ...fields });

  test("against an earlier version keep what has moved since", () => {
    const level = aLevel({ onHand: 80_000n, version: 7, changes: [] });
    const state = { ...aState(level), changesSince: new Map([["item/main/4/", -20_000n]]) };
    mustApply(aMovement({ quantity: 10_000n }), state); // in this very batch
    // at version 4 the ledger held 10; 9 were counted; 3 have gone out since
    const { entries } = mustApply(count({ quantity: 90_000n, countedVersion: 4 }), state);
    expect(entries).toMatchObject([{ quantity: -10_000n, balanceAfter: 60_000n, version: 9 }]);
  });

  test("against the present version leave what was counted", () => {
    const level = aLevel({ onHand: 80_000n, version: 7, changes: [] });
    mustApply(count({ quantity: 30_000n, countedVersion: 7 }), aState(level));
    expect(level.onHand).toBe(30_000n);
  });

  test("against a version that is not there yet are a conflict", () => {
    const state = aState(aLevel({ version: 7, changes: [] }));
    expect(mustReject(count({ countedVersion: 8 }), state)).toBe(
      "version_conflict: counted at version 8, the level is at version 7",
    );
  });

  test("that leave less than nothing after what has moved since are refused", () => {
    const level = aLevel({ onHand: 10_000n, version: 7, changes: [] });
    const state = { ...aState(level), changesSince: new Map([["item/main/4/", -90_000n]]) };
    expect(mustReject(count({ quantity: 50_000n, countedVersion: 4 }), state)).toBe(
      "insufficient_stock: counted 5 at version 4, which leaves -4 after what has moved since",
    );
    const negative = aState({ ...level, allowNegative: true });
    mustApply(count({ quantity: 50_000n, countedVersion: 4 }), {
      ...negative,
      changesSince: state.changesSince,
    });
  });

  test("of a lot against an earlier version look at that lot only", () => {
    const level = aLevel({ tracking: "lot", onHand: 50_000n, version: 3, changes: [] });
    const state = { ...aState(level), changesSince: new Map([["item/main/1/A", 10_000n]]) };
    addLot(state, { onHand: 20_000n });
    addLot(state, { code: "B", onHand: 30_000n });
    mustApply(aMovement({ lotCode: "B" }), state);
    const { entries } = mustApply(
      count({ quantity: 40_000n, countedVersion: 1, lotCode: "A" }),
      state,
    );
    expect(entries).toMatchObject([{ quantity: 30_000n, lotBalanceAfter: 50_000n }]);
  });

  test("of a serial number find it or miss it", () => {
    const level = aLevel({ tracking: "serial" });
    const state = aState(level, aLevel({ warehouseId: "east", tracking: "serial" }));
    const one = count({ lotCode: "S" });
    mustApply(one, state);
    expect(mustReject(count({ lotCode: "S", quantity: 20_000n, warehouseId: "east" }), state)).toBe(
      "serial_quantity: quantity 2, a serial number is exactly 1: a movement a piece",
    );
    expect(mustReject({ ...one, warehouseId: "east" }, state)).toMatch(/^serial_in_stock/);
    mustApply({ ...one, quantity: 0n }, state);
    expect(level.onHand).toBe(0n);
  });

  test("that would carry the level past its limit are refused", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: LIMIT - 10_000n }));
    addLot(state, { onHand: LIMIT - 10_000n });
    expect(mustReject(count({ lotCode: "B", quantity: 10_000n }), state)).toBe(
      "level_overflow: the level would be 100000000000000, its limit is 100000000000000",
    );
  });
});

describe("what every type is checked for", () => {
  test("an occurrence in a closed month is refused, by UTC", () => {
    const state = { ...aState(aLevel({ onHand: 90_000n })), closedMonths: new Set(["2025-12"]) };
    const inDecember = Date.UTC(2025, 11, 31, 23, 59, 59, 999);
    expect(mustReject(aMovement({ occurredAtMs: inDecember }), state)).toBe(
      "period_closed: occurred in 2025-12, which is closed",
    );
    mustApply(aMovement({ occurredAtMs: inDecember + 1 }), state);
  });

  test("the expected version is looked at before all else", () => {
    const state = { ...aState(aLevel({ version: 3 })), closedMonths: new Set(["2026-01"]) };
    expect(mustReject(aMovement({ expectedVersion: 2, lotCode: "A" }), state)).toBe(
      "version_conflict: expected version 2, the level is at version 3",
    );
    expect(mustReject(aMovement({ expectedVersion: 3, lotCode: "A" }), state)).toMatch(
      /^period_closed/,
    );
  });
});

describe("issues out of a reservation", () => {
  const issue = (quantity: bigint, fields = {}) =>
    aMovement({ quantity, targetId: "r", ...fields });

  test("take in parts what it holds, until it is consumed", () => {
    const level = aLevel({ onHand: 50_000n, reserved: 50_000n });
    const state = aState(level);
    const reservation = addReservation(state);
    const { entries } = mustApply(issue(20_000n), state);
    expect(entries).toMatchObject([
      { quantity: -20_000n, reservedChange: -20_000n, reservedAfter: 30_000n },
    ]);
    expect(mustReject(issue(40_000n), state)).toBe("reservation_exceeded: asked 4, open 3");
    mustApply(issue(30_000n), state);
    expect(reservation).toMatchObject({ open: 0n, issued: 50_000n });
    expect(mustReject(issue(10_000n), state)).toBe(
      "reservation_consumed: nothing of the reservation is open: 5 issued, 0 released",
    );
    expect(level).toMatchObject({ onHand: 0n, reserved: 0n });
  });

  test("find it at its own item and warehouse only", () => {
    const state = aState(aLevel(), aLevel({ warehouseId: "east" }));
    addReservation(state, { warehouseId: "east" });
    expect(mustReject(issue(10_000n), state)).toBe(
      'unknown_reservation: reservation "r" of this item and warehouse is not known',
    );
  });

  test("are refused from the very moment that it lapses", () => {
    const state = aState(aLevel({ onHand: 50_000n, reserved: 50_000n }));
    addReservation(state, { expiresAtMs: Date.UTC(2026, 0, 3) });
    expect(mustReject(issue(10_000n), state)).toBe(
      "reservation_expired: the reservation expired at 2026-01-03T00:00:00.000Z",
    );
    mustApply(issue(10_000n, { decidedAtMs: Date.UTC(2026, 0, 3) - 1 }), state);
  });

  test("say that it was released rather than consumed, where a part of it was", () => {
    const state = aState(aLevel({ onHand: 50_000n }));
    addReservation(state, { open: 0n, issued: 20_000n, released: 30_000n });
    expect(mustReject(issue(10_000n), state)).toBe(
      "reservation_released: nothing of the reservation is open: 2 issued, 3 released",
    );
  });

  test("fail where a count or a hold left less than was promised", () => {
    const state = aState(aLevel({ onHand: 40_000n, reserved: 50_000n, unavailable: 10_000n }));
    addReservation(state);
    expect(mustReject(issue(40_000n), state)).toBe(
      "insufficient_stock: asked 4, on hand and not held 3",
    );
    mustApply(issue(30_000n), state);
  });

  test("take the lot that it holds and no other", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: 90_000n, reserved: 50_000n }));
    const lot = addLot(state, { onHand: 50_000n, reserved: 50_000n, unavailable: 10_000n });
    addLot(state, { code: "B", onHand: 40_000n });
    addReservation(state, { lot });
    expect(mustReject(issue(10_000n, { lotCode: "B" }), state)).toBe(
      'lot_mismatch: the reservation holds "A", not "B"',
    );
    expect(mustReject(issue(50_000n), state)).toBe(
      'insufficient_stock: asked 5, on hand and not held in "A" 4',
    );
    mustApply(issue(40_000n), state);
    expect(lot.balances.get("main")).toMatchObject({ onHand: 10_000n, reserved: 10_000n });
  });

  test("pick lots where it holds none, and leave other people's lots alone", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: 90_000n, reserved: 70_000n }));
    addLot(state, { expiresOn: "2026-02-01", onHand: 30_000n, reserved: 20_000n });
    addLot(state, { code: "B", onHand: 60_000n });
    addReservation(state);
    const { entries } = mustApply(issue(50_000n), state);
    expect(entries.map(({ lot, quantity }) => [lot?.code, quantity])).toEqual([
      ["A", -10_000n],
      ["B", -40_000n],
    ]);
  });
});
