/**
 * One round of a sink: reads what lies past its cursors, sends it wave by wave, and moves each lane's cursor to the last event
 * up to which all were acknowledged. A failure stops its lane for the round; whatever is repeated later keeps its order.
 */
import { type EventSink, failureCode, type SendOutcome } from "../../platform/eventSink.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { Db } from "../../platform/postgres.ts";
import { cloudEventJson, eventsAfter } from "../events/index.ts";
import { type PlacedRecord, planWaves } from "./planWaves.ts";
import { sinkBacklog, sinkCursorsAdvance } from "./queries.ts";

/** Events of one round: bounds what a crash between sending and the cursor makes us send again. */
const ROUND_EVENTS_MAX = 1_000;
/** Events that a lane has in a round however many lanes are behind, so that a backlog is read in runs. */
const LANE_EVENTS_MIN = 8;
/** After this a round sends no further wave: cursors move, and other lanes get their turn. */
const ROUND_MS_MAX = 2_000;

export interface RoundDeps {
  readonly db: Db;
  readonly sink: EventSink;
  /** Records of one call at most, where that is less than the sink's own limit. */
  readonly callRecordsMax: number;
  /** Lanes that are left alone for now, after failures. */
  readonly skips: (lane: number) => boolean;
  /** Asked before every wave: may we still send? */
  readonly mayGoOn: () => Promise<boolean>;
}

export interface RoundResult {
  readonly acknowledged: number;
  /** Events that still wait after the round, in all lanes. */
  readonly lag: number;
  /** Lanes whose cursor moved. */
  readonly movedLanes: ReadonlySet<number>;
  /** Lanes that failed, with the broker's machine word. */
  readonly failedLanes: ReadonlyMap<number, string>;
  /** The machine word of a call whose outcome is unknown: the sink itself is in trouble. */
  readonly sinkFailure: string | undefined;
}

/** Runs one round; throws only when the database fails. */
export async function publishRound(deps: RoundDeps): Promise<RoundResult> {
  const backlog = await sinkBacklog(deps.db, deps.sink.name);
  const lag = backlog.reduce((sum, lane) => sum + lane.events, 0);
  const open = backlog.filter(({ lane }) => !deps.skips(lane));
  const round = new Round();
  let moves: readonly Move[] = [];
  if (open.length > 0) {
    const records = await readRecords(deps.db, open);
    if (records.length > 0) failPoint("publish.before_send");
    await sendWaves(deps, round, records);
    if (records.length > 0) failPoint("publish.after_send");
    moves = await moveCursors(deps, open, round.acknowledgedPrefixes(records));
    if (records.length > 0) failPoint("publish.after_cursor");
  }
  return {
    acknowledged: round.acknowledged.size,
    lag: lag - moves.reduce((sum, { from, to }) => sum + to - from, 0),
    movedLanes: new Set(moves.map(({ lane }) => lane)),
    failedLanes: round.failedLanes,
    sinkFailure: round.sinkFailure,
  };
}

type LanePlace = { readonly lane: number; readonly position: number };

async function readRecords(db: Db, lanes: readonly LanePlace[]): Promise<PlacedRecord[]> {
  const rows = await eventsAfter(db, {
    lanes: lanes.map(({ lane }) => lane),
    positions: lanes.map(({ position }) => position),
    limit: ROUND_EVENTS_MAX,
    laneLimit: Math.max(LANE_EVENTS_MIN, Math.ceil(ROUND_EVENTS_MAX / lanes.length)),
  });
  return rows.map((row) => ({
    lane: row.lane,
    position: row.position,
    record: { id: row.id, key: row.partition_key, body: cloudEventJson(row) },
  }));
}

/** What became of the records of one round. */
class Round {
  readonly acknowledged = new Set<PlacedRecord>();
  readonly failedLanes = new Map<number, string>();
  sinkFailure: string | undefined;

  note(placed: PlacedRecord, outcome: SendOutcome): void {
    if (outcome.status === "acknowledged") this.acknowledged.add(placed);
    else this.failedLanes.set(placed.lane, outcome.code);
  }

  /** The last position of each lane up to which every record was acknowledged. */
  acknowledgedPrefixes(records: readonly PlacedRecord[]): Map<number, number> {
    const prefixes = new Map<number, number>();
    const broken = new Set<number>();
    for (const placed of records) {
      if (!this.acknowledged.has(placed)) broken.add(placed.lane);
      else if (!broken.has(placed.lane)) prefixes.set(placed.lane, placed.position);
    }
    return prefixes;
  }
}

async function sendWaves(
  deps: RoundDeps,
  round: Round,
  records: readonly PlacedRecord[],
): Promise<void> {
  const deadline = performance.now() + ROUND_MS_MAX;
  const { limits } = deps.sink;
  const callRecordsMax = Math.min(limits.callRecordsMax, deps.callRecordsMax);
  for (const wave of planWaves(records, { ...limits, callRecordsMax })) {
    if (round.sinkFailure !== undefined || performance.now() > deadline) return;
    if (!(await deps.mayGoOn())) return;
    const calls = wave
      .map((call) => call.filter(({ lane }) => !round.failedLanes.has(lane)))
      .filter((call) => call.length > 0);
    const rest = calls.values();
    const senders = Array.from({ length: limits.callsInFlightMax }, async () => {
      for (const call of rest) await sendCall(deps.sink, round, call);
    });
    await Promise.all(senders);
  }
}

async function sendCall(
  sink: EventSink,
  round: Round,
  call: readonly PlacedRecord[],
): Promise<void> {
  if (round.sinkFailure !== undefined) return;
  try {
    const outcomes = await sink.send(call.map(({ record }) => record));
    for (const [index, placed] of call.entries()) {
      round.note(placed, outcomes[index] ?? { status: "failed", code: "no_outcome" });
    }
  } catch (thrown) {
    round.sinkFailure = failureCode(thrown);
  }
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
