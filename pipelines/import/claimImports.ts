/**
 * Which worker takes which import, and which import none takes any more. A claim counts as unanswered until the import comes on or
 * its worker gives it back, so what stays is the number of workers that died with it, one after another, at one place. An import
 * that is suspected of killing its workers runs alone in its process; one that goes on doing so is ended as failed.
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { failImport } from "./failImport.ts";
import type { ImportDeps } from "./importRun.ts";
import {
  type ClaimedImport,
  type HopelessImport,
  importHopelessLock,
  importsClaim,
  importsHopeless,
} from "./queries/claims.ts";

/** A worker that says nothing for this long has lost its imports. */
export const LEASE_SECONDS = 15;
/** Workers lost in a row from which on an import has a process to itself, so that another import is not taken for the cause. */
const LOSSES_SUSPECT = 2;
/** Imports that one look ends. */
const GIVEN_UP_MAX = 10;

export interface ImportClaim {
  readonly owner: string;
  readonly limit: number;
  /** Workers lost in a row, without any progress, after which nobody takes an import any more. */
  readonly lossesMax: number;
  /** The process runs no import: only then it takes a suspect, and nothing beside it. Default true. */
  readonly isIdle?: boolean;
}

/** Takes up to `limit` open imports that nobody holds. */
export function claimImports(db: DbPool, claim: ImportClaim): Promise<ClaimedImport[]> {
  return importsClaim(db, {
    isIdle: true,
    ...claim,
    leaseSeconds: LEASE_SECONDS,
    lossesSuspect: LOSSES_SUSPECT,
  });
}

type GivingUp = Pick<ImportDeps, "db" | "log" | "metrics">;

/** Ends the imports that nobody takes any more; answers the ids of those that are over with it. */
export async function giveUpImports(
  deps: GivingUp,
  { lossesMax }: Pick<ImportClaim, "lossesMax">,
): Promise<string[]> {
  const over: string[] = [];
  for (const id of await importsHopeless(deps.db, { lossesMax, limit: GIVEN_UP_MAX })) {
    if (await giveUp(deps, { id, lossesMax })) over.push(id);
  }
  return over;
}

async function giveUp(
  { db, log, metrics }: GivingUp,
  args: { readonly id: string; readonly lossesMax: number },
): Promise<boolean> {
  const ended = await inTransaction(db, async (tx) => {
    const row = await importHopelessLock(tx, args);
    if (row === undefined) return undefined;
    const isNews = row.failing_code === null;
    const { code, detail } = endOf(row);
    return { code, isNews, isOver: await failImport(tx, row, { code, detail }) };
  });
  if (ended?.isNews) {
    log.error({ import_id: args.id, code: ended.code }, "import given up");
    metrics.importsGivenUp.inc();
  }
  return ended?.isOver === true;
}

function endOf(row: HopelessImport): { code: string; detail: string } {
  if (row.failing_code !== null) {
    return { code: row.failing_code, detail: row.failing_detail ?? "" };
  }
  return {
    code: "workers_lost",
    detail:
      `${row.claims_unanswered} workers in a row died with this import at the same place (status "${row.status}", ` +
      `${row.rows_read} rows read, ${row.rows_applied} applied), which is expected of none; nothing more of the file is applied. ` +
      "Let an operator look into the workers' logs before the file is sent again",
  };
}
