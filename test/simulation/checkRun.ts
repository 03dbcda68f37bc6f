/** What must hold of a simulated run (reliability.md: I1 to I4, I6 to I8, P7); answers what does not. */
import type { OracleMovement } from "../support/oracle/books.ts";
import { itemOf, type Oracle } from "../support/oracle/books.ts";
import { decideTogether } from "../support/oracle/decide.ts";
import { BUCKETS, type Entry, type Outcome, type SimStore } from "./simStore.ts";
import type { SimRun } from "./simulate.ts";

/** Sentences that say what is wrong; none where all is well. */
export function faultsOf(run: SimRun): string[] {
  const { store } = run;
  return [
    ...new Set(run.seen),
    ...store.broken,
    ...(run.settled ? [] : [unsettled(run)]),
    ...decidedOnce(run),
    ...ledgerAndLevels(store),
    ...eventsOfAll(store),
    ...orderOfAcceptance(run),
    ...(run.settled ? orderAtSink(run) : []),
    ...oracleDiffers(store),
  ].slice(0, 8);
}

function unsettled({ store }: SimRun): string {
  return `I8: 30 s after all was well ${store.undoneCount()} movements were undone and ${store.unsentCount()} events unsent`;
}

/** I2: what was acknowledged has one outcome, and nothing has two. */
function decidedOnce({ store, sent, settled }: SimRun): string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const { row } of store.decided) {
    if (ids.has(row.id)) faults.push(`I2: ${row.id} was decided twice`);
    ids.add(row.id);
  }
  for (const [id, { ackedAt }] of sent) {
    if (ackedAt === Number.POSITIVE_INFINITY) continue;
    const entry = store.inbox.get(id);
    if (entry === undefined || entry.tx !== null)
      faults.push(`I2: ${id} was acknowledged and is lost`);
    else if (settled && !ids.has(id)) faults.push(`I2: ${id} was acknowledged and is undecided`);
  }
  return faults;
}

/** I1, I7: every level is the sum of its entries, its balances run and its hashes link; so are lots. */
function ledgerAndLevels(store: SimStore): string[] {
  const lots = new Map<string, number>();
  for (const entry of [...store.ledger.values()].flat()) {
    const key = `${entry.lotId}/${entry.warehouseId}`;
    lots.set(key, (lots.get(key) ?? 0) + entry.changes.on_hand);
  }
  const faults = [...store.ledger].flatMap(([key, entries]) => levelFaults(store, key, entries));
  for (const [key, balance] of store.lotBalances) {
    if (balance.on_hand !== (lots.get(key) ?? 0)) faults.push(`I1: lot ${key} is not its sum`);
  }
  return faults;
}

function levelFaults(store: SimStore, key: string, entries: readonly Entry[]): string[] {
  const faults: string[] = [];
  const sum = { on_hand: 0, reserved: 0, unavailable: 0, in_transit: 0 };
  let last = { version: 0, hash: "", position: 0 };
  for (const entry of entries) {
    for (const bucket of BUCKETS) sum[bucket] += entry.changes[bucket];
    const isNext = entry.version === last.version + 1 && entry.position > last.position;
    if (!sameBalances(sum, entry.after) || !isNext || entry.previousHash !== last.hash) {
      faults.push(`I1: entry ${entry.version} of ${key} does not follow from the one before it`);
    }
    last = entry;
  }
  const level = store.levels.get(key);
  const isSame = level !== undefined && sameBalances(level.balances, sum);
  if (!isSame || level.version !== last.version || level.lastHash !== last.hash) {
    faults.push(`I1: level ${key} is not the sum of its entries`);
  }
  return faults;
}

type Balances = Readonly<Record<(typeof BUCKETS)[number], number>>;

function sameBalances(one: Balances, other: Balances): boolean {
  return BUCKETS.every((bucket) => one[bucket] === other[bucket]);
}

/** I4: an event for every entry at its place, and one for every rejection; nothing else. */
function eventsOfAll(store: SimStore): string[] {
  let events = 0;
  let entries = 0;
  const faults: string[] = [];
  for (const log of store.events.values()) events += log.length;
  for (const list of store.ledger.values()) {
    entries += list.length;
    for (const entry of list) {
      const event = store.events.get(entry.lane)?.[entry.position - 1];
      if (event?.movementId !== entry.movement.id)
        faults.push(`I4: no event of ${entry.movement.id}`);
    }
  }
  const rejections = store.decided.filter((one) => one.status === "rejected").length;
  if (events !== entries + rejections) {
    faults.push(`I4: ${events} events for ${entries} entries and ${rejections} rejections`);
  }
  return faults;
}

