/**
 * What becomes of the rows of a checked import. A dry run keeps it: sums and short lists in its preview, the fate of each row
 * at the row. The commit of a dry run looks again and keeps what has changed. Writes nothing but the import's own rows.
 */
import { type DbClient, inTransaction } from "../../platform/postgres.ts";
import { addChanges, CHANGES_LISTED_MAX, changedSinceOf, groupChanges } from "./changedSince.ts";
import { isMovementKind } from "./importKinds.ts";
import {
  checkpointOf,
  type ImportDeps,
  type ImportRun,
  inFence,
  kindOf,
  stepDone,
} from "./importRun.ts";
import { foreseeOrders } from "./planOrders.ts";
import { entitiesForesee } from "./queries/entities.ts";
import {
  importChangesNote,
  importFatesNote,
  importFatesRead,
  type RowFate,
} from "./queries/fates.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import {
  importCountsForesee,
  importMovementsCompare,
  importMovementsForesee,
  importShortRowsNote,
} from "./queries/preview.ts";
import {
  importOrderFatesRead,
  importOrderRowsRead,
  importOrdersRangeEnd,
} from "./queries/purchaseOrders.ts";
import { importRangeEnd, longStatementAllow, type RowRange } from "./queries/rows.ts";
import { hasPersons } from "./sealStagedRows.ts";
import { sealSupplierRows } from "./sealSupplierRows.ts";

/** Rows whose fates one transaction looks at. */
const RANGE_ROWS = 20_000;
/** Levels that each list of a preview names at most. */
const LISTED_MAX = 100;

/** Foresees where somebody asked for it: for a dry run, and for its commit. */
export async function foreseeRows(run: ImportRun, row: ImportRow): Promise<void> {
  if (row.mode !== "dry_run" && !checkpointOf(row).committed) return;
  if (isMovementKind(kindOf(row))) {
    await foreseeMovements(run, row);
    return;
  }
  if (hasPersons(row.kind)) await run.deps.personal.ready();
  const step = (tx: DbClient, held: ImportRow) => foreseeNextRange(tx, held, run.deps);
  while (await inFence(run, step, { indexProbes: true })) stepDone(run, "foreseen");
}

/** One look over all rows, outside the fence: a cancel need not wait for it. */
async function foreseeMovements(run: ImportRun, row: ImportRow): Promise<void> {
  const isDry = row.mode === "dry_run";
  const found = await inLongTransaction(run, async (tx) =>
    isDry ? lookAhead(tx, row) : compareMovements(tx, row),
  );
  await inFence(run, async (tx) => {
    if (isDry) await importProgress(tx, { id: row.id, preview: found });
    else await importChangesNote(tx, { id: row.id, changes: found });
  });
  stepDone(run, "foreseen");
}

async function lookAhead(tx: DbClient, { id, kind }: ImportRow): Promise<unknown> {
  const args = { importId: id, limit: LISTED_MAX };
  if (kind === "counts") return importCountsForesee(tx, args);
  const preview = await importMovementsForesee(tx, args);
  if (preview !== undefined && preview.rows_short > 0) await importShortRowsNote(tx, id);
  return preview;
}

async function compareMovements(tx: DbClient, { id }: ImportRow): Promise<unknown> {
  const args = { importId: id, rowsListed: CHANGES_LISTED_MAX };
  return addChanges(changedSinceOf(null), await importMovementsCompare(tx, args));
}

/** A transaction of long statements that holds nothing of the import. */
export function inLongTransaction<T>(run: ImportRun, fn: (tx: DbClient) => Promise<T>): Promise<T> {
  return inTransaction(run.deps.db, async (tx) => {
    await longStatementAllow(tx);
    return fn(tx);
  });
}

