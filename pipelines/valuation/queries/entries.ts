/** SQL of the entries in the order of business time: reading a chunk from ledger and costs, and writing the costs. */
import type { MovementType } from "../../../domain/movement.ts";
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";
import type { EntryKey } from "./progress.ts";

/** Costs as the table holds them, scaled by 10^4, as texts of integers; null before the entry was folded. */
interface CostColumns {
  readonly average_amount: string | null;
  readonly average_expense: string | null;
  readonly fifo_amount: string | null;
  readonly fifo_expense: string | null;
}

/** A ledger entry that changes a quantity, with the cost that it had. */
export interface EntryRow extends CostColumns {
  /** Place of its row in movement_costs. */
  readonly place: string;
  readonly item_id: string;
  /** RFC 3339 with microseconds, so texts stand in the order of their times. */
  readonly occurred_at: string;
  readonly position: number;
  readonly movement_id: string;
  readonly warehouse_id: string;
  readonly type: MovementType;
  readonly quantity: string;
  readonly in_transit_change: string;
  readonly unit_cost: string | null;
  readonly counterpart_warehouse_id: string | null;
  readonly lot_id: string | null;
  readonly target_id: string | null;
}

const COSTS = `
  trunc(k.average_amount * 10000)::text as average_amount,
  trunc(k.average_expense * 10000)::text as average_expense,
  trunc(k.fifo_amount * 10000)::text as fifo_amount,
  trunc(k.fifo_expense * 10000)::text as fifo_expense`;
const OCCURRED_AT = `to_char(k.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at`;

/** The next entries of each item after where it stands, up to a number an item, in the order of business time. */
export async function entriesRead(
  db: Db,
  args: { readonly after: readonly EntryKey[]; readonly perItem: number },
): Promise<EntryRow[]> {
  const { rows } = await db.query<EntryRow>({
    name: "valuation_entries_read",
    text: `
      select n.place::text, n.item_id, n.occurred_at, n.position, n.movement_id, n.warehouse_id, n.average_amount,
        n.average_expense, n.fifo_amount, n.fifo_expense, m.type, m.quantity, m.in_transit_change, m.unit_cost,
        m.counterpart_warehouse_id, m.lot_id, m.target_id
      from unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) with ordinality as a (item_id, occurred_at, position, item)
      cross join lateral (
        select k.ctid as place, k.item_id, k.position, k.movement_id, k.warehouse_id, k.version, k.recorded_at,
          k.occurred_at as exact_at, ${OCCURRED_AT}, ${COSTS}
        from movement_costs k
        where k.item_id = a.item_id
          and (k.occurred_at, k.position) > (a.occurred_at, a.position)
        order by k.occurred_at, k.position
        limit $4::bigint
      ) n
      join stock_movements m
        on m.item_id = n.item_id
        and m.warehouse_id = n.warehouse_id
        and m.version = n.version
        and m.recorded_at = n.recorded_at
      order by a.item, n.exact_at, n.position`,
    values: [
      plainArray(args.after.map((key) => key.itemId)),
      args.after.map((key) => key.occurredAt),
      plainArray(args.after.map((key) => key.position)),
      args.perItem,
    ],
  });
  return rows;
}

/** A reversed entry as it was valued. */
export interface OriginalRow extends CostColumns {
  readonly movement_id: string;
  readonly warehouse_id: string;
  readonly lot_id: string | null;
  readonly occurred_at: string;
  readonly position: number;
  readonly quantity: string;
}

/** The entries of movements that are reversed. */
export async function originalsRead(
  db: Db,
  movementIds: readonly string[],
): Promise<OriginalRow[]> {
  const { rows } = await db.query<OriginalRow>({
    name: "valuation_originals_read",
    text: `
      select k.movement_id, k.warehouse_id, m.lot_id, k.position, m.quantity, ${OCCURRED_AT}, ${COSTS}
      from movement_costs k
      join stock_movements m
        on m.item_id = k.item_id
        and m.warehouse_id = k.warehouse_id
        and m.version = k.version
        and m.recorded_at = k.recorded_at
      where k.movement_id = any($1::uuid[])`,
    values: [movementIds],
  });
  return rows;
}

/** Costs of an entry, as decimal strings. */
export interface WrittenCost {
  readonly place: string;
  readonly averageAmount: string;
  readonly averageExpense: string;
  readonly fifoAmount: string;
  readonly fifoExpense: string;
}

/** Writes costs by the places that were read in this transaction, under the items' locks. */
export async function costsWrite(db: Db, costs: readonly WrittenCost[]): Promise<void> {
  await db.query({
    name: "valuation_costs_write",
    text: `
      update movement_costs k
      set average_amount = g.average_amount,
        average_expense = g.average_expense,
        fifo_amount = g.fifo_amount,
        fifo_expense = g.fifo_expense
      from unnest($1::tid[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[])
        as g (place, average_amount, average_expense, fifo_amount, fifo_expense)
      where k.ctid = g.place`,
    values: [
      textArray(costs.map((cost) => cost.place)),
      plainArray(costs.map((cost) => cost.averageAmount)),
      plainArray(costs.map((cost) => cost.averageExpense)),
      plainArray(costs.map((cost) => cost.fifoAmount)),
      plainArray(costs.map((cost) => cost.fifoExpense)),
    ],
  });
}
