/** Levels, lots and movements for tests of the fold, made by the fields that matter. */
import { expect } from "vitest";
import { foldMovement } from "../../../domain/fold/foldMovement.ts";
import {
  type Application,
  type FoldState,
  type LevelState,
  type LotBalance,
  type LotState,
  levelKey,
  type OriginalState,
  type ReservationState,
  type TransitState,
} from "../../../domain/fold/state.ts";
import type { Movement } from "../../../domain/movement.ts";

/** When the movements of these tests are decided. */
export const NOW = Date.UTC(2026, 0, 3);

/** A level of "item" at "main", empty unless the fields say otherwise. */
export function aLevel(fields: Partial<LevelState> = {}): LevelState {
  return {
    itemId: "item",
    warehouseId: "main",
    tracking: "none",
    allowNegative: false,
    onHand: 0n,
    reserved: 0n,
    unavailable: 0n,
    inTransit: 0n,
    lapsed: 0n,
    nextExpiryMs: null,
    averageCost: null,
    version: 0,
    changes: null,
    ...fields,
  };
}

/** An issue of 1 of "item" at "main" on 2 January 2026, decided a day later, unless the fields say otherwise. */
export function aMovement(fields: Partial<Movement> = {}): Movement {
  return {
    id: "m",
    type: "issue",
    itemId: "item",
    warehouseId: "main",
    toWarehouseId: null,
    quantity: 10_000n,
    unitCost: null,
    expectedVersion: null,
    lotCode: null,
    lotExpiresOn: null,
    targetId: null,
    expiresAtMs: null,
    countedVersion: null,
    inTransit: false,
    occurredAtMs: Date.UTC(2026, 0, 2),
    decidedAtMs: NOW,
    ...fields,
  };
}

/** A state of the given levels and nothing else. New lots are called "lot-1", "lot-2" and so on. */
export function aState(...levels: LevelState[]): FoldState {
  let lots = 0;
  return {
    levels: new Map(levels.map((level) => [levelKey(level.itemId, level.warehouseId), level])),
    lots: new Map(),
    lotOrder: new Map(),
    reservations: new Map(),
    transits: new Map(),
    originals: new Map(),
    changesSince: new Map(),
    closedMonths: new Set(),
    newLotId: () => {
      lots += 1;
      return `lot-${lots}`;
    },
    journal: null,
  };
}

type LotFields = Partial<LotBalance> & {
  readonly code?: string;
  readonly expiresOn?: string | null;
  readonly at?: string;
};

/** Adds a lot ("A" unless named) of "item" with a balance at "main"; the level is not touched. */
export function addLot(state: FoldState, fields: LotFields = {}): LotState {
  const { code = "A", expiresOn = null, at = "main", ...balance } = fields;
  const ofItem = state.lots.get("item") ?? new Map<string, LotState>();
  state.lots.set("item", ofItem);
  const known = ofItem.get(code);
  const lot = known ?? {
    id: `id of ${code}`,
    itemId: "item",
    code,
    expiresOn,
    balances: new Map(),
  };
  ofItem.set(code, lot);
  const nothing = { onHand: 0n, reserved: 0n, unavailable: 0n, inTransit: 0n, lapsed: 0n };
  lot.balances.set(at, { ...nothing, ...balance });
  return lot;
}

/** Adds an open reservation "r" of 5 at "main"; level and lot are not touched. */
export function addReservation(
  state: FoldState,
  fields: Partial<ReservationState> = {},
): ReservationState {
  const reservation: ReservationState = {
    id: "r",
    itemId: "item",
    warehouseId: "main",
    lot: null,
    quantity: 50_000n,
    open: 50_000n,
    issued: 0n,
    released: 0n,
    expiresAtMs: null,
    ...fields,
  };
  state.reservations.set(reservation.id, reservation);
  return reservation;
}

/** Adds a transfer "t" of 5 on its way from "main" to "east"; levels are not touched. */
export function addTransit(state: FoldState, fields: Partial<TransitState> = {}): TransitState {
  const line = { lot: null, quantity: 50_000n, open: 50_000n, arrived: 0n, lost: 0n };
  const transit: TransitState = {
    id: "t",
    itemId: "item",
    fromWarehouseId: "main",
    toWarehouseId: "east",
    lines: [{ ...line, unitCost: null }],
    ...fields,
  };
  state.transits.set(transit.id, transit);
  return transit;
}

/** Adds an applied movement "o" that took 5 at "main", to be reversed; levels are not touched. */
export function addOriginal(state: FoldState, fields: Partial<OriginalState> = {}): OriginalState {
  const original: OriginalState = {
    id: "o",
    type: "issue",
    itemId: "item",
    warehouseId: "main",
    toWarehouseId: null,
    unitCost: null,
    costMoved: null,
    entries: [{ lot: null, onHand: -50_000n, unavailable: 0n }],
    reversedBy: null,
    ...fields,
  };
  state.originals.set(original.id, original);
  return original;
}

/** Folds the movement, which must apply. */
export function mustApply(movement: Movement, state: FoldState): Application {
  const decision = foldMovement(movement, state);
  expect(decision).toMatchObject({ status: "applied" });
  if (decision.status === "rejected") throw new Error(decision.detail);
  return decision;
}

/** Folds the movement, which must be rejected without a trace; answers "code: detail". */
export function mustReject(movement: Movement, state: FoldState): string {
  const before = structuredClone(withoutFunctions(state));
  const decision = foldMovement(movement, state);
  expect(withoutFunctions(state)).toEqual(before);
  if (decision.status === "applied") throw new Error("the movement was applied");
  return `${decision.code}: ${decision.detail}`;
}

/** The whole state as plain data, to be compared to the last bit; the order of lots follows from the lots. */
export function withoutFunctions({
  newLotId: _,
  lotOrder: _order,
  ...state
}: FoldState): Omit<FoldState, "newLotId" | "lotOrder"> {
  return state;
}
