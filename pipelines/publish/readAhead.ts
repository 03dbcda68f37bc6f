/**
 * Reads the log for rounds of publishing, and while one round is sent reads ahead what the next will want, so that database and broker
 * work side by side. What was read ahead counts only for lanes whose cursor then stands where the reading began: after a failure, a
 * replay or another publisher it is read anew.
 */
import type { Db } from "../../platform/postgres.ts";
import { type EventRow, eventsAfter } from "../events/index.ts";

/** Events that a lane has in a round however many lanes are behind, so that a backlog is read in runs. */
const LANE_EVENTS_MIN = 8;

/** A lane, and the last position of it that is settled. */
export interface LanePlace {
  readonly lane: number;
  readonly position: number;
}

/** Reads what comes next in these lanes: at most so many events, each lane's in order and without a gap. */
export function readLog(db: Db, lanes: readonly LanePlace[], limit: number): Promise<EventRow[]> {
  return eventsAfter(db, {
    lanes: lanes.map(({ lane }) => lane),
    positions: lanes.map(({ position }) => position),
    limit,
    laneLimit: Math.min(limit, Math.max(LANE_EVENTS_MIN, Math.ceil(limit / lanes.length))),
  });
}

/** The reader of one sink. */
export class ReadAhead {
  #from: ReadonlyMap<number, number> = new Map();
  #reading: Promise<readonly EventRow[]> | undefined;

  /** What comes next in the lanes, and where a whole page of it came, begins to read on behind it. */
  async read(db: Db, lanes: readonly LanePlace[], limit: number): Promise<readonly EventRow[]> {
    const ahead = await this.#take(lanes, limit);
    const rows = ahead.length > 0 ? ahead : await readLog(db, lanes, limit);
    if (rows.length >= limit && limit > 1) this.#start(db, { lanes, rows, limit });
    return rows;
  }

  async #take(lanes: readonly LanePlace[], limit: number): Promise<readonly EventRow[]> {
    const reading = this.#reading;
    this.#reading = undefined;
    if (reading === undefined) return [];
    const right = new Set(
      lanes.flatMap(({ lane, position }) => (this.#from.get(lane) === position ? [lane] : [])),
    );
    return (await reading).filter(({ lane }) => right.has(lane)).slice(0, limit);
  }

  #start(
    db: Db,
    {
      lanes,
      rows,
      limit,
    }: { lanes: readonly LanePlace[]; rows: readonly EventRow[]; limit: number },
  ): void {
    const from = new Map(lanes.map(({ lane, position }) => [lane, position]));
    for (const { lane, position } of rows) from.set(lane, position);
    this.#from = from;
    const places = [...from].map(([lane, position]) => ({ lane, position }));
    // a failure tells itself when the round reads for itself
    this.#reading = readLog(db, places, limit).catch(() => []);
  }
}
