/** Report schedules: making, changing and archiving them. What they call for is asked for by askScheduled.ts. */
import { NotFoundError, StaleVersionError } from "../../domain/errors.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { type Viewer, warehouseExists } from "./queries/reports.ts";
import {
  type ScheduleRow,
  type ScheduleTerms,
  scheduleArchive,
  scheduleInsert,
  scheduleRead,
  scheduleUpdate,
} from "./queries/schedules.ts";

/** Which schedule, for whom, in which version. */
export interface ScheduleAccess {
  readonly id: string;
  readonly viewer: Viewer;
  readonly ifVersion: number | undefined;
}

/** Makes a schedule; the same id again is the same schedule. Throws NotFoundError for a warehouse that is not the viewer's. */
export async function createSchedule(
  db: DbPool,
  request: { readonly id: string; readonly viewer: Viewer; readonly terms: ScheduleTerms },
): Promise<ScheduleRow> {
  const { id, viewer, terms } = request;
  await refuseForeignWarehouse(db, terms, viewer);
  await scheduleInsert(db, { id, terms, viewer, warehouses: viewer.warehouses });
  return readSchedule(db, { id, viewer });
}

async function refuseForeignWarehouse(
  db: DbPool,
  { parameters }: ScheduleTerms,
  viewer: Viewer,
): Promise<void> {
  const { warehouse } = parameters;
  if (warehouse === undefined) return;
  const isTheirs = viewer.warehouses === null || viewer.warehouses.includes(warehouse);
  if (isTheirs && (await warehouseExists(db, warehouse))) return;
  throw new NotFoundError("warehouse", warehouse);
}

/** One schedule; throws NotFoundError where it does not exist for the viewer. */
export async function readSchedule(
  db: Pick<DbPool, "query">,
  args: { readonly id: string; readonly viewer: Viewer; readonly lock?: boolean },
): Promise<ScheduleRow> {
  const row = await scheduleRead(db, args);
  if (row === undefined) throw new NotFoundError("report schedule", args.id);
  return row;
}

/**
 * Changes a schedule: `change` answers the new terms of the old ones, and may throw. Whoever changes it may read no more by it than
 * it could before. Throws NotFoundError, StaleVersionError.
 */
export async function changeSchedule(
  db: DbPool,
  access: ScheduleAccess,
  change: (row: ScheduleRow) => ScheduleTerms,
): Promise<ScheduleRow> {
  const { id, viewer } = access;
  return inTransaction(db, async (tx) => {
    const row = await takeSchedule(tx, access);
    const terms = change(row);
    await refuseForeignWarehouse(db, terms, viewer);
    const wasPaused = row.status === "paused" && terms.status === "active";
    await scheduleUpdate(tx, { id, terms, wasPaused, warehouses: row.warehouses });
    return readSchedule(tx, { id, viewer });
  });
}

/** Archives a schedule: it stays readable and asks for nothing more. Throws NotFoundError, StaleVersionError. */
export async function archiveSchedule(db: DbPool, access: ScheduleAccess): Promise<ScheduleRow> {
  return inTransaction(db, async (tx) => {
    const row = await takeSchedule(tx, access);
    if (row.status === "archived") return row;
    await scheduleArchive(tx, access.id);
    return readSchedule(tx, access);
  });
}

async function takeSchedule(
  tx: Pick<DbPool, "query">,
  { id, viewer, ifVersion }: ScheduleAccess,
): Promise<ScheduleRow> {
  const row = await readSchedule(tx, { id, viewer, lock: true });
  if (ifVersion !== undefined && ifVersion !== row.version) {
    throw new StaleVersionError("report schedule", {
      found: String(row.version),
      expected: String(ifVersion),
    });
  }
  return row;
}
