/** Writes one entry: the only place where a fold changes balances. All checks come before it; after it nothing can fail. */
import type { Movement } from "../movement.ts";
import type { ScaledQuantity } from "../quantity.ts";
import {
  add,
  type FoldState,
  type LedgerEntry,
  type LevelState,
  type LotBalance,
  type LotState,
  remember,
} from "./state.ts";

/** What an entry changes; what is left out stays. Quantities are signed. */
export interface Change {
  readonly onHand?: ScaledQuantity;
  readonly reserved?: ScaledQuantity;
  readonly unavailable?: ScaledQuantity;
  readonly inTransit?: ScaledQuantity;
  /** Part of `reserved` that had lapsed, or lapses at once. */
  readonly lapsed?: ScaledQuantity;
  readonly lot?: LotState | null;
  /** Whether `reserved` binds the lot as well: only where the reservation names it. */
  readonly lotReserved?: boolean;
  readonly averageCost?: bigint | null;
  readonly counterpart?: LevelState | null;
}

/** Changes the level (and the lot's balance there) and answers the ledger entry. */
export function enter(
  state: FoldState,
  { movement, level }: { movement: Movement; level: LevelState },
  to: Change,
): LedgerEntry {
  const { onHand = 0n, reserved = 0n, unavailable = 0n, inTransit = 0n, lapsed = 0n } = to;
  const lot = to.lot ?? null;
  remember(state, level);
  level.onHand += onHand;
  level.reserved += reserved;
  level.unavailable += unavailable;
  level.inTransit += inTransit;
  level.lapsed += lapsed;
  if (to.averageCost !== undefined) level.averageCost = to.averageCost;
  level.version += 1;
  if (level.changes !== null) {
    const { changes } = level;
    changes.push({ version: level.version, lot, quantity: onHand });
    state.journal?.note(() => changes.pop());
  }
  return {
    movement,
    level,
    counterpart: to.counterpart ?? null,
    lot,
    lotBalanceAfter: lot === null ? null : enterLot(state, lot, { ...to, level }),
    quantity: onHand,
    balanceAfter: level.onHand,
    reservedChange: reserved,
    reservedAfter: level.reserved,
    unavailableChange: unavailable,
    unavailableAfter: level.unavailable,
    inTransitChange: inTransit,
    inTransitAfter: level.inTransit,
    version: level.version,
  };
}

/** The same change of the lot's balance; answers what it has on hand afterwards. */
function enterLot(
  state: FoldState,
  lot: LotState,
  to: Change & { readonly level: LevelState },
): ScaledQuantity {
  const { onHand = 0n, reserved = 0n, unavailable = 0n, inTransit = 0n, lapsed = 0n } = to;
  const balance = balanceIn(state, lot, to.level.warehouseId);
  remember(state, balance);
  balance.onHand += onHand;
  if (to.lotReserved === true) {
    balance.reserved += reserved;
    balance.lapsed += lapsed;
  }
  balance.unavailable += unavailable;
  balance.inTransit += inTransit;
  return balance.onHand;
}

/** The lot's balance at a warehouse; a first one is zero. */
function balanceIn(state: FoldState, lot: LotState, warehouseId: string): LotBalance {
  const known = lot.balances.get(warehouseId);
  if (known !== undefined) return known;
  const balance = { onHand: 0n, reserved: 0n, unavailable: 0n, inTransit: 0n, lapsed: 0n };
  add(state, lot.balances, [warehouseId, balance]);
  return balance;
}
