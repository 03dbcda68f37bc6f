/**
 * Transfers between two warehouses: at once, or in transit, where the goods leave now and arrive later, in parts, with losses
 * that are named. Goods keep their lots and the average cost that they left with.
 */
import { nextAverageCost } from "../averageCost.ts";
import type { Movement } from "../movement.ts";
import { formatQuantity, type ScaledQuantity } from "../quantity.ts";
import { checkOverflow } from "./checks.ts";
import { enter } from "./enter.ts";
import { checkAvailable } from "./flows.ts";
import { checkSerialQuantity, checkWholePieces, type Pick, pickLots } from "./lots.ts";
import {
  add,
  type Decision,
  type FoldState,
  type LedgerEntry,
  type LevelState,
  levelOf,
  type Rejection,
  reject,
  remember,
  type TransitLine,
  type TransitState,
} from "./state.ts";

/** Moves stock to another warehouse, or sends it on its way there. Both ends pass or none. */
export function transfer(state: FoldState, movement: Movement, level: LevelState): Decision {
  const { quantity, inTransit } = movement;
  const target = levelOf(state, movement.itemId, movement.toWarehouseId ?? "");
  const rejection =
    checkSerialQuantity(level, quantity) ??
    checkAvailable(level, quantity) ??
    checkOverflow(level.onHand, -quantity) ??
    checkOverflow(inTransit ? target.inTransit : target.onHand, quantity);
  if (rejection !== null) return rejection;
  const picks = pickLots(state, movement, level);
  if ("status" in picks) return picks;
  const costMoved = level.averageCost;
  const leaving = picks.map((pick) =>
    enter(
      state,
      { movement, level },
      { onHand: -pick.quantity, lot: pick.lot, counterpart: target },
    ),
  );
  const coming = picks.map((pick) =>
    inTransit
      ? ship(state, { movement, level, target, pick })
      : receive(state, { movement, from: level, target, pick, costMoved }),
  );
  const entries = [...leaving, ...coming];
  if (!inTransit) return { status: "applied", entries, costMoved };
  add(state, state.transits, [movement.id, toTransit(movement, picks, costMoved)]);
  return { status: "applied", entries };
}

interface Arriving {
  readonly movement: Movement;
  readonly from: LevelState;
  readonly target: LevelState;
  readonly pick: Pick;
  readonly costMoved: bigint | null;
  /** What stops being in transit with it. */
  readonly fromTransit?: ScaledQuantity;
}

function receive(state: FoldState, parts: Arriving): LedgerEntry {
  const { movement, from, target, pick, costMoved, fromTransit = 0n } = parts;
  const averageCost =
    costMoved === null ? target.averageCost : nextAverageCost(target, pick.quantity, costMoved);
  return enter(
    state,
    { movement, level: target },
    {
      onHand: pick.quantity,
      inTransit: -fromTransit,
      lot: pick.lot,
      averageCost,
      counterpart: from,
    },
  );
}

function ship(
  state: FoldState,
  parts: { movement: Movement; level: LevelState; target: LevelState; pick: Pick },
): LedgerEntry {
  const { movement, level, target, pick } = parts;
  const to = { inTransit: pick.quantity, lot: pick.lot, counterpart: level };
  return enter(state, { movement, level: target }, to);
}

function toTransit(
  movement: Movement,
  picks: readonly Pick[],
  unitCost: bigint | null,
): TransitState {
  return {
    id: movement.id,
    itemId: movement.itemId,
    fromWarehouseId: movement.warehouseId,
    toWarehouseId: movement.toWarehouseId ?? "",
    lines: picks.map(({ lot, quantity }) => ({
      lot,
      quantity,
      open: quantity,
      arrived: 0n,
      lost: 0n,
      unitCost,
    })),
  };
}

/** Takes a part of a transfer in: on hand from in transit. */
export function arrive(state: FoldState, movement: Movement, level: LevelState): Decision {
  const broken = checkWholePieces(level, movement.quantity);
  if (broken !== null) return broken;
  const shares = sharesOfTransit(state, movement);
  if ("status" in shares) return shares;
  const rejection = checkOverflow(level.onHand, movement.quantity);
  if (rejection !== null) return rejection;
  const from = levelOf(state, movement.itemId, movement.toWarehouseId ?? "");
  const entries = shares.map(({ line, quantity }) => {
    remember(state, line);
    line.open -= quantity;
    line.arrived += quantity;
    return receive(state, {
      movement,
      from,
      target: level,
      pick: { lot: line.lot, quantity },
      costMoved: line.unitCost,
      fromTransit: quantity,
    });
  });
  return { status: "applied", entries };
}

/** Writes off a part of a transfer that will not arrive; the movement's reason says why. */
export function lose(state: FoldState, movement: Movement, level: LevelState): Decision {
  const broken = checkWholePieces(level, movement.quantity);
  if (broken !== null) return broken;
  const shares = sharesOfTransit(state, movement);
  if ("status" in shares) return shares;
  const entries = shares.map(({ line, quantity }) => {
    remember(state, line);
    line.open -= quantity;
    line.lost += quantity;
    return enter(state, { movement, level }, { inTransit: -quantity, lot: line.lot });
  });
  return { status: "applied", entries };
}

interface Share {
  readonly line: TransitLine;
  readonly quantity: ScaledQuantity;
}

/** Shares the quantity out among the open lines of the transfer: the named lot's, or in their order. */
function sharesOfTransit(state: FoldState, movement: Movement): readonly Share[] | Rejection {
  const id = movement.targetId ?? "";
  const transit = state.transits.get(id);
  if (
    transit === undefined ||
    transit.itemId !== movement.itemId ||
    transit.toWarehouseId !== movement.warehouseId ||
    (movement.type === "arrival" && transit.fromWarehouseId !== movement.toWarehouseId)
  ) {
    return reject("unknown_transfer", `no transfer "${id}" is on its way to this warehouse`);
  }
  const lines = transit.lines.filter(
    ({ lot }) => movement.lotCode === null || lot?.code === movement.lotCode,
  );
  const shares: Share[] = [];
  let left = movement.quantity;
  for (const line of lines) {
    const quantity = line.open < left ? line.open : left;
    if (quantity > 0n) shares.push({ line, quantity });
    left -= quantity;
  }
  if (left > 0n) {
    return reject(
      "transit_exceeded",
      `asked ${formatQuantity(movement.quantity)}, in transit ${formatQuantity(movement.quantity - left)}`,
    );
  }
  return shares;
}
