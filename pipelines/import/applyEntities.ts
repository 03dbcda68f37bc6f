/**
 * Third step for entities: upserts by key, some thousands a transaction, with an event for each entity made or changed and the
 * checkpoint. While a chunk ends the next one's entities are written; it is committed after it, or not at all. A column that the file
 * does not have, or an empty cell, leaves the stored value; equal values change nothing.
 */
import { UnavailableError } from "../../domain/errors.ts";
import { redactRow } from "../../platform/personalData.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { auditAuthorSet } from "../audit/index.ts";
import {
  type CatalogueChange,
  type EntityKind as CatalogueKind,
  entitiesById,
  ITEM_KIND,
  REORDER_POLICY_KIND,
  SUPPLIER_ITEM_KIND,
  SUPPLIER_KIND,
  WAREHOUSE_KIND,
} from "../catalogue/index.ts";
import { appendEvents, type EntityEvent } from "../events/index.ts";
import { CancelHeard, chunksInTurn } from "./chunksInTurn.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf, type ImportRun, inFence, inTurn, stepDone } from "./importRun.ts";
import {
  entitiesInsert,
  entitiesLock,
  entitiesUpdate,
  importRowsApply,
} from "./queries/entities.ts";
import type { EntityKind } from "./queries/entityTables.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import { importLanesLock, importTermFaults, importTermLanes } from "./queries/itemTerms.ts";
import { importRowsJudge, type RowRange } from "./queries/rows.ts";
import { hasPersons } from "./sealStagedRows.ts";
import { sealSupplierRows } from "./sealSupplierRows.ts";
import { wordFault } from "./wordFault.ts";

/** Rows of one transaction: bounds its locks and its events. */
const CHUNK_ROWS = 2_000;

const CATALOGUE: Readonly<Record<EntityKind, CatalogueKind>> = {
  items: ITEM_KIND,
  warehouses: WAREHOUSE_KIND,
  suppliers: SUPPLIER_KIND,
  supplier_items: SUPPLIER_ITEM_KIND,
  reorder_policies: REORDER_POLICY_KIND,
};

/** Applies what is not applied yet and ends the import; a person's cancel is heard between two chunks. */
export async function applyEntities(run: ImportRun, kind: EntityKind): Promise<void> {
  const row = await inFence(run, async (_tx, held) => held);
  await chunksInTurn(run, {
    from: checkpointOf(row).queued_row,
    rowsMax: () => CHUNK_ROWS,
    apply: (range, turn) => applyChunk({ run, row, kind, turn, range }),
  });
  await inFence(run, (tx, row) =>
    finishImport(tx, row, { status: row.cancel_requested ? "cancelled" : "completed" }),
  );
  stepDone(run, "finished");
}

interface Chunk {
  readonly run: ImportRun;
  /** The import as it was when this worker began. */
  readonly row: ImportRow;
  readonly kind: EntityKind;
  readonly range: RowRange;
  /** Over once the chunk before is committed and told. */
  readonly turn: Promise<void>;
}

async function applyChunk(chunk: Chunk): Promise<void> {
  const { run, kind, turn } = chunk;
  if (hasPersons(kind)) await run.deps.personal.ready();
  const written = await inTurn(
    run,
    {
      turn,
      prepare: (tx) => writeEntities(tx, chunk),
      finish: (tx, row, written) => noteEntities(tx, row, { range: chunk.range, written }),
    },
    { indexProbes: true },
  );
  run.deps.metrics.importRows.inc({ kind, state: "applied" }, written.applied);
  await run.deps.announce(written.change);
  stepDone(run, "applied");
}

interface Written {
  readonly applied: number;
  /** Rows that what the items have meanwhile forbids. */
  readonly rejected: number;
  readonly events: readonly EntityEvent[];
  /** What the cached look-ups must hear after the commit. */
  readonly change: CatalogueChange;
}

async function writeEntities(tx: DbClient, chunk: Chunk): Promise<Written> {
  const { run, row, kind, range } = chunk;
  await auditAuthorSet(tx, { actor: row.created_by, via: `import ${row.id}` });
  if (hasPersons(kind)) await sealSupplierRows(tx, run.deps.personal, range);
  const upserted = await upsert(tx, chunk);
  const applied = await importRowsApply(tx, range);
  return { applied, rejected: upserted.rejected, ...(await changesOf(tx, chunk, upserted)) };
}

