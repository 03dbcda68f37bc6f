/**
 * What PostgreSQL promises us, in memory: transactions that see only what is committed and become visible at once, sequences
 * that never go back, row locks that are held to the end, transaction ids and the horizon of those still at work. Simulated on
 * purpose: the subject of these tests is our protocol, not PostgreSQL, which every other test runs for real.
 */
import type { LevelRow } from "../../pipelines/apply/queries/levels.ts";
import type { PendingRow } from "../../pipelines/apply/queries/pending.ts";
import { EPOCH_MS, type SimTime } from "./simTime.ts";

/** A statement may wait for the end of another transaction, or take some milliseconds: it yields that, and goes on afterwards. */
export type Statement<T> = Generator<Tx | number, T, void>;

/** Deliberate bugs that the simulation must find; each is a line of the store that stands for a wrong build. */
export const MUTANTS = [
  "watermark",
  "no_group_order",
  "ack_before_commit",
  "cursor_before_send",
  "group_lines_apart",
  "unsorted_inbox",
  "no_sweep",
  "lapsed_still_bind",
  "forgotten_ids",
  "no_lane_lock",
  "cached_sequence",
] as const;
export type Mutant = (typeof MUTANTS)[number];

/** An error as PostgreSQL sends it. */
export class SimPgError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A transaction. Its writes are kept until it commits. */
export class Tx {
  xid: number | null = null;
  isOver = false;
  waitsFor: Tx | null = null;
  /** Told when it is over, committed or not. */
  readonly waiting: (() => void)[] = [];
  readonly writes: (() => void)[] = [];
  readonly release: (() => void)[] = [];
}

export interface InboxEntry {
  readonly row: PendingRow;
  readonly hash: string;
  /** Null once it is committed. */
  tx: Tx | null;
}

export interface Outcome {
  readonly row: PendingRow;
  readonly hash: string;
  readonly status: "applied" | "rejected";
  readonly code: string | null;
  readonly version: number | null;
  readonly balanceAfter: string | null;
  readonly decidedAtMs: number;
}

export interface Entry {
  readonly movement: PendingRow;
  readonly key: string;
  readonly warehouseId: string;
  readonly counterpartWarehouseId: string | null;
  readonly lotId: string | null;
  readonly changes: Record<Bucket, number>;
  readonly after: Record<Bucket, number>;
  readonly lotBalanceAfter: number | null;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly previousHash: string;
  readonly hash: string;
}

export const BUCKETS = ["on_hand", "reserved", "unavailable", "in_transit"] as const;
export type Bucket = (typeof BUCKETS)[number];

export interface Level {
  balances: Record<Bucket, number>;
  nextExpiryMs: number | null;
  averageCost: string | null;
  version: number;
  lastHash: string;
}

export interface Lane {
  readonly id: number;
  nextPosition: number;
  lowWater: number;
  lastRecordedAtMs: number;
  holder: Tx | null;
}

export interface StoredEvent {
  readonly id: string;
  readonly lane: number;
  readonly position: number;
  readonly type: string;
  readonly movementId: string;
  readonly key: string;
  readonly data: string;
  readonly recordedAt: Date;
}

export interface Lot {
  readonly id: string;
  readonly itemId: string;
  readonly code: string;
  expiresOn: string | null;
}

export interface Reservation {
  readonly id: string;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly lotId: string | null;
  readonly quantity: number;
  open: number;
  issued: number;
  released: number;
  readonly expiresAtMs: number | null;
}

export interface TransitLine {
  readonly movementId: string;
  readonly line: number;
  readonly itemId: string;
  readonly from: string;
  readonly to: string;
  readonly lotId: string | null;
  readonly quantity: number;
  open: number;
  arrived: number;
  lost: number;
  readonly unitCost: string | null;
}

export interface CatalogueItem {
  readonly id: string;
  readonly sku: string;
  readonly lane: number;
  readonly tracking: LevelRow["tracking"];
}

