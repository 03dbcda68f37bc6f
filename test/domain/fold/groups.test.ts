/** Atomic groups: all lines apply, or the state is as it was to the last bit. */
import { expect, test } from "vitest";
import { foldGroup } from "../../../domain/fold/foldMovement.ts";
import { type FoldState, levelKey } from "../../../domain/fold/state.ts";
import type { Movement } from "../../../domain/movement.ts";
import {
  addLot,
  addOriginal,
  addReservation,
  addTransit,
  aLevel,
  aMovement,
  aState,
  NOW,
  withoutFunctions,
} from "./foldState.ts";

/** A state with something of everything. */
function aFullState(): FoldState {
  const lotLevel = { itemId: "lots", tracking: "lot" } as const;
  const state = aState(
    aLevel({ onHand: 500_000n, reserved: 50_000n, unavailable: 50_000n, averageCost: 2_000_000n }),
    aLevel({ warehouseId: "east", inTransit: 50_000n, changes: [] }),
    aLevel({ ...lotLevel, onHand: 50_000n }),
    aLevel({ ...lotLevel, warehouseId: "east" }),
    aLevel({ itemId: "new", tracking: "lot" }),
  );
  const lot = { ...addLot(state, { onHand: 50_000n }), itemId: "lots" };
  state.lots.delete("item");
  state.lots.set("lots", new Map([["A", lot]]));
  addReservation(state);
  addTransit(state);
  addOriginal(state);
  return state;
}

/** One line of every kind, all of which apply. */
const LINES: readonly Movement[] = [
  aMovement({ id: "1", type: "receipt", unitCost: 30_000n }),
  aMovement({ id: "2", type: "transfer", toWarehouseId: "east", quantity: 20_000n }),
  aMovement({ id: "3", type: "transfer", toWarehouseId: "east", inTransit: true }),
  aMovement({
    id: "4",
    type: "arrival",
    warehouseId: "east",
    toWarehouseId: "main",
    targetId: "t",
  }),
  aMovement({ id: "5", type: "transit_loss", warehouseId: "east", targetId: "t" }),
  aMovement({ id: "6", type: "reserve", expiresAtMs: NOW + 1_000 }),
  aMovement({ id: "7", type: "reserve", expiresAtMs: NOW - 1_000 }),
  aMovement({ id: "8", type: "release", targetId: "r" }),
  aMovement({ id: "9", targetId: "r" }),
  aMovement({ id: "10", type: "hold" }),
  aMovement({ id: "11", type: "unhold" }),
  aMovement({ id: "12", type: "reversal", targetId: "o" }),
  aMovement({ id: "13", type: "count", warehouseId: "east", quantity: 0n }),
  aMovement({
    id: "14",
    type: "receipt",
    itemId: "lots",
    lotCode: "B",
    lotExpiresOn: "2027-01-01",
  }),
  aMovement({
    id: "15",
    type: "receipt",
    itemId: "lots",
    lotCode: "A",
    lotExpiresOn: "2027-01-01",
  }),
  aMovement({
    id: "16",
    type: "transfer",
    itemId: "lots",
    toWarehouseId: "east",
    quantity: 45_000n,
  }),
  aMovement({ id: "17", type: "reserve", itemId: "lots", lotCode: "A" }),
  aMovement({ id: "18", type: "receipt", itemId: "new", lotCode: "N" }),
];
const IMPOSSIBLE = aMovement({ id: "last", quantity: 9_000_000n });

test("every line applies, each on what the lines before it left", () => {
  const state = aFullState();
  const decisions = foldGroup(LINES, state);
  expect(decisions.filter((one) => one.status === "rejected")).toEqual([]);
  expect(decisions).toHaveLength(LINES.length);
  expect(state.journal).toBeNull();
});

test("one line that can't apply leaves no trace of the others", () => {
  const state = aFullState();
  const before = structuredClone(withoutFunctions(state));
  const decisions = foldGroup([...LINES, IMPOSSIBLE], state);
  expect(withoutFunctions(state)).toEqual(before);
  expect(decisions.at(-1)).toMatchObject({ code: "insufficient_stock" });
  for (const decision of decisions.slice(0, -1)) {
    expect(decision).toMatchObject({
      code: "atomic_group_rejected",
      detail: expect.stringMatching(
        /^line 19 of 19 of the group was rejected: insufficient_stock \(asked 900, available \d+\)$/,
      ),
    });
  }
});

test("wherever it stands, the line that can't apply takes the whole group back", () => {
  for (let place = 0; place <= LINES.length; place += 1) {
    const state = aFullState();
    const before = structuredClone(withoutFunctions(state));
    const lines = [...LINES.slice(0, place), IMPOSSIBLE, ...LINES.slice(place)];
    const codes = foldGroup(lines, state).map((one) => one.status === "rejected" && one.code);
    expect(withoutFunctions(state)).toEqual(before);
    expect(codes[place]).toBe("insufficient_stock");
    expect(new Set(codes.toSpliced(place, 1))).toEqual(new Set(["atomic_group_rejected"]));
  }
});

test("two lines never both pass on the same stock", () => {
  const level = aLevel({ onHand: 10_000n });
  const state = aState(level);
  const codes = foldGroup([aMovement({ id: "1" }), aMovement({ id: "2" })], state);
  expect(codes).toMatchObject([{ code: "atomic_group_rejected" }, { code: "insufficient_stock" }]);
  expect(state.levels.get(levelKey("item", "main"))?.onHand).toBe(10_000n);
});

test("a group of one is rejected with its own code", () => {
  expect(foldGroup([aMovement()], aState(aLevel()))).toMatchObject([
    { code: "insufficient_stock" },
  ]);
});
