/** The slow, obvious model of the movement path: one movement at a time, plain numbers, nothing shared with the product. */

export interface ModelMovement {
  readonly id: string;
  readonly type: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly toWarehouse: string | undefined;
  /** Whole units. */
  readonly quantity: number;
  readonly expectedVersion: number | undefined;
}

interface ModelLevel {
  onHand: number;
  version: number;
}

/** Levels by "sku/warehouse"; warehouses whose code starts with NEG may go below zero. */
export class StockModel {
  readonly levels = new Map<string, ModelLevel>();

  /** Decides one movement; answers "applied" or the code of its rejection. */
  decide(movement: ModelMovement): string {
    const level = this.#level(movement.sku, movement.warehouse);
    if (movement.expectedVersion !== undefined && movement.expectedVersion !== level.version) {
      return "version_conflict";
    }
    const change = this.#change(movement, level);
    const mayGoNegative = movement.warehouse.startsWith("NEG") || movement.type === "count";
    if (change < 0 && level.onHand + change < 0 && !mayGoNegative) return "insufficient_stock";
    this.#enter(level, change);
    if (movement.toWarehouse !== undefined) {
      this.#enter(this.#level(movement.sku, movement.toWarehouse), movement.quantity);
    }
    return "applied";
  }

  #level(sku: string, warehouse: string): ModelLevel {
    const key = `${sku}/${warehouse}`;
    const level = this.levels.get(key) ?? { onHand: 0, version: 0 };
    this.levels.set(key, level);
    return level;
  }

  #change(movement: ModelMovement, level: ModelLevel): number {
    if (movement.type === "count") return movement.quantity - level.onHand;
    const out = ["issue", "transfer", "supplier_return", "scrap"].includes(movement.type);
    return out ? -movement.quantity : movement.quantity;
  }

  #enter(level: ModelLevel, change: number): void {
    level.onHand += change;
    level.version += 1;
  }
}
