/** Whatever comes in, the fold decides and throws nothing, and no balance leaves the range of its column (migrations). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { AVERAGE_COST_LIMIT_SCALED } from "../../../domain/averageCost.ts";
import { foldGroup } from "../../../domain/fold/foldMovement.ts";
import type { Application, FoldState, LevelState } from "../../../domain/fold/state.ts";
import {
  CONSEQUENT_TYPES,
  MOVEMENT_TYPES,
  type Movement,
  type Tracking,
} from "../../../domain/movement.ts";
import { QUANTITY_LIMIT_SCALED as LIMIT } from "../../../domain/quantity.ts";
import { aLevel, aMovement, aState, NOW } from "./foldState.ts";

const WAREHOUSES = ["main", "east", "negative"];

/** Quantities of all sizes: pieces, parts of one, and up to the limit. */
const quantity = fc.oneof(
  fc.constantFrom(1n, 10_000n, 20_000n, LIMIT - 1n, LIMIT - 10_000n, LIMIT / 2n),
  fc.bigInt({ min: 1n, max: LIMIT - 1n }),
);

const movement = fc.record({
  type: fc.constantFrom(...MOVEMENT_TYPES, ...CONSEQUENT_TYPES),
  from: fc.nat(2),
  to: fc.nat(1),
  quantity,
  isDown: fc.boolean(),
  unitCost: fc.option(fc.constantFrom(0n, 25_000n, 999_999_999_999_999_999n)),
  lot: fc.option(fc.constantFrom("A", "B"), { freq: 4 }),
  expiresAtMs: fc.option(fc.constantFrom(NOW - 1, NOW, NOW + 1, 253_402_343_999_999)),
  target: fc.nat(3),
  countedVersion: fc.option(fc.nat(12)),
  inTransit: fc.boolean(),
});

type Drawn = typeof movement extends fc.Arbitrary<infer T> ? T : never;

const REFERRING: readonly string[] = ["issue", "release", "arrival", "transit_loss", "reversal"];

/** What only some types say. */
function onlyOf({ type, unitCost, expiresAtMs, countedVersion, inTransit }: Drawn) {
  switch (type) {
    case "receipt":
      return { unitCost };
    case "reserve":
      return { expiresAtMs };
    case "count":
      return { countedVersion };
    case "transfer":
      return { inTransit };
    default:
      return {};
  }
}

function toMovement(drawn: Drawn, nth: number, made: readonly Movement[]): Movement {
  const { type, from, to, isDown, lot } = drawn;
  const others = WAREHOUSES.filter((_, n) => n !== from);
  const target = REFERRING.includes(type) ? made[made.length - 1 - drawn.target] : undefined;
  const base = aMovement({
    id: `m${nth}`,
    type,
    warehouseId: WAREHOUSES[from] ?? "",
    toWarehouseId: type === "transfer" || type === "arrival" ? (others[to] ?? null) : null,
    quantity: type === "adjustment" && isDown ? -drawn.quantity : drawn.quantity,
    lotCode: lot,
    targetId: target?.id ?? null,
    ...onlyOf(drawn),
  });
  return target === undefined ? base : { ...base, ...placesOf(type, target) };
}

/** What refers to another movement is where that one is, an arrival at its other end. */
function placesOf(type: Movement["type"], { warehouseId, toWarehouseId }: Movement) {
  if (type === "arrival" || type === "transit_loss") {
    return { warehouseId: toWarehouseId ?? warehouseId, toWarehouseId: warehouseId };
  }
  return { warehouseId, toWarehouseId: type === "reversal" ? toWarehouseId : null };
}

function aWorld(tracking: Tracking): FoldState {
  return aState(
    ...WAREHOUSES.map((warehouseId) =>
      aLevel({ warehouseId, tracking, allowNegative: warehouseId === "negative", changes: [] }),
    ),
  );
}

test("no sequence of movements makes the fold throw or leaves a column's range", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Tracking>("none", "lot", "serial"),
      fc.array(fc.array(movement, { minLength: 1, maxLength: 3 }), { maxLength: 25 }),
      (tracking, groups) => {
        const state = aWorld(tracking);
        const made: Movement[] = [];
        for (const group of groups) {
          const lines = group.map((drawn, nth) => toMovement(drawn, made.length + nth, made));
          made.push(...lines);
          for (const [nth, decision] of foldGroup(lines, state).entries()) {
            const line = lines[nth];
            if (decision.status === "rejected" || line === undefined) continue;
            for (const entry of decision.entries) {
              expect(isWithin(entry.quantity) && isWithin(entry.inTransitChange)).toBe(true);
              expect(isWithin(entry.reservedChange) && isWithin(entry.unavailableChange)).toBe(
                true,
              );
            }
            rememberOriginal(state, line, decision);
          }
          for (const level of state.levels.values()) expectInRange(level, state);
        }
      },
    ),
    { numRuns: 300 },
  );
});

function isWithin(figure: bigint): boolean {
  return figure < LIMIT && figure > -LIMIT;
}

function expectInRange(level: LevelState, state: FoldState): void {
  const { onHand, reserved, unavailable, inTransit, lapsed, averageCost } = level;
  expect(isWithin(onHand)).toBe(true);
  if (level.tracking !== "none") expect(onHand >= 0n).toBe(true);
  for (const figure of [reserved, unavailable, inTransit, lapsed]) {
    expect(figure >= 0n && figure < LIMIT).toBe(true);
  }
  expect(lapsed <= reserved).toBe(true);
  expect(
    averageCost === null || (averageCost >= 0n && averageCost < AVERAGE_COST_LIMIT_SCALED),
  ).toBe(true);
  if (level.tracking !== "none") expectLotsInRange(level, state);
  if (level.tracking === "serial") expectOnePlaceEach(state);
}

function expectLotsInRange(level: LevelState, state: FoldState): void {
  let inLots = 0n;
  for (const lot of state.lots.get("item")?.values() ?? []) {
    const balance = lot.balances.get(level.warehouseId);
    if (balance === undefined) continue;
    inLots += balance.onHand;
    for (const figure of Object.values(balance)) expect(figure >= 0n && figure < LIMIT).toBe(true);
  }
  expect(inLots).toBe(level.onHand);
}

function expectOnePlaceEach(state: FoldState): void {
  for (const lot of state.lots.get("item")?.values() ?? []) {
    const pieces = [...lot.balances.values()].reduce(
      (sum, { onHand, inTransit }) => sum + onHand + inTransit,
      0n,
    );
    expect(pieces === 0n || pieces === 10_000n).toBe(true);
  }
}

/** As a batch does it for movements that a later one of it takes back. */
function rememberOriginal(
  state: FoldState,
  { id, type, itemId, warehouseId, toWarehouseId, unitCost }: Movement,
  { entries, costMoved = null }: Application,
): void {
  const own = entries.filter((entry) => entry.level.warehouseId === warehouseId);
  state.originals.set(id, {
    ...{ id, type, itemId, warehouseId, toWarehouseId, unitCost, costMoved, reversedBy: null },
    entries: own.map(({ lot, quantity: onHand, unavailableChange: unavailable }) => ({
      lot,
      onHand,
      unavailable,
    })),
  });
}
