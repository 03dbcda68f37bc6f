/**
 * Second step: faults that only the database can tell, for thousands of rows a statement: what a row names must exist and be
 * live, a key stands once in the file, policies must be whole. Then decides what happens: apply, stop, or foresee (dry run).
 */

import type { ImportKind } from "../../domain/importWords.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { checkOrders } from "./checkOrders.ts";
import { decideImport, SHORT_ROWS_MAX } from "./decideImport.ts";
import { refuseTooManyErrors } from "./errorLimit.ts";
import { foreseeRows, inLongTransaction } from "./foreseeRows.ts";
import { isMovementKind, kindRule } from "./importKinds.ts";
import {
  checkpointOf,
  ImportLostError,
  type ImportRun,
  inFence,
  kindOf,
  stepDone,
} from "./importRun.ts";
import {
  importArchivedFaults,
  importArchivingFaults,
  importLookAlikeFaults,
} from "./queries/entities.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow, importRead } from "./queries/imports.ts";
import { importTermFaults } from "./queries/itemTerms.ts";
import { importShortRows, type ShortRow } from "./queries/preview.ts";
import {
  type FoundFault,
  importDuplicateFaults,
  importPolicyFaults,
  importRangeEnd,
  importReferenceFaults,
  importRowsJudge,
  importRowsUnjudge,
  type RowRange,
} from "./queries/rows.ts";
import { createSuggest, type Suggest } from "./suggestNames.ts";
import { wordFault } from "./wordFault.ts";

/** Rows that one checking transaction looks at. */
const RANGE_ROWS = 20_000;
/** Faults that one statement writes. */
const FAULTS_MAX = 20_000;

/** Checks what is not checked yet, then moves the import on, or ends it. */
export async function checkRows(run: ImportRun): Promise<void> {
  const suggest = createSuggest((await openRow(run)).warehouses);
  while (await inFence(run, (tx, row) => checkNextRange(tx, row, suggest))) {
    await stopAtErrors(run);
    stepDone(run, "checked");
  }
  await checkWholeFile(run);
  await stopAtErrors(run);
  await foreseeRows(run, await openRow(run));
  const short = await shortRows(run);
  await inFence(run, (tx, row) => decideImport(tx, row, short));
  stepDone(run, "decided");
}

/** The import's row as it stands, without holding it. */
async function openRow(run: ImportRun): Promise<ImportRow> {
  const row = await importRead(run.deps.db, { id: run.id });
  if (row === undefined) throw new ImportLostError(run.id);
  return row;
}

async function stopAtErrors(run: ImportRun): Promise<void> {
  const row = await openRow(run);
  refuseTooManyErrors(row, row.rows_invalid);
}

async function checkNextRange(tx: DbClient, row: ImportRow, suggest: Suggest): Promise<boolean> {
  const checkpoint = checkpointOf(row);
  const from = checkpoint.checked_row;
  const to = await importRangeEnd(tx, { importId: row.id, from, rowsMax: RANGE_ROWS });
  if (to === undefined) return false;
  const range = { importId: row.id, from, to };
  const anew = checkpoint.committed ? await importRowsUnjudge(tx, range) : 0;
  const found =
    (await judge(tx, row.id, await suggest(tx, await referenceFaults(tx, row, range)))) +
    (await judge(tx, row.id, await entityFaults(tx, kindOf(row), range)));
  const rowsInvalid = row.rows_invalid - anew + found;
  await importProgress(tx, {
    id: row.id,
    rowsValid: row.rows_read - rowsInvalid,
    rowsInvalid,
    checkpoint: { ...checkpoint, checked_row: to },
  });
  return true;
}

function referenceFaults(tx: DbClient, row: ImportRow, range: RowRange): Promise<FoundFault[]> {
  const kind = kindOf(row);
  const { references } = kindRule(kind);
  const isMovement = isMovementKind(kind);
  const ownCode = kind === "warehouses" && row.warehouses !== null ? ["code"] : [];
  if (references.length + ownCode.length === 0) return Promise.resolve([]);
  return importReferenceFaults(tx, {
    ...range,
    fields: [...references, ...ownCode],
    isMovement,
    warehouses: row.warehouses,
  });
}

async function entityFaults(
  tx: DbClient,
  kind: ImportKind,
  range: RowRange,
): Promise<FoundFault[]> {
  if (isMovementKind(kind) || kind === "purchase_orders") return [];
  const archived = await importArchivedFaults(tx, kind, range);
  if (kind === "reorder_policies") return [...archived, ...(await importPolicyFaults(tx, range))];
  if (kind === "items") {
    const bound = await importTermFaults(tx, range);
    return [...archived, ...(await importArchivingFaults(tx, range)), ...bound];
  }
  return archived;
}

/** What only the whole file shows. The looking takes its time without holding the import; the writing is short. */
async function checkWholeFile(run: ImportRun): Promise<void> {
  const row = await openRow(run);
  if (checkpointOf(row).whole_checked) return;
  const kind = kindOf(row);
  const { key } = kindRule(kind);
  if (kind === "purchase_orders") {
    await checkOrders(run);
  } else if (key.length > 0) {
    await judgeAll(run, (tx) => importDuplicateFaults(tx, { importId: row.id, key }));
    if (kind === "items") await judgeAll(run, (tx) => importLookAlikeFaults(tx, row.id));
  }
  await inFence(run, (tx, held) =>
    importProgress(tx, {
      id: held.id,
      checkpoint: { ...checkpointOf(held), whole_checked: true },
      phaseBegins: true,
    }),
  );
  stepDone(run, "checked whole");
}

async function judgeAll(
  run: ImportRun,
  look: (tx: DbClient) => Promise<readonly FoundFault[]>,
): Promise<void> {
  const faults = await inLongTransaction(run, look);
  for (let at = 0; at < faults.length; at += FAULTS_MAX) {
    await inFence(run, async (tx, row) => {
      const found = await judge(tx, row.id, faults.slice(at, at + FAULTS_MAX));
      const rowsInvalid = row.rows_invalid + found;
      await importProgress(tx, { id: row.id, rowsValid: row.rows_read - rowsInvalid, rowsInvalid });
    });
  }
}

/** A row with several faults keeps its first. Answers how many rows fell. */
async function judge(
  tx: DbClient,
  importId: string,
  found: readonly FoundFault[],
): Promise<number> {
  const first = new Map<number, FoundFault>();
  for (const fault of found) if (!first.has(fault.row_number)) first.set(fault.row_number, fault);
  const faults = [...first.values()].map(wordFault);
  let judged = 0;
  for (let at = 0; at < faults.length; at += FAULTS_MAX) {
    judged += await importRowsJudge(tx, {
      importId,
      state: "invalid",
      faults: faults.slice(at, at + FAULTS_MAX),
    });
  }
  return judged;
}

/** Rows that would find too little stock, where one such row is to stop the whole file. */
async function shortRows(run: ImportRun): Promise<readonly ShortRow[]> {
  const row = await openRow(run);
  const isStrict = row.mode === "commit" && row.on_error === "abort" && row.kind === "movements";
  if (!isStrict || row.rows_invalid > 0) return [];
  return inLongTransaction(run, (tx) =>
    importShortRows(tx, { importId: row.id, limit: SHORT_ROWS_MAX }),
  );
}
