/**
 * One round of a sink: reads what lies past its cursors, sends it wave by wave, and moves each lane's cursor to the last event
 * up to which all are settled: acknowledged, not wanted by the sink, or parked as dead letters. A failure stops its lane for the
 * round; whatever is repeated later keeps its order.
 */
import type { EventSink } from "../../platform/eventSink.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { Db } from "../../platform/postgres.ts";
import { cloudEventJson } from "../events/index.ts";
import type { LetterBox } from "./letterBox.ts";
import type { PlacedRecord } from "./planWaves.ts";
import { type BacklogRow, sinkBacklog, sinkCursorsAdvance } from "./queries/cursors.ts";
import { type LanePlace, type ReadAhead, readLog } from "./readAhead.ts";
import { BEHIND_REFUSED, orderKey, type SendDeps, SendReport, sendRecords } from "./sendRecords.ts";

/** Events of one round, unless the caller says otherwise: bounds what a crash between sending and the cursor makes us send again. */
const ROUND_EVENTS = 1_000;

export interface RoundDeps extends SendDeps {
  readonly db: Db;
  readonly letters: LetterBox;
  /** Reads on while a round is sent; default: each round reads for itself. */
  readonly ahead?: ReadAhead;
  /** Lanes that are left alone for now, after failures. */
  readonly skips: (lane: number) => boolean;
  /** Events that the round takes at most: one to probe a sink that was down, more than usual to catch up. */
  readonly eventsMax?: number;
  /** Told when the event was recorded, for every event that was acknowledged. */
  readonly onDelivered?: (recordedAt: Date) => void;
}

export interface RoundResult {
  /** Events that were read, and those of them that are settled. */
  readonly read: number;
  readonly settled: number;
  readonly acknowledged: number;
  /** Events that still wait after the round, in all lanes. */
  readonly lag: number;
  /** Lanes whose cursor moved. */
  readonly movedLanes: ReadonlySet<number>;
  /** Lanes that failed, with the broker's machine word. */
  readonly failedLanes: ReadonlyMap<number, string>;
  /** Events that became dead letters. */
  readonly parked: number;
  /** The machine word of a call whose outcome is unknown: the sink itself is in trouble. */
  readonly sinkFailure: string | undefined;
  /** For how long the sink asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

/** Runs one round; throws only when the database fails. */
export async function publishRound(deps: RoundDeps): Promise<RoundResult> {
  const heldKeys = await deps.letters.heldKeys();
  const due =
    heldKeys.size === 0
      ? { sent: 0, sinkFailure: undefined, retryAfterMs: undefined }
      : await deps.letters.sendDue(deps);
  const backlog = await sinkBacklog(deps.db, deps.sink.name);
  const lag = backlog.reduce((sum, lane) => sum + lane.events, 0);
  const open = backlog.filter(({ lane }) => !deps.skips(lane));
  const report = new SendReport(heldKeys);
  report.sinkFailure = due.sinkFailure;
  report.retryAfterMs = due.retryAfterMs;
  const { moves, read } =
    open.length === 0 ? { moves: [], read: 0 } : await sendLog(deps, report, open);
  const settled = moves.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    read,
    settled,
    acknowledged: report.acknowledged.size + due.sent,
    lag: lag - settled,
    movedLanes: new Set(moves.map(({ lane }) => lane)),
    failedLanes: report.failedLanes,
    parked: report.refused.size,
    sinkFailure: report.sinkFailure,
    retryAfterMs: report.retryAfterMs,
  };
}

/** Sends what the log holds for the lanes, and moves their cursors. */
async function sendLog(
  deps: RoundDeps,
  report: SendReport,
  open: readonly BacklogRow[],
): Promise<{ readonly moves: Move[]; readonly read: number }> {
  const rows = await readRows(deps, open);
  const records = rows.filter((row) => row.isWanted);
  if (records.length > 0) failPoint("publish.before_send");
  const toSend = records.filter((placed) => report.isOpen(placed));
  await sendRecords(deps, report, toSend);
  if (records.length > 0) failPoint("publish.after_send");
  giveUpLanes(deps.sink, report, { open, records });
  const letters = lettersOf(report, records);
  if (letters.size > 0) await deps.letters.park(letters);
  const moves = await moveCursors(deps, open, settledPrefixes(rows, { report, letters }));
  if (records.length > 0) failPoint("publish.after_cursor");
  if (deps.onDelivered !== undefined) {
    for (const row of rows) if (report.acknowledged.has(row)) deps.onDelivered(row.recordedAt);
  }
  return { moves, read: rows.length };
}

