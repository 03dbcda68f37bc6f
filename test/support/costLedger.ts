/** A ledger of one item in memory for tests of valuation: entries in the order of business time, folded as they are written. */
import type { MovementType } from "../../domain/movement.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import type { CostMethod, CostPool } from "../../domain/valuation/costPool.ts";
import {
  type CostedEntry,
  type CostState,
  type EntryCost,
  emptyCostState,
  foldCost,
  type Original,
} from "../../domain/valuation/foldCosts.ts";

export interface EntryGiven {
  readonly type: MovementType;
  /** Signed. */
  readonly quantity?: string;
  readonly inTransit?: string;
  readonly cost?: string;
  readonly at?: string;
  readonly to?: string;
  readonly id?: string;
  readonly target?: string;
}

export interface WrittenEntry {
  readonly entry: CostedEntry;
  readonly cost: EntryCost;
}

/** Writes and values entries; decimal strings in and out. */
export class CostLedger {
  readonly state: CostState;
  readonly written: WrittenEntry[] = [];

  constructor(method: CostMethod) {
    this.state = emptyCostState(method);
  }

  /** Writes one entry at warehouse `at` (default A); answers what it did to values. */
  enter(given: EntryGiven): { amount: string; expense: string } {
    const entry = this.#entryOf(given);
    const cost = foldCost(this.state, entry, this.#originalOf(entry));
    this.written.push({ entry, cost });
    return { amount: formatQuantity(cost.amount), expense: formatQuantity(cost.expense) };
  }

  /** Both ends of a transfer at once. */
  transfer(quantity: string, to: string, from = "A"): string {
    const id = `transfer-${this.written.length}`;
    this.enter({ type: "transfer", id, quantity: `-${quantity}`, at: from, to });
    this.enter({ type: "transfer", id, quantity, at: to, to: from });
    return id;
  }

  /** Takes a movement back, entry by entry; answers what each reversing entry did. */
  reverse(id: string): { amount: string; expense: string }[] {
    const originals = this.written.filter(({ entry }) => entry.movementId === id);
    return originals.map(({ entry }) =>
      this.enter({
        type: "reversal",
        id: `reversal-of-${id}`,
        target: id,
        at: entry.warehouseId,
        quantity: formatQuantity(-entry.quantity),
        inTransit: formatQuantity(-entry.inTransitChange),
      }),
    );
  }

  pool(at = "A"): CostPool {
    const pool = this.state.warehouses.get(at);
    if (pool === undefined) throw new Error(`nothing ever moved at ${at}`);
    return pool;
  }

  /** "quantity = value" of a warehouse. */
  stock(at = "A"): string {
    const { quantity, value } = this.pool(at);
    return `${formatQuantity(quantity)} = ${formatQuantity(value)}`;
  }

  /** "quantity = value" of each layer. */
  layers(at = "A"): string[] {
    return this.pool(at).layers.map(
      ({ quantity, value }) => `${formatQuantity(quantity)} = ${formatQuantity(value)}`,
    );
  }

  #entryOf(given: EntryGiven): CostedEntry {
    const position = this.written.length + 1;
    return {
      movementId: given.id ?? `m-${position}`,
      type: given.type,
      warehouseId: given.at ?? "A",
      counterpartId: given.to ?? null,
      targetId: given.target ?? null,
      quantity: quantityFromText(given.quantity ?? "0"),
      inTransitChange: quantityFromText(given.inTransit ?? "0"),
      unitCost: given.cost === undefined ? null : quantityFromText(given.cost),
      occurredAt: new Date(position * 1_000).toISOString(),
      position,
    };
  }

  #originalOf(entry: CostedEntry): Original | null {
    if (entry.type !== "reversal") return null;
    const found = this.written.find(
      (one) =>
        one.entry.movementId === entry.targetId && one.entry.warehouseId === entry.warehouseId,
    );
    if (found === undefined) return null;
    const { quantity, position, occurredAt } = found.entry;
    return { ...found.cost, quantity, position, occurredAt };
  }
}
