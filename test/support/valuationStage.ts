/** Items whose ledgers are written by the product itself, and what their valuation must come to: a fold of the whole ledger. */
import { expect } from "vitest";
import type { MovementType } from "../../domain/movement.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import { COST_METHODS, type CostMethod } from "../../domain/valuation/costPool.ts";
import { emptyCostState, foldCost, type Original } from "../../domain/valuation/foldCosts.ts";
import { drainLanes, lanesWithWork, sweepLanes } from "../../pipelines/apply/index.ts";
import { appendToInbox } from "../../pipelines/intake/index.ts";
import { valueStock } from "../../pipelines/valuation/index.ts";
import { newId } from "../../platform/clock.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { type SeededItem, seedItems, seedWarehouses } from "./catalogue.ts";
import { toTestCommand } from "./command.ts";

const ALL_LANES = Array.from({ length: 256 }, (_, lane) => lane);
const CODES = ["A", "B", "C"] as const;
export type Place = (typeof CODES)[number];

export interface Posted {
  readonly type: MovementType;
  readonly quantity: string;
  readonly at?: Place;
  readonly to?: Place;
  readonly cost?: string;
  /** RFC 3339; now where it is left out. */
  readonly on?: string;
  readonly id?: string;
  readonly target?: string;
  readonly inTransit?: boolean;
  readonly lot?: string;
}

/** Figures of a warehouse: "quantity = value" by each method, and what is on its way to it. */
export type Figures = Readonly<Record<string, Readonly<Record<CostMethod | "on_way", string>>>>;

/** Warehouses A, B and C, which may go below zero, and what tests of valuation do with items there. */
export async function createValuationStage(db: DbPool) {
  const ids = await seedWarehouses(db, CODES, { allowNegative: true });
  const warehouses = new Map(CODES.map((code, nth) => [code, ids[nth] ?? ""]));
  const codeOf = new Map(CODES.map((code, nth) => [ids[nth] ?? "", code]));
  const idOf = (place: Place): string => warehouses.get(place) ?? "";
  const toCommand = (item: SeededItem, given: Posted) =>
    toTestCommand({
      itemId: item.id,
      lane: item.lane,
      id: given.id ?? newId(),
      type: given.type,
      warehouseId: idOf(given.at ?? "A"),
      toWarehouseId: given.to === undefined ? null : idOf(given.to),
      quantity: given.quantity,
      unitCost: given.cost ?? null,
      currency: given.cost === undefined ? null : "EUR",
      targetId: given.target ?? null,
      inTransit: given.inTransit ?? false,
      lotCode: given.lot ?? null,
      occurredAt: given.on === undefined ? new Date() : new Date(given.on),
    });
  return {
    warehouseId: idOf,
    item: async (sku: string): Promise<SeededItem> => {
      const [item] = await seedItems(db, [sku]);
      if (item === undefined) throw new Error(`item ${sku} was not made`);
      return item;
    },
    /** Accepts and applies movements in their order; fails where one is rejected. */
    post: async (item: SeededItem, movements: readonly Posted[]): Promise<void> => {
      const commands = movements.map((given) => toCommand(item, given));
      await appendToInbox(db, commands);
      do await drainLanes(db, { lanes: ALL_LANES, rowsMax: 100_000 });
      while ((await lanesWithWork(db)).length > 0 && (await sweepLanes(db)).length > 0);
      const { rows } = await db.query(
        "select id, type, code, detail from movement_outcomes join movement_inbox using (id) where id = any($1) and status <> 'applied'",
        [commands.map((command) => command.id)],
      );
      expect(rows).toEqual([]);
    },
    value: (bounds?: { itemsMax: number; entriesMax: number }) =>
      valueStock(db, {
        compareAll: false,
        signal: new AbortController().signal,
        ...(bounds === undefined ? {} : { bounds }),
      }),
    published: (item: SeededItem) => publishedFigures(db, item.id, codeOf),
    costs: (item: SeededItem) => writtenCosts(db, item.id),
    afresh: (item: SeededItem) => foldAfresh(db, item.id, codeOf),
  };
}

async function publishedFigures(
  db: DbPool,
  itemId: string,
  codeOf: ReadonlyMap<string, string>,
): Promise<Figures> {
  const { rows } = await db.query(
    `select warehouse_id, trim_scale(quantity) as quantity, trim_scale(average_value) as average,
       trim_scale(fifo_value) as fifo, trim_scale(in_transit) as on_way, trim_scale(average_in_transit_value) as on_way_average,
       trim_scale(fifo_in_transit_value) as on_way_fifo
     from valuation_levels where item_id = $1`,
    [itemId],
  );
  return Object.fromEntries(
    rows.map((row) => [
      codeOf.get(row.warehouse_id),
      {
        moving_average: `${row.quantity} = ${row.average}`,
        fifo: `${row.quantity} = ${row.fifo}`,
        on_way: `${row.on_way} = ${row.on_way_average} | ${row.on_way_fifo}`,
      },
    ]),
  );
}

/** "amount/expense" by both methods, in business order. */
async function writtenCosts(db: DbPool, itemId: string): Promise<string[]> {
  const { rows } = await db.query<{ text: string }>(
    `select concat_ws(' ', trim_scale(average_amount), trim_scale(average_expense), trim_scale(fifo_amount),
       trim_scale(fifo_expense)) as text
     from movement_costs where item_id = $1 order by occurred_at, position`,
    [itemId],
  );
  return rows.map((row) => row.text);
}

/** Folds the item's whole ledger at once, by the domain's fold alone. */
async function foldAfresh(db: DbPool, itemId: string, codeOf: ReadonlyMap<string, string>) {
  const { rows } = await db.query(
    `select * from stock_movements where item_id = $1 and (quantity <> 0 or in_transit_change <> 0)
     order by occurred_at, position`,
    [itemId],
  );
  const byMethod = COST_METHODS.map((method) => {
    const state = emptyCostState(method);
    const originals = new Map<string, Original>();
    const costs = rows.map((row) => {
      const entry = {
        movementId: row.movement_id,
        type: row.type,
        warehouseId: row.warehouse_id,
        counterpartId: row.counterpart_warehouse_id,
        targetId: row.target_id,
        quantity: quantityFromText(row.quantity),
        inTransitChange: quantityFromText(row.in_transit_change),
        unitCost: row.unit_cost === null ? null : quantityFromText(row.unit_cost),
        occurredAt: row.occurred_at.toISOString(),
        position: row.position,
      };
      const name = (id: string) => `${id}/${row.warehouse_id}/${row.lot_id}`;
      const original = row.type === "reversal" ? originals.get(name(row.target_id)) : undefined;
      const cost = foldCost(state, entry, original ?? null);
      originals.set(name(row.movement_id), { ...cost, ...entry });
      return `${formatQuantity(cost.amount)} ${formatQuantity(cost.expense)}`;
    });
    return { state, costs };
  });
  const [average, fifo] = byMethod;
  if (average === undefined || fifo === undefined) throw new Error("two methods are folded");
  return {
    costs: average.costs.map((cost, nth) => `${cost} ${fifo.costs[nth]}`),
    stock: Object.fromEntries(
      [...fifo.state.warehouses].map(([id, pool]) => [
        codeOf.get(id),
        {
          fifo: `${formatQuantity(pool.quantity)} = ${formatQuantity(pool.value)}`,
          moving_average: `${formatQuantity(pool.quantity)} = ${formatQuantity(average.state.warehouses.get(id)?.value ?? 0n)}`,
        },
      ]),
    ),
  };
}
