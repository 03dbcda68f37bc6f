/** Which lots go first, which are passed over, and what serial numbers allow. */
import { expect, test } from "vitest";
import type { FoldState } from "../../../domain/fold/state.ts";
import type { MovementType } from "../../../domain/movement.ts";
import { addLot, aLevel, aMovement, aState, mustApply, mustReject } from "./foldState.ts";

/** Lots of "item" at "main" with their days; the level holds their sum. */
function withLots(lots: Record<string, [quantity: bigint, expiresOn: string | null]>): FoldState {
  const onHand = Object.values(lots).reduce((sum, [quantity]) => sum + quantity, 0n);
  const state = aState(aLevel({ tracking: "lot", onHand }));
  for (const [code, [quantity, expiresOn]] of Object.entries(lots)) {
    addLot(state, { code, expiresOn, onHand: quantity });
  }
  return state;
}

function takenBy(state: FoldState, quantity: bigint, type: MovementType = "issue") {
  const { entries } = mustApply(aMovement({ type, quantity }), state);
  return entries.map(({ lot, quantity: taken, version }) => [lot?.code, taken, version]);
}

test("what expires first goes first, what never does last, and of the same day by code", () => {
  const state = withLots({
    never: [10_000n, null],
    late: [10_000n, "2026-09-01"],
    B: [10_000n, "2026-03-01"],
    A: [10_000n, "2026-03-01"],
  });
  expect(takenBy(state, 35_000n)).toEqual([
    ["A", -10_000n, 1],
    ["B", -10_000n, 2],
    ["late", -10_000n, 3],
    ["never", -5_000n, 4],
  ]);
});

test("an issue passes over lots that are past their day; their last day still counts", () => {
  const state = () =>
    withLots({
      gone: [10_000n, "2026-01-01"],
      today: [10_000n, "2026-01-02"],
      later: [10_000n, "2026-01-03"],
    });
  expect(takenBy(state(), 15_000n)).toEqual([
    ["today", -10_000n, 1],
    ["later", -5_000n, 2],
  ]);
  expect(mustReject(aMovement({ quantity: 30_000n }), state())).toBe(
    "insufficient_stock: asked 3, available in lots that are not expired 2",
  );
});

test.each(["scrap", "supplier_return"] as const)("a %s takes expired lots first", (type) => {
  const state = withLots({ fresh: [10_000n, null], gone: [10_000n, "2025-06-01"] });
  expect(takenBy(state, 10_000n, type)).toEqual([["gone", -10_000n, 1]]);
});

test("a lot that is named may be past its day", () => {
  const state = withLots({ gone: [10_000n, "2025-06-01"] });
  mustApply(aMovement({ lotCode: "gone" }), state);
});

test("of a lot only what is neither reserved nor held is taken", () => {
  const state = aState(aLevel({ tracking: "lot", onHand: 100_000n, reserved: 20_000n }));
  addLot(state, { onHand: 60_000n, reserved: 20_000n, unavailable: 10_000n });
  addLot(state, { code: "B", onHand: 40_000n });
  expect(mustReject(aMovement({ quantity: 40_000n, lotCode: "A" }), state)).toBe(
    'insufficient_stock: asked 4, available in lot "A" 3',
  );
  expect(takenBy(state, 70_000n)).toEqual([
    ["A", -30_000n, 1],
    ["B", -40_000n, 2],
  ]);
});

test("a reservation of a lot that has lapsed binds the lot no longer", () => {
  const state = aState(
    aLevel({ tracking: "lot", onHand: 50_000n, reserved: 50_000n, lapsed: 50_000n }),
  );
  addLot(state, { onHand: 50_000n, reserved: 50_000n, lapsed: 50_000n });
  mustApply(aMovement({ quantity: 20_000n, lotCode: "A" }), state);
  expect(takenBy(state, 30_000n)).toEqual([["A", -30_000n, 2]]);
});

test("a quantity in more than a thousand lots goes by no single movement", () => {
  const state = withLots(
    Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`L${n}`, [1n, null]])),
  );
  expect(mustReject(aMovement({ quantity: 1_001n }), state)).toBe(
    "too_many_lots: the quantity lies in 1001 lots, at most 1000 go by one movement",
  );
  expect(mustApply(aMovement({ quantity: 1_000n }), state).entries).toHaveLength(1_000);
});

test("a serial number is named and goes as one piece", () => {
  const state = aState(aLevel({ tracking: "serial", onHand: 20_000n }));
  addLot(state, { code: "S1", onHand: 10_000n });
  addLot(state, { code: "S2", onHand: 10_000n });
  expect(mustReject(aMovement(), state)).toBe(
    "lot_required: no lot was named, issue of an item tracked by serial needs its serial number",
  );
  expect(mustReject(aMovement({ lotCode: "S3" }), state)).toBe(
    'unknown_lot: serial number "S3" of this item is not known',
  );
  expect(mustReject(aMovement({ lotCode: "S1", quantity: 5_000n }), state)).toMatch(
    /^serial_quantity: quantity 0.5/,
  );
  mustApply(aMovement({ lotCode: "S1" }), state);
  expect(mustReject(aMovement({ lotCode: "S1" }), state)).toBe(
    'insufficient_stock: asked 1, available in lot "S1" 0',
  );
});
