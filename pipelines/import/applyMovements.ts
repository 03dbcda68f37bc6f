/**
 * Third step for movements and counts: rows go into the inbox in the order of the file, a few thousand at a time and only
 * while few of them wait, so that single movements take turns with them; then each row gets the outcome of its movement.
 * A row's id follows from import and row number, so that no crash can make a movement twice.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { MovementType } from "../../domain/movement.ts";
import type { DbClient } from "../../platform/postgres.ts";
import {
  type Acceptance,
  appendToInbox,
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
} from "../intake/index.ts";
import { finishImport } from "./finishImport.ts";
import type { ImportKind } from "./importKinds.ts";
import { checkpointOf, type ImportRun, inFence, kindOf, stepDone } from "./importRun.ts";
import { type ImportRow, importProgress } from "./queries/imports.ts";
import {
  importMovementsResolve,
  importRowsSettle,
  type ResolvedRow,
  type Settlement,
} from "./queries/movements.ts";
import { importRangeEnd, importRowsJudge, type WordedFault } from "./queries/rows.ts";

/** Rows that go into the inbox together. */
const CHUNK_ROWS = 5_000;
/** Row numbers in the inbox past which no further chunk goes in. */
const WAITING_ROWS_MAX = 10_000;
/** Pauses between two looks at outcomes that are not there yet: doubled from the first to the second. */
const PAUSE_MS = 40;
const PAUSE_MS_MAX = 250;

/** Feeds and settles until every row has its end, then ends the import. A person's cancel stops the feeding only. */
export async function applyMovements(run: ImportRun, kind: ImportKind): Promise<void> {
  let pauseMs = PAUSE_MS;
  for (;;) {
    const fed = await feed(run, kind);
    const settled = await settle(run, kind);
    if (fed.isEnd && settled.isEnd) break;
    if (fed.rows > 0 || settled.rows > 0) {
      pauseMs = PAUSE_MS;
      continue;
    }
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
  /** Nothing more will go in. */
  readonly isEnd: boolean;
  readonly lanes: readonly number[];
  readonly accepted: number;
}

async function feed(run: ImportRun, kind: ImportKind): Promise<Fed> {
  const fed = await inFence(run, feedChunk);
  if (fed.rows > 0) {
    run.deps.metrics.movementsAccepted.inc({ source: "import" }, fed.accepted);
    run.deps.wakeLanes(fed.lanes);
    stepDone(run, `fed ${kind}`);
  }
  return fed;
}

async function feedChunk(tx: DbClient, row: ImportRow): Promise<Fed> {
  const checkpoint = checkpointOf(row);
  const { queued_row: from, settled_row: settledRow } = checkpoint;
  if (row.cancel_requested) return { rows: 0, isEnd: true, lanes: [], accepted: 0 };
  if (from - settledRow >= WAITING_ROWS_MAX)
    return { rows: 0, isEnd: false, lanes: [], accepted: 0 };
  const to = await importRangeEnd(tx, { importId: row.id, from, rowsMax: CHUNK_ROWS });
  if (to === undefined) return { rows: 0, isEnd: true, lanes: [], accepted: 0 };
  const rows = await importMovementsResolve(tx, { importId: row.id, from, to });
  const commands = rows.map((one) => toCommand(one, row));
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
    faults: reused,
  });
  await importProgress(tx, {
    id: row.id,
    newlySkipped,
    newlyRejected,
    checkpoint: { ...checkpoint, queued_row: to },
  });
  const lanes = [...new Set(commands.map((command) => command.lane))];
  const accepted = rows.length - repeated.length - reused.length;
  return { rows: to - from, isEnd: false, lanes, accepted };
}

function toCommand(row: ResolvedRow, from: ImportRow): MovementCommand {
  const { fields } = row;
  const occurredAt = fields["occurred_at"] === undefined ? null : new Date(fields["occurred_at"]);
  const hashed: HashedFields = {
    type: typeOf(fields["type"], kindOf(from)),
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    toWarehouseId: row.to_warehouse_id,
    quantity: fields["quantity"] ?? "0",
    unitCost: fields["unit_cost"] ?? null,
    currency: fields["currency"] ?? null,
    expectedVersion: null,
    reason: fields["reason"] ?? null,
    referenceType: fields["reference_type"] ?? null,
    referenceId: fields["reference_id"] ?? null,
    occurredAt,
  };
  return {
    ...hashed,
    id: row.id,
    lane: row.lane,
    bodyHash: hashMovementBody(hashed),
    source: "import",
    sourceId: from.id,
    actor: from.created_by,
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
  /** Every row in the inbox has its outcome. */
  readonly isEnd: boolean;
}

async function settle(run: ImportRun, kind: ImportKind): Promise<Settled> {
  const settled = await inFence(run, settleChunk);
  if (settled === undefined) return { rows: 0, isEnd: true };
  const { applied, rejected } = settled;
  run.deps.metrics.importRows.inc({ kind, state: "applied" }, applied);
  run.deps.metrics.importRows.inc({ kind, state: "rejected" }, rejected);
  const rows = applied + rejected + (settled.waiting === 0 ? 1 : 0);
  if (rows > 0) stepDone(run, `settled ${kind}`);
  return { rows, isEnd: false };
}

/** Settles the oldest rows that wait; undefined where none does. */
async function settleChunk(tx: DbClient, row: ImportRow): Promise<Settlement | undefined> {
  const checkpoint = checkpointOf(row);
  const { queued_row: queuedRow, settled_row: from } = checkpoint;
  if (from >= queuedRow) return undefined;
  const to = Math.min(from + CHUNK_ROWS, queuedRow);
  const settled = await importRowsSettle(tx, { importId: row.id, from, to });
  if (settled.applied + settled.rejected > 0 || settled.waiting === 0) {
    await importProgress(tx, {
      id: row.id,
      newlyApplied: settled.applied,
      newlyRejected: settled.rejected,
      checkpoint: { ...checkpoint, settled_row: settled.waiting === 0 ? to : from },
    });
  }
  return settled;
}
