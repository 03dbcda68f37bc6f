/**
 * Third step for movements and counts: chunk after chunk in the order of the file. The lanes are dealt into two parts, so that a chunk is
 * two transactions side by side; each decides its rows in the lanes that are free, as any batch is decided, and notes the rows' ends. What
 * can't be decided at once (a halted lane, an atomic group or a long queue before it, a movement that fails its batch) goes into the
 * inbox, and the lane workers' outcomes are waited for. A row's id follows from import and row number, and a row is taken up only
 * while it is staged, so that no crash makes a movement twice.
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { deriveRowId, isRowIdOf } from "../../domain/deriveId.ts";
import type { ImportKind } from "../../domain/importWords.ts";
import { type DbClient, inTransaction } from "../../platform/postgres.ts";
import { BatchError, type DrainResult, decideAtOnce, NotAtOnceError } from "../apply/index.ts";
import {
  type Acceptance,
  appendToInbox,
  type MovementCommand,
  movementsKnownBetween,
} from "../intake/index.ts";
import { ChunkPace } from "./chunkPace.ts";
import { CancelHeard, chunksInTurn } from "./chunksInTurn.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf, type ImportRun, inFence, inTurn, stepDone } from "./importRun.ts";
import { type Converted, convertRows, sortOut } from "./movementCommands.ts";
import { importProgress } from "./queries/importProgress.ts";
import type { ImportRow } from "./queries/imports.ts";
import {
  importMovementsApply,
  importMovementsReject,
  importMovementsResolve,
  type ResolvedRow,
  type Settlement,
} from "./queries/movements.ts";
import { importRowsJudge, type RowRange } from "./queries/rows.ts";
import { settleRows } from "./settleRows.ts";

/** Parts that a chunk's lanes are dealt into. */
const PARTS = 2;
/** Between two looks at lanes that others hold, and after so long without one of them in hand they are left to the lane workers. */
const HELD_MS = 10;
const HELD_MS_MAX = 2_000;
/** Pauses between two looks at outcomes that are not all there yet: doubled from the first to the second while none comes. */
const PAUSE_MS = 40;
const PAUSE_MS_MAX = 160;

/** Applies what is not applied yet and ends the import. A person's cancel stops further rows only: what is in the inbox is decided. */
export async function applyMovements(run: ImportRun, kind: ImportKind): Promise<void> {
  const pace = new ChunkPace();
  do await settleWaiting(run, kind);
  while (!(await applyChunks(run, kind, pace)));
  await inFence(run, (tx, row) =>
    finishImport(tx, row, { status: row.cancel_requested ? "cancelled" : "completed" }),
  );
  stepDone(run, "finished");
}

/** Applies chunk after chunk; answers whether all rows are done, false where some wait in the inbox. */
async function applyChunks(run: ImportRun, kind: ImportKind, pace: ChunkPace): Promise<boolean> {
  const row = await inFence(run, async (_tx, held) => held);
  const streams = new Streams();
  /** Ends of the chunks under way. */
  const ends: number[] = [];
  try {
    await chunksInTurn(run, {
      from: checkpointOf(row).queued_row,
      rowsMax: () => pace.rows,
      apply: async (range, turn) => {
        ends.push(range.to);
        await applyChunk({ run, row, kind, pace, streams, range, turn });
        ends.shift();
      },
    });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof BatchError || thrown instanceof NotAtOnceError)) throw thrown;
    run.deps.log[thrown instanceof BatchError ? "warn" : "info"](
      { err: thrown, import_id: run.id },
      "a chunk of an import could not be decided at once; its movements are left to the lanes",
    );
    const [oldest] = ends;
    if (oldest === undefined) throw thrown;
    return feedChunk(run, row, oldest);
  }
}

interface Chunk {
  readonly run: ImportRun;
  /** The import as it was when this worker began. */
  readonly row: ImportRow;
  readonly kind: ImportKind;
  readonly pace: ChunkPace;
  readonly streams: Streams;
  readonly range: RowRange;
  /** Over once the chunk before is applied and noted. */
  readonly turn: Promise<void>;
}

/** Applies a chunk, part by part, and moves the checkpoint over it. */
async function applyChunk(chunk: Chunk): Promise<void> {
  const { run, row, range, streams, turn } = chunk;
  const parts = resolveFresh(run, range).then((rows) => partsOf(convertRows(rows, row)));
  parts.catch(() => undefined); // told by each part
  // Nothing may be awaited before: chunks take their places in the streams in the order in which they are begun.
  const applied = Array.from({ length: PARTS }, (_, nth) =>
    streams.run(nth, async () => applyPart(chunk, (await parts)[nth])),
  );
  for (const end of await Promise.allSettled(applied)) {
    if (end.status === "rejected") throw end.reason;
  }
  await turn;
  await inFence(run, (tx, held) => noteChunk(tx, held, range.to));
  stepDone(run, "noted");
}

