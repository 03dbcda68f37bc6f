/** Turns the cost states of an item that is folded to the end into the figures of its levels, as decimal strings. Pure. */
import { formatAverageCost } from "../../domain/averageCost.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import { type CostPool, emptyPool } from "../../domain/valuation/costPool.ts";
import type { CostStates } from "../../domain/valuation/costState.ts";
import type { CostState } from "../../domain/valuation/foldCosts.ts";
import { unitCostOf } from "../../domain/valuation/rounding.ts";
import type { LevelFigures } from "./queries/levels.ts";

/** The figures of every warehouse that holds something, has something on its way, or knows a cost. */
export function showFigures(itemId: string, states: CostStates): LevelFigures[] {
  const { moving_average: average, fifo } = states;
  const averageOnWay = sumTransits(average);
  const fifoOnWay = sumTransits(fifo);
  const warehouseIds = new Set([
    ...average.warehouses.keys(),
    ...fifo.warehouses.keys(),
    ...averageOnWay.keys(),
    ...fifoOnWay.keys(),
  ]);
  return [...warehouseIds].map((warehouseId) => {
    const byAverage = average.warehouses.get(warehouseId) ?? emptyPool("moving_average");
    const byFifo = fifo.warehouses.get(warehouseId) ?? emptyPool("fifo");
    const onWay = fifoOnWay.get(warehouseId) ?? NOTHING;
    return {
      itemId,
      warehouseId,
      quantity: formatQuantity(byFifo.quantity),
      inTransit: formatQuantity(onWay.quantity),
      averageUnitCost: unitCostText(byAverage),
      averageValue: formatQuantity(byAverage.value),
      averageInTransitValue: formatQuantity((averageOnWay.get(warehouseId) ?? NOTHING).value),
      fifoUnitCost: unitCostText(byFifo),
      fifoValue: formatQuantity(byFifo.value),
      fifoInTransitValue: formatQuantity(onWay.value),
      fifoLayers: JSON.stringify(
        byFifo.layers.map(({ since, quantity, value }) => [
          since,
          formatQuantity(quantity),
          formatQuantity(value),
        ]),
      ),
    };
  });
}

interface Sum {
  readonly quantity: bigint;
  readonly value: bigint;
}
const NOTHING: Sum = { quantity: 0n, value: 0n };

/** What is on its way, by the warehouse that it goes to. */
function sumTransits(state: CostState): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const { toWarehouseId, pool } of state.transits.values()) {
    const { quantity, value } = sums.get(toWarehouseId) ?? NOTHING;
    sums.set(toWarehouseId, { quantity: quantity + pool.quantity, value: value + pool.value });
  }
  return sums;
}

/** Value by quantity; the last known cost where there is nothing; null where no cost was ever known. */
function unitCostText({ quantity, value, lastCost }: CostPool): string | null {
  if (lastCost === null && value === 0n) return null;
  if (quantity === 0n) return lastCost === null ? null : formatAverageCost(lastCost);
  const cost = quantity > 0n ? unitCostOf(quantity, value) : unitCostOf(-quantity, -value);
  return formatAverageCost(cost);
}
