/** What must hold of the cost fold under any history: nothing of the value is lost or made, and pools are what the ledger holds. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MovementType } from "../../../domain/movement.ts";
import { COST_METHODS, type CostMethod } from "../../../domain/valuation/costPool.ts";
import {
  decodeCostStates,
  emptyCostStates,
  encodeCostStates,
} from "../../../domain/valuation/costState.ts";
import { CostLedger } from "../../support/costLedger.ts";

interface Step {
  readonly kind: "in" | "free" | "out" | "move" | "ship" | "arrive" | "lose" | "reverse";
  readonly units: number;
  readonly cost: number;
  readonly at: string;
  readonly pick: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("in", "free", "out", "move", "ship", "arrive", "lose", "reverse"),
  units: fc.integer({ min: 1, max: 1_000_000 }),
  cost: fc.integer({ min: 0, max: 1_000_000 }),
  at: fc.constantFrom("A", "B", "C"),
  pick: fc.nat(),
});
const decimal = (scaled: number): string => (scaled / 10_000).toFixed(4);

interface Play {
  readonly ledger: CostLedger;
  /** Transfers on their way. */
  readonly open: Map<string, { readonly to: string; left: number }>;
  readonly reversible: string[];
}

/** How a step is entered; each takes what it needs of the history before it, or does nothing. */
const ENTER: Readonly<Record<Step["kind"], (play: Play, drawn: Step, id: string) => void>> = {
  in: ({ ledger, reversible }, { at, units, cost }, id) => {
    ledger.enter({ type: "receipt", id, at, quantity: decimal(units), cost: decimal(cost) });
    reversible.push(id);
  },
  free: ({ ledger, reversible }, { at, units }, id) => {
    ledger.enter({ type: "return", id, at, quantity: decimal(units) });
    reversible.push(id);
  },
  out: ({ ledger, reversible }, { at, units }, id) => {
    ledger.enter({ type: "issue", id, at, quantity: decimal(-units) });
    reversible.push(id);
  },
  move: ({ ledger, reversible }, { at, units }, id) => {
    const to = otherThan(at);
    ledger.enter({ type: "transfer", id, at, to, quantity: decimal(-units) });
    ledger.enter({ type: "transfer", id, at: to, to: at, quantity: decimal(units) });
    reversible.push(id);
  },
  ship: ({ ledger, open }, { at, units }, id) => {
    const to = otherThan(at);
    ledger.enter({ type: "transfer", id, at, to, quantity: decimal(-units) });
    ledger.enter({ type: "transfer", id, at: to, to: at, inTransit: decimal(units) });
    open.set(id, { to, left: units });
  },
  arrive: (play, drawn) => endTransfer(play, drawn, "arrival"),
  lose: (play, drawn) => endTransfer(play, drawn, "transit_loss"),
  reverse: ({ ledger, reversible }, { pick }) => {
    const [target] = reversible.splice(pick % Math.max(1, reversible.length), 1);
    if (target !== undefined) ledger.reverse(target);
  },
};

/** Ends a part of a transfer that is on its way. */
function endTransfer({ ledger, open }: Play, { units, pick }: Step, type: MovementType): void {
  const [target = "", way] = [...open][pick % Math.max(1, open.size)] ?? [];
  if (way === undefined || way.left === 0) return;
  const part = Math.min(units, way.left);
  const quantity = type === "arrival" ? decimal(part) : "0";
  ledger.enter({ type, target, at: way.to, quantity, inTransit: decimal(-part) });
  way.left -= part;
}

function otherThan(at: string): string {
  return at === "A" ? "B" : "A";
}

/** A random history, entered. */
function play(method: CostMethod, steps: readonly Step[]): CostLedger {
  const ledger = new CostLedger(method);
  const played: Play = { ledger, open: new Map(), reversible: [] };
  for (const [nth, drawn] of steps.entries()) ENTER[drawn.kind](played, drawn, `${nth}`);
  return ledger;
}

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((one, two) => one + two, 0n);

describe.each(COST_METHODS)("invariants of any history by %s", (method) => {
  test("what came in minus what went out is what is there, to the last digit", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = play(method, steps);
        // The costs that were given, reckoned apart; goods without a cost count as they were taken in.
        const given = (id: string): bigint => {
          const first = ledger.written.find(({ entry }) => entry.movementId === id);
          if (first?.entry.type === "return") return first.cost.amount + first.cost.expense;
          if (first?.entry.type !== "receipt") return 0n;
          return (first.entry.quantity * (first.entry.unitCost ?? 0n) + 5_000n) / 10_000n;
        };
        const cameIn = ledger.written.map(({ entry }) => {
          if (entry.type === "reversal") return -given(entry.targetId ?? "");
          return entry.type === "receipt" || entry.type === "return" ? given(entry.movementId) : 0n;
        });
        const wentOut = sum(ledger.written.map(({ cost }) => cost.expense));
        const onHand = sum([...ledger.state.warehouses.values()].map((pool) => pool.value));
        const onWay = sum([...ledger.state.transits.values()].map(({ pool }) => pool.value));
        expect(onHand + onWay).toBe(sum(cameIn) - wentOut);
      }),
      { numRuns: 400 },
    );
  });

  test("pools hold what the ledger holds, their layers are their sum, and no stock has a value below zero", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = play(method, steps);
        for (const [at, pool] of ledger.state.warehouses) {
          const own = ledger.written.filter(({ entry }) => entry.warehouseId === at);
          expect(pool.quantity).toBe(sum(own.map(({ entry }) => entry.quantity)));
          expect(pool.value).toBe(sum(own.map(({ cost }) => cost.amount)));
        }
        const pools = [
          ...ledger.state.warehouses.values(),
          ...[...ledger.state.transits.values()].map(({ pool }) => pool),
        ];
        for (const { layers, quantity, value } of pools) {
          expect(layers.every((layer) => layer.quantity > 0n && layer.value >= 0n)).toBe(true);
          if (quantity > 0n) {
            expect(sum(layers.map((layer) => layer.quantity))).toBe(quantity);
            expect(sum(layers.map((layer) => layer.value))).toBe(value);
          } else {
            expect(layers).toEqual([]);
            expect(value <= 0n).toBe(true);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test("a state that is written and read back goes on in the same way", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { state } = play(method, steps);
        const states = { ...emptyCostStates(), [method]: state };
        const text = encodeCostStates(states);
        const again = decodeCostStates(JSON.parse(text));
        expect(encodeCostStates(again)).toBe(text);
        const told = [...state.warehouses].filter(
          ([, pool]) => pool.quantity !== 0n || pool.lastCost !== null,
        );
        expect([...again[method].warehouses]).toEqual(told);
        expect([...again[method].transits]).toEqual([...state.transits]);
      }),
      { numRuns: 200 },
    );
  });
});
