/**
 * Takes an import from where it stands to its end, step by step. Called by the worker for imports that it has claimed;
 * the lease is prolonged meanwhile, and given back when the process stops. What is wrong with the file ends the import;
 * what is wrong with a backend is tried again later, with growing pauses.
 */
import { NotFoundError, StocklineError, toError } from "../../domain/errors.ts";
import { isStorageAway } from "../../platform/objectStorage.ts";
import { isUnavailable } from "../../platform/postgres.ts";
import { applyEntities } from "./applyEntities.ts";
import { applyMovements } from "./applyMovements.ts";
import { applyPurchaseOrders } from "./applyPurchaseOrders.ts";
import { checkRows } from "./checkRows.ts";
import { LEASE_SECONDS } from "./claimImports.ts";
import { failImport } from "./failImport.ts";
import { fetchFile } from "./fetchFile.ts";
import { ImportFileError } from "./importFileError.ts";
import { isMovementKind } from "./importKinds.ts";
import { type ImportDeps, ImportLostError, type ImportRun, inFence, kindOf } from "./importRun.ts";
import { importLeaseEnd, importLeaseProlong } from "./queries/claims.ts";
import { type ImportRow, importRead } from "./queries/imports.ts";
import { stageRows } from "./stageRows.ts";

const HEARTBEAT_MS = 4_000;
/** Failed attempts without progress after which an import counts as failed for good. */
const ATTEMPTS_MAX = 10;
const RETRY_SECONDS_MAX = 30;

interface RunOptions {
  readonly id: string;
  readonly owner: string;
  /** Aborted when the process stops: the import is left at its checkpoint for the next worker. */
  readonly signal: AbortSignal;
}

/** Runs a claimed import; never throws. Answers when the import is over, lost, or put back. */
export async function runImport(deps: ImportDeps, options: RunOptions): Promise<void> {
  const { id, owner } = options;
  const lost = new AbortController();
  const run = { deps, id, owner, signal: AbortSignal.any([options.signal, lost.signal]) };
  const heartbeat = setInterval(() => {
    importLeaseProlong(deps.db, { id, owner, leaseSeconds: LEASE_SECONDS }).then(
      (held) => held || lost.abort(),
      () => undefined, // the row is locked by our own step, or the database is away: the fence decides
    );
  }, HEARTBEAT_MS);
  try {
    await advance(run);
  } catch (thrown) {
    await settleFailure(run, thrown);
  } finally {
    clearInterval(heartbeat);
  }
}

async function advance(run: ImportRun): Promise<void> {
  for (;;) {
    const row = await importRead(run.deps.db, { id: run.id });
    switch (row?.status) {
      case "uploaded":
        if (row.format === null) await fetchFile(run, row);
        else await stageRows(run, row);
        break;
      case "reading":
        await stageRows(run, row);
        break;
      case "checking":
        await checkRows(run);
        break;
      case "applying":
        await applyRows(run, row);
        break;
      default:
        return;
    }
  }
}

async function applyRows(run: ImportRun, row: ImportRow): Promise<void> {
  const kind = kindOf(row);
  if (isMovementKind(kind)) await applyMovements(run, kind);
  else if (kind === "purchase_orders") await applyPurchaseOrders(run);
  else await applyEntities(run, kind);
}

async function settleFailure(run: ImportRun, thrown: unknown): Promise<void> {
  const error = toError(thrown);
  const { log } = run.deps;
  if (error instanceof ImportLostError || run.signal.aborted) {
    await putBack(run, { againInSeconds: 0, isFailure: false });
    return;
  }
  const end = endOf(error);
  if (end !== undefined) {
    log.info({ import_id: run.id, code: end.code }, "import failed by its file");
    await fail(run, end);
    return;
  }
  const row = await importRead(run.deps.db, { id: run.id }).catch(() => undefined);
  const attempts = row?.attempts ?? 1;
  log.error({ err: error, import_id: run.id, attempts }, "import step failed");
  if (attempts >= ATTEMPTS_MAX && !isTransient(error)) {
    run.deps.metrics.importsGivenUp.inc();
    await fail(run, {
      code: "internal_error",
      detail: "an unexpected failure, which was logged; nothing more of the file was applied",
    });
    return;
  }
  run.deps.metrics.importRetries.inc();
  await putBack(run, {
    againInSeconds: Math.min(2 ** (attempts - 1), RETRY_SECONDS_MAX),
    isFailure: true,
  });
}

function isTransient(error: Error): boolean {
  if (error instanceof StocklineError && error.retriable) return true;
  return isUnavailable(error) || isStorageAway(error);
}

/** Why the file itself ends the import, if it does. */
function endOf(error: Error): { code: string; detail: string } | undefined {
  if (error instanceof ImportFileError) return { code: error.code, detail: error.message };
  if (error instanceof NotFoundError) {
    return {
      code: "file_missing",
      detail: "the uploaded file is no longer in the object storage; send it again",
    };
  }
  return undefined;
}

async function fail(run: ImportRun, end: { code: string; detail: string }): Promise<void> {
  try {
    await inFence(run, (tx, row) => failImport(tx, row, end));
  } catch (thrown) {
    run.deps.log.warn(
      { err: toError(thrown), import_id: run.id },
      "import could not be ended; the sweep will",
    );
  }
}

async function putBack(
  run: ImportRun,
  args: { readonly againInSeconds: number; readonly isFailure: boolean },
): Promise<void> {
  await importLeaseEnd(run.deps.db, { id: run.id, owner: run.owner, ...args }).catch(
    () => undefined, // the lease ends by itself
  );
}
