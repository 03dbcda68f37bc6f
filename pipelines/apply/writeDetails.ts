/** Writes what a batch changed beside levels and ledger: lots, their balances, reservations, transits, reversals. */
import assert from "node:assert/strict";
import { formatAverageCost } from "../../domain/averageCost.ts";
import type { LotState, ReservationState, TransitState } from "../../domain/fold/state.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import type { Db } from "../../platform/postgres.ts";
import type { FoldedBatch } from "./foldBatch.ts";
import type { LoadedState } from "./loadState.ts";
import {
  type LotBalanceWrite,
  type LotWrite,
  lateReleasesInsert,
  lotBalancesWrite,
  lotsWrite,
  type ReservationWrite,
  reservationsWrite,
  reversalsInsert,
  type TransitWrite,
  transferCostsInsert,
  transitsWrite,
} from "./queries/detailsWrite.ts";
import { timestampText } from "./timestampText.ts";

/** Writes the differences between the state now and as it was loaded. Most batches have none. */
export async function writeDetails(db: Db, state: LoadedState, batch: FoldedBatch): Promise<void> {
  const lots = [...state.lots.values()].flatMap((ofItem) => [...ofItem.values()]);
  await writeAll(
    "lots",
    lots.flatMap((lot) => lotWrite(state, lot)),
    (rows) => lotsWrite(db, rows),
  );
  await writeAll(
    "lot balances",
    lots.flatMap((lot) => balanceWrites(state, lot)),
    (rows) => lotBalancesWrite(db, rows),
  );
  await writeAll(
    "reservations",
    [...state.reservations.values()].flatMap((one) => reservationWrite(state, one)),
    (rows) => reservationsWrite(db, rows),
  );
  await writeAll(
    "transits",
    [...state.transits.values()].flatMap((transit) => transitWrites(state, transit)),
    (rows) => transitsWrite(db, rows),
  );
  await writeAll("reversals", batch.reversals, (rows) => reversalsInsert(db, rows));
  await writeAll("late releases", batch.lateReleases, (rows) => lateReleasesInsert(db, rows));
  await writeAll("costs of transfers", batch.transferCosts, (rows) =>
    transferCostsInsert(db, rows),
  );
}

async function writeAll<Row>(
  what: string,
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<number>,
): Promise<void> {
  if (rows.length === 0) return;
  const written = await write(rows);
  assert.equal(written, rows.length, `${what} were changed by somebody outside their lane`);
}

function lotWrite(state: LoadedState, lot: LotState): LotWrite[] {
  const { id, itemId, code, expiresOn } = lot;
  return state.knownLots.has(id) && state.knownLots.get(id) === expiresOn
    ? []
    : [{ id, itemId, code, expiresOn }];
}

function balanceWrites(state: LoadedState, lot: LotState): LotBalanceWrite[] {
  return [...lot.balances].flatMap(([warehouseId, now]) => {
    const before = state.before.lotBalances.get(`${lot.id}/${warehouseId}`);
    const onHand = now.onHand - (before?.onHand ?? 0n);
    const reserved = now.reserved - (before?.reserved ?? 0n);
    const unavailable = now.unavailable - (before?.unavailable ?? 0n);
    const inTransit = now.inTransit - (before?.inTransit ?? 0n);
    const isSame = [onHand, reserved, unavailable, inTransit].every((change) => change === 0n);
    if (isSame && before !== undefined) return [];
    return [
      {
        lotId: lot.id,
        warehouseId,
        itemId: lot.itemId,
        isNew: before === undefined,
        onHand: formatQuantity(onHand),
        reserved: formatQuantity(reserved),
        unavailable: formatQuantity(unavailable),
        inTransit: formatQuantity(inTransit),
      },
    ];
  });
}

function reservationWrite(state: LoadedState, one: ReservationState): ReservationWrite[] {
  const before = state.before.reservations.get(one.id);
  if (before === one.open) return [];
  return [
    {
      id: one.id,
      itemId: one.itemId,
      warehouseId: one.warehouseId,
      lotId: one.lot?.id ?? null,
      quantity: formatQuantity(one.quantity),
      openBefore: before === undefined ? null : formatQuantity(before),
      open: formatQuantity(one.open),
      issued: formatQuantity(one.issued),
      released: formatQuantity(one.released),
      expiresAt: one.expiresAtMs === null ? null : timestampText(one.expiresAtMs),
    },
  ];
}

function transitWrites(state: LoadedState, transit: TransitState): TransitWrite[] {
  return transit.lines.flatMap((line, nth) => {
    const before = state.before.transitLines.get(`${transit.id}/${nth}`);
    if (before === line.open) return [];
    return [
      {
        movementId: transit.id,
        line: nth,
        itemId: transit.itemId,
        fromWarehouseId: transit.fromWarehouseId,
        toWarehouseId: transit.toWarehouseId,
        lotId: line.lot?.id ?? null,
        quantity: formatQuantity(line.quantity),
        openBefore: before === undefined ? null : formatQuantity(before),
        open: formatQuantity(line.open),
        arrived: formatQuantity(line.arrived),
        lost: formatQuantity(line.lost),
        unitCost: line.unitCost === null ? null : formatAverageCost(line.unitCost),
      },
    ];
  });
}
