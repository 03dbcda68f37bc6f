/** Reserving, releasing, lapsing; holding and unholding. None of it changes what is on hand. */
import { describe, expect, test } from "vitest";
import {
  addLot,
  addReservation,
  aLevel,
  aMovement,
  aState,
  mustApply,
  mustReject,
  NOW,
} from "./foldState.ts";

const LIMIT = 1_000_000_000_000_000_000n;

describe("reserve", () => {
  const reserve = (quantity: bigint, fields = {}) =>
    aMovement({ id: "r", type: "reserve", quantity, ...fields });

  test("holds what is available, under the movement's own id", () => {
    const level = aLevel({ onHand: 50_000n, unavailable: 10_000n });
    const state = aState(level);
    expect(mustReject(reserve(50_000n), state)).toBe("insufficient_stock: asked 5, available 4");
    const { entries } = mustApply(reserve(40_000n), state);
    expect(entries).toMatchObject([
      { quantity: 0n, balanceAfter: 50_000n, reservedChange: 40_000n, reservedAfter: 40_000n },
    ]);
    expect(state.reservations.get("r")).toMatchObject({ quantity: 40_000n, open: 40_000n });
    expect(level).toMatchObject({ onHand: 50_000n, version: 1, nextExpiryMs: null });
  });

  test("of a lot binds that lot", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: 80_000n }));
    addLot(state, { onHand: 30_000n });
    addLot(state, { code: "B", onHand: 50_000n });
    expect(mustReject(reserve(40_000n, { lotCode: "A" }), state)).toBe(
      'insufficient_stock: asked 4, available in "A" 3',
    );
    expect(mustReject(reserve(10_000n, { lotCode: "C" }), state)).toMatch(/^unknown_lot/);
    mustApply(reserve(30_000n, { lotCode: "A" }), state);
    expect(state.lots.get("item")?.get("A")?.balances.get("main")).toMatchObject({
      onHand: 30_000n,
      reserved: 30_000n,
    });
    expect(mustReject(aMovement({ lotCode: "A" }), state)).toMatch(/available in lot "A" 0$/);
  });

  test("of a serial number is of one piece; without a number any pieces are held", () => {
    const state = aState(aLevel({ tracking: "serial", onHand: 20_000n }));
    addLot(state, { code: "S", onHand: 10_000n });
    expect(mustReject(reserve(5_000n, { lotCode: "S" }), state)).toMatch(/^serial_quantity/);
    mustApply(reserve(20_000n), state);
  });

  test("of an item tracked by serial number is of whole pieces, and so are its holds", () => {
    const state = aState(aLevel({ tracking: "serial", onHand: 20_000n }));
    addLot(state, { code: "S", onHand: 10_000n });
    expect(mustReject(reserve(15_000n), state)).toBe(
      "serial_quantity: quantity 1.5, an item tracked by serial number has whole pieces only",
    );
    mustApply(reserve(20_000n, { id: "held" }), state);
    const release = { type: "release", targetId: "held", quantity: 5_000n } as const;
    expect(mustReject(aMovement(release), state)).toMatch(/^serial_quantity/);
    for (const type of ["hold", "unhold"] as const) {
      const half = aMovement({ type, quantity: 5_000n, lotCode: "S" });
      expect(mustReject(half, state)).toMatch(/^serial_quantity/);
    }
  });

  test("goes below zero where the warehouse may, up to what the level can hold", () => {
    const state = aState(aLevel({ allowNegative: true, reserved: LIMIT - 20_000n }));
    expect(mustReject(reserve(20_000n), state)).toMatch(/^level_overflow/);
    mustApply(reserve(10_000n), state);
  });

  test("remembers the earliest moment at which something lapses", () => {
    const level = aLevel({ onHand: 90_000n });
    const state = aState(level);
    mustApply(reserve(10_000n, { id: "r1", expiresAtMs: NOW + 9_000 }), state);
    mustApply(reserve(10_000n, { id: "r2", expiresAtMs: NOW + 5_000 }), state);
    mustApply(reserve(10_000n, { id: "r3", expiresAtMs: NOW + 7_000 }), state);
    expect(level).toMatchObject({ nextExpiryMs: NOW + 5_000, lapsed: 0n });
  });

  test("that is decided after its time binds nothing", () => {
    const level = aLevel({ onHand: 50_000n });
    const state = aState(level);
    mustApply(reserve(50_000n, { expiresAtMs: NOW }), state);
    expect(level).toMatchObject({ reserved: 50_000n, lapsed: 50_000n, nextExpiryMs: NOW });
    mustApply(aMovement({ quantity: 50_000n }), state);
  });

  test("of a lot that is decided after its time does not bind the lot", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: 50_000n }));
    addLot(state, { onHand: 50_000n });
    mustApply(reserve(50_000n, { lotCode: "A", expiresAtMs: NOW }), state);
    mustApply(aMovement({ quantity: 50_000n, lotCode: "A" }), state);
  });
});