export class SimStore {
  readonly time: SimTime;
  readonly mutant: Mutant | null;
  readonly items: ReadonlyMap<string, CatalogueItem>;
  /** Code and whether it may go below zero, by id. */
  readonly warehouses: ReadonlyMap<string, { code: string; allowNegative: boolean }>;
  readonly inbox = new Map<string, InboxEntry>();
  /** Committed and undecided, in the order of their seq. */
  readonly undone = new Map<number, PendingRow[]>();
  readonly groups = new Map<string, PendingRow[]>();
  readonly outcomes = new Map<string, Outcome>();
  /** In the order of their commits, and in the order of decision within one. */
  readonly decided: Outcome[] = [];
  readonly levels = new Map<string, Level>();
  readonly ledger = new Map<string, Entry[]>();
  readonly ownEntries = new Map<string, Entry[]>();
  readonly lanes = new Map<number, Lane>();
  readonly events = new Map<number, StoredEvent[]>();
  readonly eventById = new Map<string, StoredEvent>();
  readonly lots = new Map<string, Lot>();
  readonly lotBalances = new Map<string, Record<Bucket, number>>();
  readonly reservations = new Map<string, Reservation>();
  readonly transits = new Map<string, TransitLine[]>();
  readonly reversals = new Map<string, string>();
  readonly transferCosts = new Map<string, string>();
  readonly cursors = new Map<number, number>();
  readonly horizon = { safe: 0, candidate: 0, candidateXid: 0 };
  groupOrderHolder: Tx | null = null;
  readonly places = new Map<string, PendingRow>();
  /** Where the processes stand in their own shares of a sequence with a cache; unused unless that is the mutant. */
  readonly cachedSeqs = new WeakMap<object, number>();
  /** What a constraint of the real store would have stopped at the commit; there must be none. */
  readonly broken: string[] = [];
  seq = 0;
  /** Milliseconds that the server's clock is off. */
  clockOffMs = 0;
  readonly #running = new Set<number>();
  #nextXid = 1;
  #lastEndedXid = 0;

  constructor(time: SimTime, options: Pick<SimStore, "mutant" | "items" | "warehouses">) {
    this.time = time;
    this.mutant = options.mutant;
    this.items = options.items;
    this.warehouses = options.warehouses;
    for (const { lane: id } of this.items.values()) {
      this.lanes.set(id, { id, nextPosition: 1, lowWater: 0, lastRecordedAtMs: 0, holder: null });
      this.undone.set(id, []);
      this.events.set(id, []);
      this.cursors.set(id, 0);
    }
  }

  clockMs(): number {
    return EPOCH_MS + Math.floor(this.time.now) + this.clockOffMs;
  }

  /** Gives the transaction an id, if it has none. */
  needXid(tx: Tx): number {
    if (tx.xid === null) {
      tx.xid = this.#nextXid;
      this.#nextXid += 1;
      this.#running.add(tx.xid);
    }
    return tx.xid;
  }

  /** The next of the inbox's sequence; a cache of 32 numbers a process is a mutant. */
  nextSeq(process: object): number {
    const cached = this.cachedSeqs.get(process) ?? 0;
    if (this.mutant === "cached_sequence" && cached % 32 !== 0) {
      this.cachedSeqs.set(process, cached + 1);
      return cached;
    }
    const drawn = this.seq + 1;
    this.seq += this.mutant === "cached_sequence" ? 32 : 1;
    this.cachedSeqs.set(process, drawn + 1);
    return drawn;
  }

  /** Every transaction with an id below is over. */
  snapshotXmin(): number {
    let least = this.#lastEndedXid + 1;
    for (const xid of this.#running) least = Math.min(least, xid);
    return least;
  }

  /** Makes the writes visible, then lets go of the locks, in this order. */
  commit(tx: Tx): void {
    if (tx.isOver) return;
    for (const write of tx.writes) write();
    this.#end(tx);
  }

  rollBack(tx: Tx): void {
    if (!tx.isOver) this.#end(tx);
  }

  #end(tx: Tx): void {
    tx.isOver = true;
    if (tx.xid !== null) {
      this.#running.delete(tx.xid);
      this.#lastEndedXid = Math.max(this.#lastEndedXid, tx.xid);
    }
    for (const let_go of tx.release) let_go();
    for (const goOn of tx.waiting) this.time.after(0, goOn);
  }

  /** Puts a committed movement among those to be decided. */
  addUndone(row: PendingRow): void {
    const rows = this.undone.get(row.lane) ?? [];
    let at = rows.length;
    while (at > 0 && (rows[at - 1]?.seq ?? 0) > row.seq) at -= 1;
    rows.splice(at, 0, row);
    if (row.group_id === null) return;
    const group = this.groups.get(row.group_id) ?? [];
    group.push(row);
    this.groups.set(row.group_id, group);
  }

  undoneCount(): number {
    let count = 0;
    for (const rows of this.undone.values()) count += rows.length;
    return count;
  }

  unsentCount(): number {
    let count = 0;
    for (const [lane, events] of this.events)
      count += events.length - (this.cursors.get(lane) ?? 0);
    return count;
  }
}