async function foreseeNextRange(
  tx: DbClient,
  row: ImportRow,
  { personal }: Pick<ImportDeps, "personal">,
): Promise<boolean> {
  const checkpoint = checkpointOf(row);
  const from = checkpoint.foreseen_row;
  const rangeEnd = isOrders(row) ? importOrdersRangeEnd : importRangeEnd; // orders are looked at whole
  const to = await rangeEnd(tx, { importId: row.id, from, rowsMax: RANGE_ROWS });
  if (to === undefined) return false;
  const range = { importId: row.id, from, to };
  if (hasPersons(row.kind)) await sealSupplierRows(tx, personal, range);
  const { fates, orders } = await rowFates(tx, row, range);
  const usual = checkpoint.usual_fate ?? mostFrequent(fates);
  if (row.mode === "dry_run") await keepFates(tx, row, { fates, usual, orders });
  else await compareFates(tx, row, { fates, usual, range });
  await importProgress(tx, {
    id: row.id,
    checkpoint: { ...checkpoint, foreseen_row: to, usual_fate: usual },
  });
  return true;
}

function isOrders(row: ImportRow): boolean {
  return row.kind === "purchase_orders";
}

interface RangeFates {
  readonly fates: readonly RowFate[];
  /** Of purchase orders: how their orders fare, which are fewer than their rows. */
  readonly orders?: typeof NO_FATES | undefined;
}

/** What becomes of the good rows of a range. */
async function rowFates(tx: DbClient, row: ImportRow, range: RowRange): Promise<RangeFates> {
  const kind = kindOf(row);
  if (isMovementKind(kind)) return { fates: [] };
  if (kind === "purchase_orders") return foreseeOrders(await importOrderRowsRead(tx, range));
  return { fates: await entitiesForesee(tx, kind, range) };
}

/** The fate that most rows of the first range have stands at no row: most files need no writing then. */
function mostFrequent(fates: readonly RowFate[]): string | undefined {
  return Object.entries(countFates(fates)).toSorted(([, left], [, right]) => right - left)[0]?.[0];
}

function countFates(fates: readonly RowFate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fate } of fates) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}

/** The sums that the preview of entities begins with. */
export const NO_FATES = { creates: 0, updates: 0, unchanged: 0 };

interface Foreseen extends RangeFates {
  readonly usual: string | undefined;
}

async function keepFates(tx: DbClient, row: ImportRow, found: Foreseen): Promise<void> {
  const { fates, usual, orders } = found;
  const unusual = fates.filter(({ fate }) => fate !== usual);
  if (unusual.length > 0) await importFatesNote(tx, { importId: row.id, fates: unusual });
  const { create = 0, update = 0, unchanged = 0 } = countFates(fates);
  const known = (row.preview ?? {}) as Partial<typeof NO_FATES> & RangeFates;
  const preview = {
    ...addFates(known, { creates: create, updates: update, unchanged }),
    ...(orders === undefined ? {} : { orders: addFates(known.orders, orders) }),
  };
  await importProgress(tx, { id: row.id, preview });
}

function addFates(
  known: Partial<typeof NO_FATES> | undefined,
  more: typeof NO_FATES,
): typeof NO_FATES {
  const { creates, updates, unchanged } = { ...NO_FATES, ...known };
  return {
    creates: creates + more.creates,
    updates: updates + more.updates,
    unchanged: unchanged + more.unchanged,
  };
}

async function compareFates(
  tx: DbClient,
  row: ImportRow,
  { fates, usual, range }: Foreseen & { readonly range: RowRange },
): Promise<void> {
  const present = new Map(fates.map(({ row_number, fate }) => [row_number, fate]));
  const read = isOrders(row) ? importOrderFatesRead : importFatesRead;
  const rows = (await read(tx, range)).map((one) => ({
    row: one.row_number,
    foreseen: one.foreseen ?? usual ?? "",
    now: one.error_code ?? present.get(one.row_number) ?? "",
  }));
  const changes = addChanges(changedSinceOf(row.changed_since_preview), groupChanges(rows));
  await importChangesNote(tx, { id: row.id, changes });
}
