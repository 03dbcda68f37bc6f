/**
 * Folds a chunk of entries in memory: from where the items stand to the costs, states and checkpoints that will be written.
 * Pure. Checkpoints stand at the end of each month and after CHECKPOINT_ENTRIES, so that a late entry goes back no further.
 */

import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import {
  type CostStates,
  decodeCostStates,
  encodeCostStates,
} from "../../domain/valuation/costState.ts";
import {
  type CostedEntry,
  type EntryCost,
  foldCost,
  type Original,
} from "../../domain/valuation/foldCosts.ts";
import type { EntryRow, OriginalRow, WrittenCost } from "./queries/entries.ts";
import type { Checkpoint, EntryKey, SavedItem } from "./queries/progress.ts";

/** Entries between two checkpoints of one month. */
const CHECKPOINT_ENTRIES = 5_000;
/** States with more layers are not kept as checkpoints: each is a copy of all of them. */
const CHECKPOINT_LAYERS_MAX = 10_000;

/** Where an item stands. */
export interface FoldStart extends EntryKey {
  readonly unsavedEntries: number;
  /** As encodeCostStates wrote it. */
  readonly state: unknown;
}

/** Where an item stands after the chunk. */
export interface FoldedItem extends SavedItem {
  readonly states: CostStates;
  /** Entries of the chunk. */
  readonly entries: number;
  /** True where it has no further entry. */
  readonly isFinished: boolean;
}

export interface FoldedChunk {
  readonly items: readonly FoldedItem[];
  /** Only those that differ from what is written already. */
  readonly costs: readonly WrittenCost[];
  readonly checkpoints: readonly Checkpoint[];
}

interface ChunkInput {
  readonly starts: readonly FoldStart[];
  /** Of each item together, in the order of business time. */
  readonly entries: readonly EntryRow[];
  readonly originals: readonly OriginalRow[];
  /** Entries an item could give at most; one that gave as many may have more. */
  readonly perItem: number;
}

/** Folds the chunk. */
export function foldEntries(input: ChunkInput): FoldedChunk {
  const reversible = knownOriginals(input);
  const ofItem = new Map(input.starts.map((start) => [start.itemId, [] as EntryRow[]]));
  for (const entry of input.entries) ofItem.get(entry.item_id)?.push(entry);
  const chunk: Chunk = { reversible, costs: [], checkpoints: [] };
  const items = input.starts.map((start) => {
    const entries = ofItem.get(start.itemId) ?? [];
    return foldItem(chunk, start, { entries, isFinished: entries.length < input.perItem });
  });
  return { items, costs: chunk.costs, checkpoints: chunk.checkpoints };
}

interface Chunk {
  readonly reversible: Reversible;
  readonly costs: WrittenCost[];
  readonly checkpoints: Checkpoint[];
}

function foldItem(
  chunk: Chunk,
  start: FoldStart,
  { entries, isFinished }: { entries: readonly EntryRow[]; isFinished: boolean },
): FoldedItem {
  const { itemId } = start;
  const states = decodeCostStates(start.state);
  let { occurredAt, position, unsavedEntries } = start;
  for (const row of entries) {
    if (
      isCheckpointDue(unsavedEntries, occurredAt, row) &&
      layersOf(states) <= CHECKPOINT_LAYERS_MAX
    ) {
      const state = encodeCostStates(states);
      chunk.checkpoints.push({ itemId, occurredAt, position, state });
      unsavedEntries = 0;
    }
    foldRow(chunk, states, row);
    ({ occurred_at: occurredAt, position } = row);
    unsavedEntries += 1;
  }
  const state = entries.length === 0 ? "{}" : encodeCostStates(states);
  return {
    itemId,
    occurredAt,
    position,
    unsavedEntries,
    state,
    states,
    entries: entries.length,
    isFinished,
  };
}

/** Both the database's and our own texts of a time begin with the year and the month. */
function isCheckpointDue(unsavedEntries: number, foldedAt: string, next: EntryRow): boolean {
  if (unsavedEntries === 0) return false;
  return (
    unsavedEntries >= CHECKPOINT_ENTRIES || foldedAt.slice(0, 7) !== next.occurred_at.slice(0, 7)
  );
}

function layersOf(states: CostStates): number {
  let layers = 0;
  for (const { pool } of states.fifo.transits.values()) layers += pool.layers.length;
  for (const pool of states.fifo.warehouses.values()) layers += pool.layers.length;
  return layers;
}