/** P7: what was acknowledged before another movement of the item was sent stands before it. */
function orderOfAcceptance({ store, sent }: SimRun): string[] {
  const leastAckedAfter = new Map<string, number>();
  for (const { row } of [...store.decided].reverse()) {
    const { sentAt, ackedAt } = sent.get(row.id) ?? { sentAt: 0, ackedAt: 0 };
    const least = leastAckedAfter.get(row.item_id) ?? Number.POSITIVE_INFINITY;
    if (least < sentAt)
      return [`P7: ${row.id} overtook one that was acknowledged before it was sent`];
    leastAckedAfter.set(row.item_id, Math.min(least, ackedAt));
  }
  return [];
}

/** I4: per key, repeats dropped, the sink received every event in order. */
function orderAtSink({ store, broker }: SimRun): string[] {
  const kept = new Map<string, number[]>();
  for (const id of broker.received) {
    const event = store.eventById.get(id);
    if (event === undefined) continue;
    const key = `${event.lane}/${event.key}`;
    const list = kept.get(key) ?? [];
    if (event.position > (list.at(-1) ?? 0)) list.push(event.position);
    kept.set(key, list);
  }
  const logged = new Map<string, number[]>();
  for (const event of [...store.events.values()].flat()) {
    const key = `${event.lane}/${event.key}`;
    const list = logged.get(key) ?? [];
    list.push(event.position);
    logged.set(key, list);
  }
  return [...logged].flatMap(([key, list]) =>
    list.join() === (kept.get(key) ?? []).join() ? [] : [`I4: the sink lacks events of ${key}`],
  );
}

/** I3, I6: the one-at-a-time oracle, fed in the order of decision, comes to the same. */
function oracleDiffers(store: SimStore): string[] {
  const oracle: Oracle = {
    items: new Map(),
    mayGoNegative: (warehouse) => store.warehouses.get(warehouse)?.allowNegative === true,
    trackingOf: (item) => store.items.get(item)?.tracking ?? "none",
    closedMonths: new Set(),
  };
  for (const unit of unitsOf(store.decided)) {
    const results = decideTogether(oracle, unit.map(toOracle));
    for (const [place, outcome] of unit.entries()) {
      const result = results[place];
      const expected = result?.code ?? `applied ${result?.version} ${result?.onHand}`;
      const balance = Math.round(Number(outcome.balanceAfter) * 10_000);
      const found = outcome.code ?? `applied ${outcome.version} ${balance}`;
      if (found !== expected) {
        return [`I6: ${outcome.row.type} ${outcome.row.id}: ledger ${found}, oracle ${expected}`];
      }
    }
  }
  return balancesDiffer(store, oracle);
}

function balancesDiffer(store: SimStore, oracle: Oracle): string[] {
  const levels = [...store.levels].flatMap(([key, { balances }]) => {
    const [item = "", warehouse = ""] = key.split("/");
    const found = itemOf(oracle, item).levels[warehouse];
    const expected = {
      on_hand: found?.onHand ?? 0,
      reserved: found?.reserved ?? 0,
      unavailable: found?.unavailable ?? 0,
      in_transit: found?.inTransit ?? 0,
    };
    return sameBalances(balances, expected) ? [] : [`I6: level ${key} differs from the oracle's`];
  });
  const reservations = [...store.reservations.values()].flatMap((one) =>
    itemOf(oracle, one.itemId).reservations[one.id]?.open === one.open
      ? []
      : [`I6: reservation ${one.id} differs from the oracle's`],
  );
  const transits = [...store.transits.values()].flat().flatMap((line) => {
    const lines = itemOf(oracle, line.itemId).transits[line.movementId]?.lines;
    const isSame = lines?.[line.line]?.open === line.open;
    return isSame ? [] : [`I6: transit ${line.movementId} differs from the oracle's`];
  });
  return [...levels, ...reservations, ...transits];
}

/** Single movements, and the lines of a group together: they stand side by side. */
function unitsOf(decided: readonly Outcome[]): Outcome[][] {
  const units: Outcome[][] = [];
  for (const outcome of decided) {
    const group = outcome.row.group_id;
    const last = units.at(-1);
    if (group !== null && last?.[0]?.row.group_id === group) last.push(outcome);
    else units.push([outcome]);
  }
  return units;
}

function toOracle({ row, decidedAtMs }: Outcome): OracleMovement {
  return {
    id: row.id,
    type: row.type,
    item: row.item_id,
    warehouse: row.warehouse_id,
    to: row.to_warehouse_id,
    quantity: Math.round(Number(row.quantity) * 10_000),
    lot: row.lot_code,
    lotExpires: row.lot_expires_on,
    target: row.target_id,
    expiresAt: row.expires_at_ms,
    countedVersion: row.counted_version,
    expectedVersion: row.expected_version,
    inTransit: row.in_transit,
    occurredAt: row.occurred_at_ms,
    decidedAt: decidedAtMs,
  };
}
