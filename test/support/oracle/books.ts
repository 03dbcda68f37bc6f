/**
 * What the oracle knows of the stock: balances, lots, reservations, transfers under way, as plain objects that structuredClone
 * can copy. Whole numbers of 1/10,000. Nothing here is the product's.
 */

export interface OracleMovement {
  readonly id: string;
  readonly type: string;
  readonly item: string;
  readonly warehouse: string;
  /** The other end of a transfer, or where an arrival comes from. */
  readonly to: string | null;
  /** In 1/10,000. */
  readonly quantity: number;
  readonly lot: string | null;
  /** YYYY-MM-DD. */
  readonly lotExpires: string | null;
  readonly target: string | null;
  readonly expiresAt: number | null;
  readonly countedVersion: number | null;
  readonly expectedVersion: number | null;
  readonly inTransit: boolean;
  readonly occurredAt: number;
  /** When the ledger says that it was decided. */
  readonly decidedAt: number;
}

/** Undefined: applied; else the code of the rejection. */
export type Verdict = string | undefined;

export interface Balance {
  onHand: number;
  reserved: number;
  unavailable: number;
  inTransit: number;
}

interface LevelEntry {
  readonly version: number;
  readonly lot: string | null;
  readonly change: number;
}

export interface OracleLevel extends Balance {
  version: number;
  readonly entries: LevelEntry[];
}

export interface OracleLot {
  expires: string | null;
  readonly at: Record<string, Balance>;
}

interface OracleReservation {
  readonly warehouse: string;
  readonly lot: string | null;
  readonly quantity: number;
  open: number;
  issued: number;
  readonly expiresAt: number | null;
}

interface OracleTransit {
  readonly to: string;
  readonly lines: { readonly lot: string | null; readonly quantity: number; open: number }[];
}

/** An applied movement that may be taken back. */
export interface OracleOriginal {
  readonly movement: OracleMovement;
  readonly entries: {
    readonly lot: string | null;
    readonly onHand: number;
    readonly unavailable: number;
  }[];
  reversed: boolean;
}

/** All that is known of one item; lots, reservations and the rest never go from one item to another. */
export interface OracleItem {
  readonly tracking: "none" | "lot" | "serial";
  readonly levels: Record<string, OracleLevel>;
  readonly lots: Record<string, OracleLot>;
  readonly reservations: Record<string, OracleReservation>;
  readonly transits: Record<string, OracleTransit>;
  readonly originals: Record<string, OracleOriginal>;
  /** Ids of applied movements that are never taken back. */
  readonly finals: Record<string, true>;
}

/** One decision under way. */
export interface Case {
  readonly m: OracleMovement;
  readonly item: OracleItem;
  readonly level: OracleLevel;
  readonly mayGoNegative: (warehouse: string) => boolean;
}

export interface Oracle {
  readonly items: Map<string, OracleItem>;
  readonly mayGoNegative: (warehouse: string) => boolean;
  readonly trackingOf: (item: string) => OracleItem["tracking"];
  /** YYYY-MM. */
  readonly closedMonths: ReadonlySet<string>;
}

/** All that is known of the item; one that was never touched has nothing. */
export function itemOf(oracle: Oracle, id: string): OracleItem {
  const known = oracle.items.get(id);
  if (known !== undefined) return known;
  const tracking = oracle.trackingOf(id);
  const nothing = {
    levels: {},
    lots: {},
    reservations: {},
    transits: {},
    originals: {},
    finals: {},
  };
  const item: OracleItem = { tracking, ...nothing };
  oracle.items.set(id, item);
  return item;
}

/** The level; one that was never touched is empty. */
export function levelIn(item: OracleItem, warehouse: string): OracleLevel {
  item.levels[warehouse] ??= { ...emptyBalance(), version: 0, entries: [] };
  return item.levels[warehouse];
}

/** What a warehouse has of a lot. */
export function lotAt(item: OracleItem, lot: string, warehouse: string): Balance {
  const found = item.lots[lot];
  if (found === undefined) return emptyBalance();
  found.at[warehouse] ??= emptyBalance();
  return found.at[warehouse];
}

function emptyBalance(): Balance {
  return { onHand: 0, reserved: 0, unavailable: 0, inTransit: 0 };
}

/** Sum of the reservations that still bind stock: open and not past their time. Of one lot where it is given. */
function boundBy(
  item: OracleItem,
  place: { warehouse: string; lot?: string; now: number },
): number {
  let bound = 0;
  for (const held of Object.values(item.reservations)) {
    const binds = held.expiresAt === null || held.expiresAt > place.now;
    const isHere = held.warehouse === place.warehouse;
    if (binds && isHere && (place.lot === undefined || held.lot === place.lot)) bound += held.open;
  }
  return bound;
}

/** What may be taken or promised of a level. */
export function availableAt(item: OracleItem, warehouse: string, now: number): number {
  const { onHand, unavailable } = levelIn(item, warehouse);
  return onHand - unavailable - boundBy(item, { warehouse, now });
}

/** What may be taken or promised of a lot at a warehouse. */
export function lotAvailableAt(
  item: OracleItem,
  lot: string,
  at: { warehouse: string; now: number },
): number {
  const { onHand, unavailable } = lotAt(item, lot, at.warehouse);
  return onHand - unavailable - boundBy(item, { ...at, lot });
}

/** One ledger entry at a level: what it changes, of which lot. `lotReserved`: whether the lot's own reserved part changes too. */
export function enter(
  item: OracleItem,
  warehouse: string,
  change: Partial<Balance> & { readonly lot?: string | null; readonly lotReserved?: boolean },
): void {
  const { lot = null, lotReserved = false, ...by } = change;
  const level = levelIn(item, warehouse);
  level.version += 1;
  level.entries.push({ version: level.version, lot, change: by.onHand ?? 0 });
  addTo(level, by);
  if (lot === null) return;
  item.lots[lot] ??= { expires: null, at: {} };
  addTo(lotAt(item, lot, warehouse), { ...by, reserved: lotReserved ? (by.reserved ?? 0) : 0 });
}

function addTo(balance: Balance, by: Partial<Balance>): void {
  balance.onHand += by.onHand ?? 0;
  balance.reserved += by.reserved ?? 0;
  balance.unavailable += by.unavailable ?? 0;
  balance.inTransit += by.inTransit ?? 0;
}

/** Remembers an applied movement for the day that somebody takes it back. */
export function keepOriginal({ m, item }: Case, entries: OracleOriginal["entries"]): void {
  item.originals[m.id] = { movement: m, entries, reversed: false };
}

/** Whether a serial number is on hand or on its way anywhere. */
export function isSomewhere(item: OracleItem, lot: string): boolean {
  return Object.values(item.lots[lot]?.at ?? {}).some((at) => at.onHand + at.inTransit !== 0);
}