/** The staged rows of a range; throws NotAtOnceError where movements with the ids that were made for them are known. */
function resolveFresh(run: ImportRun, range: RowRange): Promise<ResolvedRow[]> {
  const [first, last] = [deriveRowId(run.id, range.from + 1), deriveRowId(run.id, range.to)];
  const resolve = async (tx: DbClient) => {
    const rows = await importMovementsResolve(tx, range);
    if (rows.length > 0 && (await movementsKnownBetween(tx, { first, last }))) {
      throw new NotAtOnceError(`a movement of rows ${range.from + 1} to ${range.to} is known`);
    }
    return rows;
  };
  return inTransaction(run.deps.db, resolve, { indexProbes: true });
}

async function noteChunk(tx: DbClient, row: ImportRow, to: number): Promise<void> {
  const checkpoint = { ...checkpointOf(row), queued_row: to, settled_row: to };
  await importProgress(tx, { id: row.id, checkpoint });
}

/** Applies a part: what the lanes in hand allow, and again what is left. */
async function applyPart(chunk: Chunk, part: Converted | undefined): Promise<void> {
  let [left, triedSince] = [part, performance.now()];
  while (left !== undefined && !isEmpty(left)) {
    const done: DecidedPart = await applyWhatIsFree(chunk, left);
    if (done.left.rows.length < left.rows.length) triedSince = performance.now();
    else if (performance.now() - triedSince > HELD_MS_MAX) {
      throw new NotAtOnceError(`others hold the lanes of ${done.left.rows.length} rows`);
    } else await pause(HELD_MS);
    left = done.left;
  }
}

/** One transaction: ledger, the rows' ends and the import's counts. Takes lanes that are free, and waits for the import last. */
async function applyWhatIsFree(
  { run, kind, pace, range }: Chunk,
  part: Converted,
): Promise<DecidedPart> {
  const begunAtMs = Date.now();
  const begun = performance.now();
  const done = await inTurn(
    run,
    {
      turn: Promise.resolve(),
      prepare: (tx) => decidePart(tx, run.id, part),
      finish: notePart,
    },
    { indexProbes: true },
  );
  if (done.left.rows.length === 0) pace.took(range.to - range.from, performance.now() - begun);
  run.deps.metrics.movementsAccepted.inc({ source: "import" }, done.accepted);
  run.deps.metrics.importRows.inc({ kind, state: "applied" }, done.newlyApplied);
  run.deps.metrics.importRows.inc({ kind, state: "rejected" }, done.newlyRejected);
  run.deps.decided(done.result, begunAtMs);
  stepDone(run, `applied ${kind}`);
  return done;
}

interface DecidedPart {
  readonly accepted: number;
  readonly newlyApplied: number;
  readonly newlyRejected: number;
  readonly newlySkipped: number;
  readonly result: DrainResult;
  /** Rows whose lanes somebody else held. */
  readonly left: Converted;
}

async function decidePart(tx: DbClient, importId: string, part: Converted): Promise<DecidedPart> {
  const { acceptances, rejected, result } = await decideAtOnce(tx, {
    commands: part.commands,
    isFresh: (command) => isRowIdOf(importId, command.id),
  });
  const judged = await judgeRows(tx, importId, { part, acceptances });
  const rows = part.rows.filter((_row, nth) => acceptances[nth]?.result === "new");
  const newlyApplied = await importMovementsApply(tx, {
    importId,
    rows: rows.filter(({ id }) => !rejected.has(id)),
  });
  const newlyRejected = await importMovementsReject(tx, {
    importId,
    rows: rows.filter(({ id }) => rejected.has(id)),
  });
  assert.equal(newlyApplied + newlyRejected, rows.length, "each row that was decided is staged");
  const isLeft = (_one: unknown, nth: number): boolean => acceptances[nth] === undefined;
  return {
    accepted: rows.length,
    newlyApplied,
    newlyRejected: newlyRejected + judged.newlyRejected,
    newlySkipped: judged.newlySkipped,
    result,
    left: {
      rows: part.rows.filter(isLeft),
      commands: part.commands.filter(isLeft),
      unconverted: [],
    },
  };
}