interface PlacedRow extends PlacedRecord {
  readonly isWanted: boolean;
  readonly recordedAt: Date;
}

async function readRows(deps: RoundDeps, lanes: readonly LanePlace[]): Promise<PlacedRow[]> {
  const limit = deps.eventsMax ?? ROUND_EVENTS;
  const rows = await (deps.ahead?.read(deps.db, lanes, limit) ?? readLog(deps.db, lanes, limit));
  return rows.map((row) => ({
    lane: row.lane,
    position: row.position,
    isWanted: deps.sink.wants?.(row) ?? true,
    recordedAt: row.recorded_at,
    record: {
      id: row.id,
      key: row.partition_key,
      type: row.type,
      traceparent: row.traceparent,
      body: cloudEventJson(row),
    },
  }));
}

/** An event that has failed for as long as the sink retries one counts as refused, so that its lane goes on. */
function giveUpLanes(
  { giveUpAfterMs }: EventSink,
  report: SendReport,
  { open, records }: { open: readonly BacklogRow[]; records: readonly PlacedRecord[] },
): void {
  if (giveUpAfterMs === undefined) return;
  for (const { lane, failing_ms: failingMs } of open) {
    const code = report.failedLanes.get(lane);
    if (code === undefined || (failingMs ?? 0) < giveUpAfterMs) continue;
    const first = records.find((placed) => placed.lane === lane && !isSettled(report, placed));
    if (first === undefined) continue;
    report.failedLanes.delete(lane);
    report.note(first, { status: "refused", code });
  }
}

function isSettled(report: SendReport, placed: PlacedRecord): boolean {
  return report.acknowledged.has(placed) || report.refused.has(placed);
}

/** Records to park: the refused ones, and all that were read of keys that are held. */
function lettersOf(
  report: SendReport,
  records: readonly PlacedRecord[],
): Map<PlacedRecord, string> {
  const letters = new Map<PlacedRecord, string>();
  for (const placed of records) {
    const { lane, record } = placed;
    const code = report.refused.get(placed);
    if (code !== undefined) letters.set(placed, code);
    else if (
      !report.acknowledged.has(placed) &&
      report.heldKeys.has(orderKey({ lane, key: record.key }))
    ) {
      letters.set(placed, BEHIND_REFUSED);
    }
  }
  return letters;
}

/** The last position of each lane up to which every event is settled. */
function settledPrefixes(
  rows: readonly PlacedRow[],
  settled: { report: SendReport; letters: ReadonlyMap<PlacedRecord, string> },
): Map<number, number> {
  const prefixes = new Map<number, number>();
  const broken = new Set<number>();
  for (const row of rows) {
    const isDone =
      !row.isWanted || settled.report.acknowledged.has(row) || settled.letters.has(row);
    if (!isDone) broken.add(row.lane);
    else if (!broken.has(row.lane)) prefixes.set(row.lane, row.position);
  }
  return prefixes;
}

interface Move {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Answers the moves that were made. A cursor that somebody else moved meanwhile (a replay, another publisher) stays; the next
 * round reads it again.
 */
async function moveCursors(
  deps: RoundDeps,
  places: readonly LanePlace[],
  prefixes: ReadonlyMap<number, number>,
): Promise<Move[]> {
  const moves = places.flatMap(({ lane, position }) => {
    const to = prefixes.get(lane);
    return to === undefined ? [] : [{ lane, from: position, to }];
  });
  if (moves.length === 0) return [];
  const moved = await sinkCursorsAdvance(deps.db, {
    sink: deps.sink.name,
    lanes: moves.map((move) => move.lane),
    from: moves.map((move) => move.from),
    to: moves.map((move) => move.to),
  });
  return moves.filter(({ lane }) => moved.includes(lane));
}
