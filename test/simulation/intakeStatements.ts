/** The inbox's statements on the simulated store; stands in for pipelines/intake/queries.ts. */

import { pendingOf } from "../../pipelines/apply/pendingOf.ts";
import type { MovementCommand } from "../../pipelines/intake/movementCommand.ts";
import type { Db } from "../../platform/postgres.ts";
import { type SimDb, simDb } from "./simDb.ts";
import type { InboxEntry, SimStore, Tx } from "./simStore.ts";

/** Draws a seq for each new id; waits for a transaction that is about to make the same id known. */
export function movementInboxInsert(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Set<string>> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.statement("movement_inbox_insert", function* (tx) {
    const inserted = new Set<string>();
    for (const command of commands) {
      let known = store.inbox.get(command.id);
      while (known !== undefined && known.tx !== null && known.tx !== tx) {
        yield known.tx;
        known = store.inbox.get(command.id);
      }
      if (known !== undefined && !isForgotten(store, command.id)) continue;
      if (inserted.size > 0) yield* otherInserts(sim);
      insert(sim, tx, command);
      inserted.add(command.id);
    }
    return inserted;
  });
}

/** Rows of one insert draw their places one after the other; those of another may come between. */
function* otherInserts({ random }: SimDb): Generator<number, void, void> {
  if (random.next() < 0.3) yield random.next() * 6;
}

/** A build that keeps ids for a time only takes an old one for a new one. */
function isForgotten(store: SimStore, id: string): boolean {
  return store.mutant === "forgotten_ids" && store.outcomes.has(id);
}

function insert({ store, random }: SimDb, tx: Tx, command: MovementCommand): void {
  store.needXid(tx); // before the seq, as the table's defaults stand
  const seq = store.nextSeq(random);
  const row = pendingOf(command, { place: `(${seq})`, seq });
  const entry: InboxEntry = { row, hash: command.bodyHash.toString("hex"), tx };
  store.inbox.set(command.id, entry);
  store.places.set(row.place, row);
  tx.writes.push(() => {
    entry.tx = null;
    store.addUndone(row);
  });
  tx.release.push(() => {
    if (entry.tx !== null) store.inbox.delete(command.id);
  });
}

/** What is known of the ids. */
export function movementsKnown(db: Db, ids: readonly string[]) {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("movements_known", () => {
    return ids.flatMap((id) => {
      const entry = store.inbox.get(id);
      if (entry === undefined || entry.tx !== null) return [];
      const status = store.outcomes.get(id)?.status ?? "accepted";
      const body_hash = Buffer.from(entry.hash, "hex");
      const { group_id } = entry.row;
      return [{ id, body_hash, status, source_id: null, group_id, is_group_kept: true }];
    });
  });
}

/** The lock under which groups draw their places. */
export function groupOrderLock(db: Db): Promise<void> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.statement("group_order_lock", function* (tx) {
    if (store.mutant === "no_group_order") return;
    while (store.groupOrderHolder !== null) yield store.groupOrderHolder;
    store.groupOrderHolder = tx;
    tx.release.push(() => {
      store.groupOrderHolder = null;
    });
  });
}