async function notePart(tx: DbClient, row: ImportRow, done: DecidedPart): Promise<DecidedPart> {
  if (row.cancel_requested) throw new CancelHeard();
  await importProgress(tx, {
    id: row.id,
    newlyApplied: done.newlyApplied,
    newlyRejected: done.newlyRejected,
    newlySkipped: done.newlySkipped,
  });
  return done;
}

/** Notes rows that never became a movement of their own; answers how many there were of each. */
async function judgeRows(
  tx: DbClient,
  importId: string,
  {
    part,
    acceptances,
  }: { readonly part: Converted; readonly acceptances: readonly (Acceptance | undefined)[] },
) {
  const { repeated, reused } = sortOut(part.rows, acceptances);
  const refused = [...reused, ...part.unconverted];
  return {
    newlySkipped: await importRowsJudge(tx, { importId, state: "skipped", faults: repeated }),
    newlyRejected: await importRowsJudge(tx, { importId, state: "rejected", faults: refused }),
  };
}

/** Rows by the parts that their lanes belong to. */
function partsOf({ rows, commands, unconverted }: Converted): Converted[] {
  const parts = Array.from({ length: PARTS }, (_, nth) => ({
    rows: [] as ResolvedRow[],
    commands: [] as MovementCommand[],
    unconverted: nth === 0 ? unconverted : [],
  }));
  for (const [nth, command] of commands.entries()) {
    const part = parts[command.lane % PARTS];
    const row = rows[nth];
    if (part === undefined || row === undefined) throw new Error("a command has a row and a part");
    part.rows.push(row);
    part.commands.push(command);
  }
  return parts;
}

/** Nothing to do, as where the part was applied and its worker died before the chunk was noted. */
function isEmpty({ rows, unconverted }: Converted): boolean {
  return rows.length === 0 && unconverted.length === 0;
}

/** Work that goes on in parts side by side, each of them in order; what follows a failure in its part never begins. */
class Streams {
  readonly #tails: Promise<unknown>[] = [];

  run(part: number, work: () => Promise<void>): Promise<void> {
    const done = (this.#tails[part] ?? Promise.resolve()).then(work);
    done.catch(() => undefined); // whoever waits for it is told
    this.#tails[part] = done;
    return done;
  }
}

/** Puts what is left of the chunk that ends with row number `to` into the inbox for the lane workers to decide; answers whether a cancel was heard. */
async function feedChunk(run: ImportRun, row: ImportRow, to: number): Promise<boolean> {
  const fed = await inFence(run, (tx, held) => feedRows(tx, held, to), { indexProbes: true });
  if (fed === undefined) return true;
  run.deps.metrics.movementsAccepted.inc({ source: "import" }, fed.accepted);
  run.deps.wakeLanes(fed.lanes);
  stepDone(run, `fed ${row.kind}`);
  return false;
}

interface Fed {
  readonly accepted: number;
  readonly lanes: readonly number[];
}

async function feedRows(tx: DbClient, row: ImportRow, to: number): Promise<Fed | undefined> {
  if (row.cancel_requested) return undefined;
  const checkpoint = checkpointOf(row);
  const range = { importId: row.id, from: checkpoint.queued_row, to };
  const part = convertRows(await importMovementsResolve(tx, range), row);
  const acceptances = await appendToInbox(tx, part.commands);
  await importProgress(tx, {
    id: row.id,
    checkpoint: { ...checkpoint, queued_row: to },
    ...(await judgeRows(tx, row.id, { part, acceptances })),
  });
  const accepted = acceptances.filter(({ result }) => result === "new").length;
  return { accepted, lanes: [...new Set(part.commands.map(({ lane }) => lane))] };
}

/** Gives rows in the inbox the outcomes that others decide, until none waits. */
async function settleWaiting(run: ImportRun, kind: ImportKind): Promise<void> {
  for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    const settled = await inFence(run, settleFed, { indexProbes: true });
    if (settled === undefined) return;
    const { applied, rejected, waiting } = settled;
    run.deps.metrics.importRows.inc({ kind, state: "applied" }, applied);
    run.deps.metrics.importRows.inc({ kind, state: "rejected" }, rejected);
    if (applied + rejected > 0) pauseMs = PAUSE_MS;
    if (applied + rejected > 0 || waiting === 0) stepDone(run, `settled ${kind}`);
    if (waiting === 0) return;
    await pause(pauseMs, undefined, { signal: run.signal }).catch(() => undefined); // the fence ends the step
  }
}

/** Undefined where no row waits. */
async function settleFed(tx: DbClient, row: ImportRow): Promise<Settlement | undefined> {
  const { queued_row: queuedRow, settled_row: settledRow } = checkpointOf(row);
  return settledRow >= queuedRow ? undefined : settleRows(tx, row, queuedRow);
}
