/** The event log and a sink's cursors on the simulated store; stands in for pipelines/events/queries.ts and publish/queries/cursors.ts. */
import type { EventRow } from "../../pipelines/events/queries.ts";
import type { Db } from "../../platform/postgres.ts";
import { simDb } from "./simDb.ts";
import type { StoredEvent } from "./simStore.ts";

export function eventsAfter(
  db: Db,
  args: {
    lanes: readonly number[];
    positions: readonly number[];
    limit: number;
    laneLimit: number;
  },
): Promise<EventRow[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("events_after", (tx) => {
    const merged = args.lanes.flatMap((lane, nth) => {
      const from = args.positions[nth] ?? 0;
      return (store.events.get(lane) ?? []).slice(from, from + args.laneLimit);
    });
    const page = merged
      .sort((one, other) => one.recordedAt.getTime() - other.recordedAt.getTime())
      .slice(0, args.limit);
    if (store.mutant === "cursor_before_send") {
      tx.writes.push(() => page.forEach((event) => store.cursors.set(event.lane, event.position)));
    }
    return page.map(toRow);
  });
}

function toRow(event: StoredEvent): EventRow {
  return {
    lane: event.lane,
    position: event.position,
    id: event.id,
    type: event.type,
    subject: `movements/${event.movementId}`,
    partition_key: event.key,
    data: event.data,
    incarnation: 1,
    traceparent: null,
    recorded_at: event.recordedAt,
  };
}

export function sinkBacklog(db: Db) {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("sink_backlog", () => {
    return [...store.cursors].flatMap(([lane, position]) => {
      const events = (store.events.get(lane)?.length ?? 0) - position;
      return events > 0 ? [{ lane, position, events, failing_ms: null }] : [];
    });
  });
}

export function sinkCursorsAdvance(
  db: Db,
  args: { lanes: readonly number[]; from: readonly number[]; to: readonly number[] },
): Promise<number[]> {
  const sim = simDb(db);
  const { store } = sim;
  return sim.answer("sink_cursors_advance", (tx) => {
    const moved = args.lanes.filter((lane, nth) => store.cursors.get(lane) === args.from[nth]);
    tx.writes.push(() => {
      for (const lane of moved) store.cursors.set(lane, args.to[args.lanes.indexOf(lane)] ?? 0);
    });
    return moved;
  });
}
