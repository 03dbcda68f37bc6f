/**
 * What every step of a running import shares: what it works with, the fence that each of its transactions passes, and how far
 * it came. A step commits its work and its checkpoint together, so that a killed worker resumes where it stood.
 */
import { z } from "zod";
import type { ApprovalLimits } from "../../domain/approvalLimits.ts";
import { StocklineError } from "../../domain/errors.ts";
import { IMPORT_KINDS, type ImportKind } from "../../domain/importWords.ts";
import type { Clock } from "../../platform/clock.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import type { AfterDecisions } from "../apply/index.ts";
import type { CatalogueChange } from "../catalogue/index.ts";
import type { LevelCache } from "../stock/index.ts";
import type { Detected } from "./fileRows.ts";
import { type ImportMapping, importMapping } from "./importMapping.ts";
import { type ImportRow, importLock } from "./queries/imports.ts";

export interface ImportDeps {
  readonly db: DbPool;
  readonly storage: Pick<ObjectStorage, "get" | "getRange" | "open" | "put" | "remove">;
  readonly clock: Clock;
  readonly personal: PersonalData;
  readonly log: Log;
  readonly metrics: Pick<
    Metrics,
    "importRows" | "importRetries" | "importsGivenUp" | "movementsAccepted"
  >;
  readonly limits: FileLimits;
  /** Told what a chunk decided, after its commit. */
  readonly decided: AfterDecisions;
  /** Wakes the apply workers of lanes after a commit. */
  readonly wakeLanes: (lanes: Iterable<number>) => void;
  /** Tells the cached look-ups of every process what was written. */
  readonly announce: (change: CatalogueChange) => Promise<void>;
  /** Makes cached levels read anew what is on order, after the commit that changed it. */
  readonly forgetIncoming: LevelCache["forgetIncoming"];
  /** Up to which cost each role may approve orders. */
  readonly approvalLimits: ApprovalLimits;
  /** Called after each committed step with its name; tests throw here to die between two steps. */
  readonly afterStep?: ((step: string) => void) | undefined;
}

/** One worker's hold on one import. */
export interface ImportRun {
  readonly deps: ImportDeps;
  readonly id: string;
  readonly owner: string;
  /** Aborted when the process stops, or the lease is lost. */
  readonly signal: AbortSignal;
}

/** The import is no longer this worker's: somebody else has it, or it is over. Nothing is wrong. */
export class ImportLostError extends StocklineError {
  constructor(id: string) {
    super({ code: "import_lost", detail: `import ${id} is no longer held by this worker` });
  }
}

/** How far an import came; row numbers are those of the file. */
const checkpointSchema = z.object({
  /** Last row that is staged. */
  staged_row: z.number().default(0),
  /** Rows among them whose reading waits for their whole columns. */
  unread_rows: z.number().default(0),
  /** The file was read to its end, and rows of it have to be read again. */
  file_read: z.boolean().default(false),
  /** All of them: a column has contradicted what its earlier cells had shown. */
  reread_all: z.boolean().default(false),
  /** Last row that was read again. */
  reread_row: z.number().default(0),
  /** Last row that the database has checked. */
  checked_row: z.number().default(0),
  /** The rows of purchase orders are grouped into orders. */
  orders_grouped: z.boolean().default(false),
  /** First row of the last order that was judged as a whole. */
  orders_row: z.number().default(0),
  /** Last row that is applied, or handed to the inbox. */
  queued_row: z.number().default(0),
  /** Last row up to which every movement has its outcome. */
  settled_row: z.number().default(0),
  /** The faults that only the whole file shows are found. */
  whole_checked: z.boolean().default(false),
  /** Last row whose fate was foreseen. */
  foreseen_row: z.number().default(0),
  /** The fate of rows whose `foreseen` is null. */
  usual_fate: z.string().optional(),
  /** A dry run that was committed: its rows are judged anew. */
  committed: z.boolean().default(false),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

/** Reads the checkpoint of an import's row. */
export function checkpointOf(row: ImportRow): Checkpoint {
  return checkpointSchema.parse(row.checkpoint);
}

const kindSchema = z.enum(IMPORT_KINDS);

/** The kind of an import's row; only kinds that this version reads are ever stored. */
export function kindOf(row: ImportRow): ImportKind {
  return kindSchema.parse(row.kind);
}

/** The mapping of an import's row. */
export function mappingOf(row: ImportRow): ImportMapping {
  return importMapping.parse(row.mapping);
}

/** What was found out about the file so far. */
export function detectedOf(row: ImportRow): Detected {
  return row.detected as Detected;
}

/**
 * Runs one step in a transaction that holds the import's row; throws ImportLostError where it is no longer ours. `indexProbes` is
 * for steps over a range of rows: their plans must not lean on statistics of tables that an import fills while it runs.
 */
export async function inFence<T>(
  run: ImportRun,
  fn: (tx: DbClient, row: ImportRow) => Promise<T>,
  options: { readonly indexProbes?: boolean } = {},
): Promise<T> {
  return inTurn(
    run,
    {
      turn: Promise.resolve(),
      prepare: async () => undefined,
      finish: (tx, row) => fn(tx, row),
    },
    options,
  );
}

/** A step whose work may begin before its turn. */
export interface TurnedStep<P, T> {
  /** Over once every step before this one is committed; rejected where one failed. */
  readonly turn: Promise<unknown>;
  /** Work that no other row of the import depends on; not under the fence yet, so of no effect unless `finish` comes to its end. */
  readonly prepare: (tx: DbClient) => Promise<P>;
  /** What must follow the steps before; the import's row is held. */
  readonly finish: (tx: DbClient, row: ImportRow, prepared: P) => Promise<T>;
}

/** As inFence, in one transaction: `prepare` at once, `finish` in its turn. */
export async function inTurn<P, T>(
  run: ImportRun,
  { turn, prepare, finish }: TurnedStep<P, T>,
  options: { readonly indexProbes?: boolean } = {},
): Promise<T> {
  if (run.signal.aborted) throw new ImportLostError(run.id);
  const step = async (tx: DbClient): Promise<T> => {
    const prepared = await prepare(tx);
    await turn;
    const row = await importLock(tx, { id: run.id, owner: run.owner });
    if (row === undefined) throw new ImportLostError(run.id);
    const written = await finish(tx, row, prepared);
    failPoint("import.before_commit");
    return written;
  };
  const result = await inTransaction(run.deps.db, step, options);
  failPoint("import.after_commit");
  return result;
}

/** Reports a committed step. */
export function stepDone(run: ImportRun, step: string): void {
  failPoint("import.after_step");
  run.deps.afterStep?.(step);
}
