/**
 * Third step for movements and counts: rows go into the inbox in the order of the file, a few thousand at a time and only
 * while few of them wait, so that single movements take turns with them; then each row gets the outcome of its movement.
 * A row's id follows from import and row number, so that no crash can make a movement twice.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { ImportKind } from "../../domain/importWords.ts";
import type { MovementType } from "../../domain/movement.ts";
import { toStockUnits } from "../../domain/stockUnits.ts";
import type { DbClient } from "../../platform/postgres.ts";
import {
  type Acceptance,
  appendToInbox,
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
  UNSAID,
} from "../intake/index.ts";
import { FeedPace } from "./feedPace.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf, type ImportRun, inFence, kindOf, stepDone } from "./importRun.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import {
  importLastRowsDecided,
  importMovementsResolve,
  type ResolvedRow,
  type Settlement,
} from "./queries/movements.ts";
import { importRangeEnd, importRowsJudge, type WordedFault } from "./queries/rows.ts";
import { settleRows } from "./settleRows.ts";
import { wordFault } from "./wordFault.ts";

/** Pauses between two looks at outcomes that are not all there yet: doubled from the first to the second while none comes. */
const PAUSE_MS = 40;
const PAUSE_MS_MAX = 160;
/** Last rows of a chunk that are looked at before it is settled: some of nearly every batch that it is decided in. */
const ROWS_TO_LOOK_AT = 16;

/**
 * Settles and feeds until every row has its end, then ends the import. A person's cancel stops the feeding only. Settling comes first:
 * a worker that dies of the next rows has then noted what became of the rows before them.
 */
export async function applyMovements(run: ImportRun, kind: ImportKind): Promise<void> {
  let pauseMs = PAUSE_MS;
  const pace = new FeedPace();
  for (;;) {
    const settled = await settle(run, kind, pace);
    const fed = await feed(run, kind, pace);
    if (fed.isEnd && settled.isEnd) break;
    if (fed.rows > 0 || settled.rows > 0) pauseMs = PAUSE_MS;
    if (fed.rows > 0 || settled.isWhole) continue;
    await pause(pauseMs, undefined, { signal: run.signal }).catch(() => undefined); // the fence ends the step
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
  }
  await inFence(run, (tx, row) =>
    finishImport(tx, row, { status: row.cancel_requested ? "cancelled" : "completed" }),
  );
  stepDone(run, "finished");
}

interface Fed {
  /** Row numbers that the step went on by. */
  readonly rows: number;
  /** The last row that is fed. */
  readonly to: number;
  /** Nothing more will go in. */
  readonly isEnd: boolean;
  readonly lanes: readonly number[];
  readonly accepted: number;
}

async function feed(run: ImportRun, kind: ImportKind, pace: FeedPace): Promise<Fed> {
  const fed = await inFence(run, (tx, row) => feedChunk(tx, row, pace), { indexProbes: true });
  if (fed.rows > 0) {
    pace.fed(fed.to, performance.now());
    run.deps.metrics.movementsAccepted.inc({ source: "import" }, fed.accepted);
    run.deps.wakeLanes(fed.lanes);
    stepDone(run, `fed ${kind}`);
  }
  return fed;
}

async function feedChunk(tx: DbClient, row: ImportRow, pace: FeedPace): Promise<Fed> {
  const checkpoint = checkpointOf(row);
  const { queued_row: from, settled_row: settledRow } = checkpoint;
  const nothing = { rows: 0, to: from, lanes: [], accepted: 0 };
  if (row.cancel_requested) return { ...nothing, isEnd: true };
  const rowsMax = pace.rowsToFeed(from, settledRow);
  if (rowsMax === 0) return { ...nothing, isEnd: false };
  const to = await importRangeEnd(tx, { importId: row.id, from, rowsMax });
  if (to === undefined) return { ...nothing, isEnd: true };
  const { rows, commands, unconverted } = convertRows(
    await importMovementsResolve(tx, { importId: row.id, from, to }),
    row,
  );
  const acceptances = await appendToInbox(tx, commands);
  const { repeated, reused } = sortOut(rows, acceptances);
  const newlySkipped = await importRowsJudge(tx, {
    importId: row.id,
    state: "skipped",
    faults: repeated,
  });
  const newlyRejected = await importRowsJudge(tx, {
    importId: row.id,
    state: "rejected",
    faults: [...reused, ...unconverted],
  });
  await importProgress(tx, {
    id: row.id,
    newlySkipped,
    newlyRejected,
    checkpoint: { ...checkpoint, queued_row: to },
  });
  const lanes = [...new Set(commands.map((command) => command.lane))];
  const accepted = rows.length - repeated.length - reused.length;
  return { rows: to - from, to, isEnd: false, lanes, accepted };
}

interface Converted {
  /** Rows with a command each, in the order of the file. */
  readonly rows: readonly ResolvedRow[];
  readonly commands: readonly MovementCommand[];
  /** Rows whose pack has changed since they were checked. */
  readonly unconverted: readonly WordedFault[];
}

function convertRows(resolved: readonly ResolvedRow[], from: ImportRow): Converted {
  const rows: ResolvedRow[] = [];
  const commands: MovementCommand[] = [];
  const unconverted: WordedFault[] = [];
  for (const row of resolved) {
    const quantity = stockQuantity(row);
    if (typeof quantity === "string") {
      rows.push(row);
      commands.push(toCommand(row, quantity, from));
    } else unconverted.push(quantity);
  }
  return { rows, commands, unconverted };
}