/** Notes the progress and appends the events, last in the transaction. */
async function noteEntities(
  tx: DbClient,
  row: ImportRow,
  { range, written }: { readonly range: RowRange; readonly written: Written },
): Promise<Written> {
  if (row.cancel_requested) throw new CancelHeard();
  await importProgress(tx, {
    id: row.id,
    newlyApplied: written.applied,
    newlyRejected: written.rejected,
    checkpoint: { ...checkpointOf(row), queued_row: range.to },
  });
  await appendEvents(tx, written.events);
  return written;
}

interface Upserted {
  readonly made: readonly string[];
  readonly changed: readonly string[];
  readonly rejected: number;
}

async function upsert(tx: DbClient, { kind, range, turn }: Chunk): Promise<Upserted> {
  const lanes = kind === "items" ? await holdTermLanes(tx, range, turn) : [];
  const stored = await entitiesLock(tx, kind, range);
  const rejected = kind === "items" ? await rejectBoundTerms(tx, range, lanes) : 0;
  const changed = await entitiesUpdate(tx, kind, range);
  const made = await entitiesInsert(tx, kind, range);
  if (made.missing > 0) {
    throw new UnavailableError({
      code: "import_raced",
      detail: `${made.missing} of the entities after row ${range.from} were made by somebody else this moment (${stored} were known); the chunk is tried again`,
    });
  }
  return { made: made.ids, changed: changed.map((entity) => entity.id), rejected };
}

/**
 * Holds the lanes of items that get another tracking, unit or currency; before the items' rows, in the order of a PATCH. In the chunk's
 * turn only: the chunk before needs lanes for its events.
 */
async function holdTermLanes(
  tx: DbClient,
  range: RowRange,
  turn: Promise<void>,
): Promise<readonly number[]> {
  if ((await importTermLanes(tx, range)).length === 0) return [];
  await turn;
  const lanes = await importTermLanes(tx, range);
  await importLanesLock(tx, lanes);
  return lanes;
}

/** Checks again what was checked before, under the locks: a receipt may have been decided since. Answers how many rows fell. */
async function rejectBoundTerms(
  tx: DbClient,
  range: RowRange,
  held: readonly number[],
): Promise<number> {
  const bound = await importTermLanes(tx, range);
  if (bound.length === 0) return 0;
  if (!bound.every((lane) => held.includes(lane))) {
    throw new UnavailableError({
      code: "import_raced",
      detail: `items after row ${range.from} were changed by somebody else this moment; the chunk is tried again`,
    });
  }
  const faults = (await importTermFaults(tx, range)).map(wordFault);
  if (faults.length === 0) return 0;
  return importRowsJudge(tx, { importId: range.importId, state: "rejected", faults });
}

/** The events of what a chunk made and changed. */
async function changesOf(
  tx: DbClient,
  { row, kind }: Chunk,
  { made, changed }: Upserted,
): Promise<Pick<Written, "events" | "change">> {
  const catalogue = CATALOGUE[kind];
  const ids = [...made, ...changed];
  if (ids.length === 0) return { events: [], change: {} };
  const isMade = new Set(made);
  const rows = new Map((await entitiesById(tx, catalogue.table, ids)).map((one) => [one.id, one]));
  const entities = ids.flatMap((id) => rows.get(id) ?? []);
  const events = entities.map((entity) => ({
    type: `${catalogue.events}.${isMade.has(entity.id) ? "created" : "updated"}` as const,
    entityId: entity.id,
    subject: catalogue.subjectOf(entity),
    data: {
      ...redactRow(catalogue.table.personal, entity),
      changed_by: row.created_by,
      import_id: row.id,
    },
  }));
  const changes = entities.map((entity) => catalogue.changeOf?.(entity) ?? {});
  const change = {
    skus: changes.flatMap(({ skus }) => skus ?? []),
    codes: changes.flatMap(({ codes }) => codes ?? []),
  };
  return { events, change };
}
