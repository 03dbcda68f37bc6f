/**
 * The stock fold: decides each movement in order against the levels that the ones before it left.
 * Pure and total: a movement is applied or rejected with a code, nothing is thrown, nothing after the last check can fail.
 */
import type { Movement, MovementType } from "../movement.ts";
import { checkCommon } from "./checks.ts";
import { adjust, bringIn, count, takeOut } from "./flows.ts";
import { hold, release, reserve, unhold } from "./reservations.ts";
import { reverse } from "./reversals.ts";
import {
  type Decision,
  type FoldState,
  Journal,
  type LevelState,
  levelOf,
  reject,
} from "./state.ts";
import { arrive, lose, transfer } from "./transfers.ts";

/**
 * Decides one movement and, when it applies, changes the state in place.
 * Checks stand in this order: expected version, closed period, lot, stock, overflow, cost. Both ends of a transfer pass or none.
 */
export function foldMovement(movement: Movement, state: FoldState): Decision {
  const level = levelOf(state, movement.itemId, movement.warehouseId);
  return checkCommon(state, movement, level) ?? RULES[movement.type](state, movement, level);
}

type Rule = (state: FoldState, movement: Movement, level: LevelState) => Decision;

const RULES: Readonly<Record<MovementType, Rule>> = {
  receipt: bringIn,
  return: bringIn,
  issue: takeOut,
  supplier_return: takeOut,
  scrap: takeOut,
  transfer,
  adjustment: adjust,
  count,
  hold,
  unhold,
  reserve,
  release,
  arrival: arrive,
  transit_loss: lose,
  reversal: reverse,
};

/**
 * Decides an atomic group in the order of its lines: all apply, or the state is as it was and all are rejected, the first that
 * could not apply with its own code and the others with atomic_group_rejected. Answers one decision a line.
 */
export function foldGroup(movements: readonly Movement[], state: FoldState): Decision[] {
  const journal = new Journal();
  state.journal = journal;
  const decisions: Decision[] = [];
  try {
    for (const [place, movement] of movements.entries()) {
      const decision = foldMovement(movement, state);
      decisions.push(decision);
      if (decision.status === "rejected") {
        journal.rollBack();
        const others = reject(
          "atomic_group_rejected",
          `line ${place + 1} of ${movements.length} of the group was rejected: ${decision.code} (${decision.detail})`,
        );
        return movements.map((_, nth) => (nth === place ? decision : others));
      }
    }
    return decisions;
  } finally {
    state.journal = null;
  }
}