describe("release", () => {
  const release = (quantity: bigint, fields = {}) =>
    aMovement({ type: "release", quantity, targetId: "r", ...fields });

  test("frees a part, then the rest, then nothing", () => {
    const level = aLevel({ onHand: 50_000n, reserved: 50_000n });
    const state = aState(level);
    const reservation = addReservation(state);
    expect(mustReject(release(60_000n), state)).toBe("reservation_exceeded: asked 6, open 5");
    mustApply(release(20_000n), state);
    const { entries } = mustApply(release(30_000n), state);
    expect(entries).toMatchObject([{ quantity: 0n, reservedChange: -30_000n, reservedAfter: 0n }]);
    expect(reservation).toMatchObject({ open: 0n, released: 50_000n });
    expect(mustReject(release(10_000n), state)).toBe(
      "reservation_released: nothing of the reservation is open: 0 issued, 5 released",
    );
  });

  test("of an unknown one, or of another place, is refused", () => {
    const state = aState(aLevel());
    expect(mustReject(release(10_000n), state)).toMatch(/^unknown_reservation: reservation "r"/);
    addReservation(state, { itemId: "other" });
    expect(mustReject(release(10_000n), state)).toMatch(/^unknown_reservation/);
  });

  test("of a lapsed one takes it out of what has lapsed, of the level and of the lot", () => {
    const level = aLevel({ tracking: "lot", onHand: 50_000n, reserved: 50_000n, lapsed: 50_000n });
    const state = aState(level);
    const lot = addLot(state, { onHand: 50_000n, reserved: 50_000n, lapsed: 50_000n });
    addReservation(state, { lot, expiresAtMs: NOW - 1 });
    mustApply(release(50_000n), state);
    expect(level).toMatchObject({ reserved: 0n, lapsed: 0n });
    expect(lot.balances.get("main")).toMatchObject({ reserved: 0n, lapsed: 0n, onHand: 50_000n });
  });
});

describe("hold and unhold", () => {
  test("move what is available to unavailable, and back", () => {
    const level = aLevel({ onHand: 50_000n, reserved: 10_000n });
    const state = aState(level);
    expect(mustReject(aMovement({ type: "hold", quantity: 50_000n }), state)).toBe(
      "insufficient_stock: asked 5, available 4",
    );
    const held = mustApply(aMovement({ type: "hold", quantity: 40_000n }), state);
    expect(held.entries).toMatchObject([
      { quantity: 0n, unavailableChange: 40_000n, unavailableAfter: 40_000n },
    ]);
    expect(mustReject(aMovement({ type: "unhold", quantity: 50_000n }), state)).toBe(
      "insufficient_unavailable: asked 5, unavailable 4",
    );
    mustApply(aMovement({ type: "unhold", quantity: 40_000n }), state);
    expect(level).toMatchObject({ onHand: 50_000n, unavailable: 0n, version: 2 });
  });

  test("never hold what is not there, also where the warehouse may go below zero", () => {
    const state = aState(aLevel({ allowNegative: true }));
    expect(mustReject(aMovement({ type: "hold" }), state)).toMatch(/^insufficient_stock/);
  });

  test("of a tracked item name their lot, and look at it", () => {
    const state = aState(aLevel({ tracking: "lot", onHand: 90_000n }));
    addLot(state, { onHand: 30_000n });
    addLot(state, { code: "B", onHand: 60_000n });
    const hold = aMovement({ type: "hold", quantity: 40_000n });
    expect(mustReject(hold, state)).toMatch(/^lot_required/);
    expect(mustReject({ ...hold, lotCode: "A" }, state)).toBe(
      'insufficient_stock: asked 4, available in "A" 3',
    );
    mustApply({ ...hold, lotCode: "B" }, state);
    expect(mustReject(aMovement({ type: "unhold", lotCode: "A", quantity: 10_000n }), state)).toBe(
      "insufficient_unavailable: asked 1, unavailable 0",
    );
    mustApply(aMovement({ type: "unhold", lotCode: "B", quantity: 40_000n }), state);
  });
});