function foldRow(chunk: Chunk, states: CostStates, row: EntryRow): void {
  const entry = toEntry(row);
  const original = originalOf(chunk.reversible, row);
  const average = foldCost(states.moving_average, entry, original?.average ?? null);
  const fifo = foldCost(states.fifo, entry, original?.fifo ?? null);
  noteOriginal(chunk.reversible, row, { entry, average, fifo });
  if (isWritten(row, average, fifo)) return;
  chunk.costs.push({
    place: row.place,
    averageAmount: formatQuantity(average.amount),
    averageExpense: formatQuantity(average.expense),
    fifoAmount: formatQuantity(fifo.amount),
    fifoExpense: formatQuantity(fifo.expense),
  });
}

function isWritten(row: EntryRow, average: EntryCost, fifo: EntryCost): boolean {
  return (
    row.average_amount === String(average.amount) &&
    row.average_expense === String(average.expense) &&
    row.fifo_amount === String(fifo.amount) &&
    row.fifo_expense === String(fifo.expense)
  );
}

function toEntry(row: EntryRow): CostedEntry {
  return {
    movementId: row.movement_id,
    type: row.type,
    warehouseId: row.warehouse_id,
    counterpartId: row.counterpart_warehouse_id,
    targetId: row.target_id,
    quantity: quantityFromText(row.quantity),
    inTransitChange: quantityFromText(row.in_transit_change),
    unitCost: row.unit_cost === null ? null : quantityFromText(row.unit_cost),
    occurredAt: row.occurred_at,
    position: row.position,
  };
}

/** A reversed entry with its costs by both methods. */
interface ReversedEntry {
  readonly average: Original;
  readonly fifo: Original;
}

/** The entries of the movements that this chunk reverses, as far as they are valued. */
interface Reversible {
  readonly movementIds: ReadonlySet<string>;
  /** By movement, warehouse and lot: a movement has one entry of each. */
  readonly entries: Map<string, ReversedEntry>;
}

function knownOriginals(input: ChunkInput): Reversible {
  const reversible: Reversible = {
    movementIds: new Set(input.originals.map((row) => row.movement_id)),
    entries: new Map(),
  };
  for (const row of input.originals) {
    const { average_amount, average_expense, fifo_amount, fifo_expense } = row;
    if (average_amount === null || average_expense === null) continue;
    if (fifo_amount === null || fifo_expense === null) continue;
    const quantity = quantityFromText(row.quantity);
    noteOriginal(reversible, row, {
      entry: { quantity },
      average: { amount: BigInt(average_amount), expense: BigInt(average_expense) },
      fifo: { amount: BigInt(fifo_amount), expense: BigInt(fifo_expense) },
    });
  }
  return reversible;
}

type EntryName = Pick<
  OriginalRow,
  "movement_id" | "warehouse_id" | "lot_id" | "occurred_at" | "position"
>;

function noteOriginal(
  reversible: Reversible,
  row: EntryName,
  valued: {
    readonly entry: Pick<Original, "quantity">;
    readonly average: EntryCost;
    readonly fifo: EntryCost;
  },
): void {
  if (!reversible.movementIds.has(row.movement_id)) return;
  const { quantity } = valued.entry;
  const place = { quantity, position: row.position, occurredAt: row.occurred_at };
  reversible.entries.set(nameOf(row.movement_id, row), {
    average: { ...valued.average, ...place },
    fifo: { ...valued.fifo, ...place },
  });
}

/** The reversed entry at the same warehouse and lot, unless it comes later in business time: its cost is not known then. */
function originalOf(reversible: Reversible, row: EntryRow): ReversedEntry | undefined {
  if (row.type !== "reversal" || row.target_id === null) return undefined;
  const found = reversible.entries.get(nameOf(row.target_id, row));
  if (found === undefined) return undefined;
  const { occurredAt, position } = found.fifo;
  if (occurredAt > row.occurred_at) return undefined;
  if (occurredAt === row.occurred_at && position > row.position) return undefined;
  return found;
}

function nameOf(movementId: string, at: Pick<EntryName, "warehouse_id" | "lot_id">): string {
  return `${movementId}/${at.warehouse_id}/${at.lot_id ?? ""}`;
}
