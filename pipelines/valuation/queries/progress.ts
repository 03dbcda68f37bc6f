/** SQL of where the valuation of each item stands: claims, states, checkpoints. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";

/** Where an item stands. */
export interface ProgressRow {
  readonly item_id: string;
  readonly dirty: boolean;
  /** Whether what was taken is being folded. */
  readonly folding: boolean;
  readonly folded_occurred_at: string;
  readonly folded_position: number;
  readonly unsaved_entries: number;
  /** As encodeCostStates wrote it. */
  readonly state: unknown;
}

const PROGRESS_COLUMNS = `item_id, dirty, taken_at is not null as folding, folded_occurred_at::text, folded_position,
  unsaved_entries, state`;

/** Locks the next items that have work, by id, for the rest of the transaction; leaves out what somebody else holds. */
export async function openItemsLock(
  db: Db,
  args: { readonly after: string; readonly itemsMax: number },
): Promise<ProgressRow[]> {
  const { rows } = await db.query<ProgressRow>({
    name: "valuation_open_items_lock",
    text: `
      select ${PROGRESS_COLUMNS}
      from valuation_items
      where (dirty or taken_at is not null)
        and item_id > $1::uuid
      order by item_id
      limit $2::bigint
      for update skip locked`,
    values: [args.after, args.itemsMax],
  });
  return rows;
}

/** The key of a ledger entry in the order of business time. */
export interface EntryKey {
  readonly itemId: string;
  readonly occurredAt: string;
  readonly position: number;
}

/**
 * Goes back to the last checkpoint before the given entries, or to the beginning, and drops the checkpoints after them;
 * answers where the items stand then.
 */
export async function itemsRewind(db: Db, keys: readonly EntryKey[]): Promise<ProgressRow[]> {
  const { rows } = await db.query<ProgressRow>({
    name: "valuation_items_rewind",
    text: `
      with late as materialized (
        select *
        from unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) as k (item_id, occurred_at, position)
      ),
      back as materialized (
        select k.item_id as late_item_id, c.*
        from late k
        left join lateral (
          select p.occurred_at, p.position, p.state as saved
          from valuation_checkpoints p
          where p.item_id = k.item_id
            and (p.occurred_at, p.position) < (k.occurred_at, k.position)
          order by p.occurred_at desc, p.position desc
          limit 1
        ) c on true
      ),
      dropped as (
        delete from valuation_checkpoints p
        using late k
        where p.item_id = k.item_id
          and (p.occurred_at, p.position) > (k.occurred_at, k.position)
      )
      update valuation_items i
      set folded_occurred_at = coalesce(b.occurred_at, '-infinity'),
        folded_position = coalesce(b.position, 0),
        unsaved_entries = 0,
        state = coalesce(b.saved, '{}')
      from back b
      where i.item_id = b.late_item_id
      returning ${PROGRESS_COLUMNS}`,
    values: keyColumns(keys),
  });
  return rows;
}

/** Notes that everything recorded until now is taken, so that folding may begin. */
export async function itemsTaken(db: Db, itemIds: readonly string[]): Promise<void> {
  await db.query({
    name: "valuation_items_taken",
    text: `
      update valuation_items
      set dirty = false,
        taken_at = now()
      where item_id = any($1::uuid[])`,
    values: [itemIds],
  });
}

/** An item's state after a chunk. */
export interface SavedItem extends EntryKey {
  readonly unsavedEntries: number;
  /** As encodeCostStates writes it. */
  readonly state: string;
}

/** Saves the states after a chunk. */
export async function itemsSave(db: Db, items: readonly SavedItem[]): Promise<void> {
  await db.query({
    name: "valuation_items_save",
    text: `
      update valuation_items i
      set folded_occurred_at = g.occurred_at,
        folded_position = g.position,
        unsaved_entries = g.unsaved_entries,
        state = g.state
      from unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::jsonb[])
        as g (item_id, occurred_at, position, unsaved_entries, state)
      where i.item_id = g.item_id`,
    values: [
      ...keyColumns(items),
      plainArray(items.map((item) => item.unsavedEntries)),
      items.map((item) => item.state),
    ],
  });
}

/** A state to go back to. */
export interface Checkpoint extends EntryKey {
  readonly state: string;
}

/** Keeps checkpoints. */
export async function checkpointsInsert(db: Db, checkpoints: readonly Checkpoint[]): Promise<void> {
  await db.query({
    name: "valuation_checkpoints_insert",
    text: `
      insert into valuation_checkpoints (item_id, occurred_at, position, state)
      select item_id, occurred_at, position, state
      from unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::jsonb[])
        as g (item_id, occurred_at, position, state)
      on conflict (item_id, occurred_at, position) do nothing`,
    values: [...keyColumns(checkpoints), checkpoints.map((checkpoint) => checkpoint.state)],
  });
}

function keyColumns(keys: readonly EntryKey[]): unknown[] {
  return [
    plainArray(keys.map((key) => key.itemId)),
    keys.map((key) => key.occurredAt),
    plainArray(keys.map((key) => key.position)),
  ];
}
