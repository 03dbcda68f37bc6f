/**
 * Third step for entities: upserts by key, some thousands a transaction, with an event for each entity made or changed and the
 * checkpoint. A column that the file does not have, or an empty cell, leaves the stored value; equal values change nothing.
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
import { appendEvents } from "../events/index.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf, type ImportRun, inFence, stepDone } from "./importRun.ts";
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
import { importRangeEnd, importRowsJudge, type RowRange } from "./queries/rows.ts";
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
  for (;;) {
    if (hasPersons(kind)) await run.deps.personal.ready();
    const written = await inFence(run, (tx, row) => applyChunk(tx, row, { kind, run }), {
      indexProbes: true,
    });
    if (written === "end") break;
    run.deps.metrics.importRows.inc({ kind, state: "applied" }, written.applied);
    await run.deps.announce(written.change);
    stepDone(run, "applied");
  }
  await inFence(run, (tx, row) =>
    finishImport(tx, row, { status: row.cancel_requested ? "cancelled" : "completed" }),
  );
  stepDone(run, "finished");
}

interface Written {
  readonly applied: number;
  readonly change: CatalogueChange;
}

async function applyChunk(
  tx: DbClient,
  row: ImportRow,
  { kind, run }: { readonly kind: EntityKind; readonly run: ImportRun },
): Promise<Written | "end"> {
  const checkpoint = checkpointOf(row);
  const from = checkpoint.queued_row;
  if (row.cancel_requested) return "end";
  const to = await importRangeEnd(tx, { importId: row.id, from, rowsMax: CHUNK_ROWS });
  if (to === undefined) return "end";
  const range = { importId: row.id, from, to };
  await auditAuthorSet(tx, { actor: row.created_by, via: `import ${row.id}` });
  if (hasPersons(kind)) await sealSupplierRows(tx, run.deps.personal, range);
  const { made, changed, rejected } = await upsert(tx, kind, range);
  const applied = await importRowsApply(tx, range);
  await importProgress(tx, {
    id: row.id,
    newlyApplied: applied,
    newlyRejected: rejected,
    checkpoint: { ...checkpoint, queued_row: to },
  });
  const change = await tellChanges(tx, { row, kind, made, changed });
  return { applied, change };
}

interface Upserted {
  readonly made: readonly string[];
  readonly changed: readonly string[];
  /** Rows that what the items have meanwhile forbids. */
  readonly rejected: number;
}

async function upsert(tx: DbClient, kind: EntityKind, range: RowRange): Promise<Upserted> {
  const lanes = kind === "items" ? await holdTermLanes(tx, range) : [];
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

/** Holds the lanes of items that get another tracking, unit or currency; before the items' rows, in the order of a PATCH. */
async function holdTermLanes(tx: DbClient, range: RowRange): Promise<readonly number[]> {
  const lanes = await importTermLanes(tx, range);
  if (lanes.length > 0) await importLanesLock(tx, lanes);
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

interface ChangeParts {
  readonly row: ImportRow;
  readonly kind: EntityKind;
  readonly made: readonly string[];
  readonly changed: readonly string[];
}

/** Appends the events (last in the transaction) and answers what the cached look-ups must hear after it. */
async function tellChanges(tx: DbClient, parts: ChangeParts): Promise<CatalogueChange> {
  const { row, kind, made, changed } = parts;
  const catalogue = CATALOGUE[kind];
  const ids = [...made, ...changed];
  if (ids.length === 0) return {};
  const isMade = new Set(made);
  const rows = new Map((await entitiesById(tx, catalogue.table, ids)).map((one) => [one.id, one]));
  const entities = ids.flatMap((id) => rows.get(id) ?? []);
  await appendEvents(
    tx,
    entities.map((entity) => ({
      type: `${catalogue.events}.${isMade.has(entity.id) ? "created" : "updated"}` as const,
      entityId: entity.id,
      subject: catalogue.subjectOf(entity),
      data: {
        ...redactRow(catalogue.table.personal, entity),
        changed_by: row.created_by,
        import_id: row.id,
      },
    })),
  );
  const changes = entities.map((entity) => catalogue.changeOf?.(entity) ?? {});
  return {
    skus: changes.flatMap((change) => change.skus ?? []),
    codes: changes.flatMap((change) => change.codes ?? []),
  };
}