/** The row's quantity in the item's stock unit. */
function stockQuantity(row: ResolvedRow): string | WordedFault {
  const { fields, factor, stock_unit: stockUnit } = row;
  const { quantity = "0", unit = stockUnit } = fields;
  if (unit === stockUnit) return quantity;
  const converted = factor === null ? { fault: "unknown_unit" } : toStockUnits(quantity, factor);
  if ("quantity" in converted) return converted.quantity;
  return wordFault({
    row_number: row.row_number,
    column_name: factor === null ? "unit" : "quantity",
    code: converted.fault,
    value: factor === null ? unit : quantity,
    known: factor === null ? JSON.stringify(stockUnit) : `${factor} ${stockUnit}`,
  });
}

function toCommand(row: ResolvedRow, quantity: string, from: ImportRow): MovementCommand {
  const { fields } = row;
  const countedVersion = fields["counted_version"];
  const occurredAt = fields["occurred_at"] === undefined ? null : new Date(fields["occurred_at"]);
  const hashed: HashedFields = {
    type: typeOf(fields["type"], kindOf(from)),
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    toWarehouseId: row.to_warehouse_id,
    // the hash is of what the row says: packs stay packs in it
    quantity: row.factor === null ? quantity : `${fields["quantity"]} ${fields["unit"]}`,
    unitCost: fields["unit_cost"] ?? null,
    currency: fields["currency"] ?? null,
    expectedVersion: null,
    reason: fields["reason"] ?? null,
    referenceType: fields["reference_type"] ?? null,
    referenceId: fields["reference_id"] ?? null,
    occurredAt,
    ...UNSAID,
    lotCode: fields["lot"] ?? null,
    lotExpiresOn: fields["expires_on"] ?? null,
    countedVersion: countedVersion === undefined ? null : Number(countedVersion),
  };
  // Spreads come last: V8 takes a hundred times as long for members that are added after one.
  return {
    id: row.id,
    lane: row.lane,
    bodyHash: hashMovementBody(hashed),
    source: "import",
    sourceId: from.id,
    groupId: null,
    actor: from.created_by,
    ...hashed,
    quantity,
    occurredAt: occurredAt ?? from.created_at,
  };
}

/** The type was checked against the closed list when the row was staged. */
function typeOf(text: string | undefined, kind: ImportKind): MovementType {
  return kind === "counts" ? "count" : (text as MovementType);
}

/** Rows whose id was used before: by the same movement (skipped) or by another one (rejected). */
function sortOut(
  rows: readonly ResolvedRow[],
  acceptances: readonly Acceptance[],
): { repeated: WordedFault[]; reused: WordedFault[] } {
  const repeated: WordedFault[] = [];
  const reused: WordedFault[] = [];
  for (const [place, row] of rows.entries()) {
    const result = acceptances[place]?.result ?? "new";
    const fault = { rowNumber: row.row_number, column: "id", value: row.id };
    if (result === "repeat") {
      repeated.push({
        ...fault,
        code: "already_applied",
        detail: `movement ${row.id} was accepted before; the row changes nothing`,
      });
    } else if (result === "reused") {
      reused.push({
        ...fault,
        code: "id_reused",
        detail: `id "${row.id}" was used for another movement; use a new id for a new movement`,
      });
    }
  }
  return { repeated, reused };
}

interface Settled {
  readonly rows: number;
  /** The oldest rows in the inbox have all their outcomes; the next may have theirs as well. */
  readonly isWhole: boolean;
  /** Every row in the inbox has its outcome. */
  readonly isEnd: boolean;
}

async function settle(run: ImportRun, kind: ImportKind, pace: FeedPace): Promise<Settled> {
  const settled = await inFence(run, (tx, row) => settleChunk(tx, row, pace), {
    indexProbes: true,
  });
  if (settled === undefined) return { rows: 0, isWhole: false, isEnd: true };
  const { applied, rejected } = settled;
  const isWhole = settled.waiting === 0;
  if (isWhole) pace.settled(settled.to, performance.now());
  run.deps.metrics.importRows.inc({ kind, state: "applied" }, applied);
  run.deps.metrics.importRows.inc({ kind, state: "rejected" }, rejected);
  if (applied + rejected > 0 || isWhole) stepDone(run, `settled ${kind}`);
  return { rows: applied + rejected, isWhole, isEnd: false };
}

/** Settles the oldest rows that wait, once their last ones are decided or time is up; undefined where none waits. */
async function settleChunk(
  tx: DbClient,
  row: ImportRow,
  pace: FeedPace,
): Promise<(Settlement & { readonly to: number }) | undefined> {
  const { queued_row: queuedRow, settled_row: from } = checkpointOf(row);
  if (from >= queuedRow) return undefined;
  const to = pace.settleTo(queuedRow, from);
  const isDue =
    pace.isLate(from, performance.now()) ||
    (await importLastRowsDecided(tx, { importId: row.id, from, to, rows: ROWS_TO_LOOK_AT }));
  if (!isDue) return { applied: 0, rejected: 0, waiting: to - from, to };
  return { ...(await settleRows(tx, row, to)), to };
}
