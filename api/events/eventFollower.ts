/**
 * Tells the streams of one API process that the log has grown: one look at the log each 200 ms (or on news) however many
 * streams wait, none while nobody does.
 */
import { type EventNews, eventCount } from "../../pipelines/events/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { STREAMS_MAX, tooManyStreams, waitIn } from "../http/eventStream.ts";

/** One stream's place in the round of followers. */
export interface Following {
  /** Ends when the log may have grown since the last call (true), or after the time (false). */
  wait(timeoutMs: number): Promise<boolean>;
  /** Safe to call twice. */
  leave(): void;
}

export interface EventFollower {
  /** True when streams must end. */
  readonly closed: boolean;
  /** Joins; throws UnavailableError when the process carries as many streams as it may. */
  join(): Following;
  close(): void;
}

const LOOK_MS = 200;

/** Makes the follower; `listen` opens the news when the first stream comes. */
export function createEventFollower(deps: {
  readonly db: Db;
  readonly listen: () => EventNews;
  /** True once the process is about to stop: streams end, so that the server can close. */
  readonly draining: () => boolean;
}): EventFollower {
  const waiting = new Set<() => void>();
  let streams = 0;
  let growth = 0;
  let news: EventNews | undefined;
  let stopped = false;
  const closed = (): boolean => stopped || deps.draining();
  const wakeAll = (): void => {
    growth += 1;
    for (const wake of waiting) wake();
  };
  const look = async (source: EventNews): Promise<void> => {
    let known = -1;
    let seen = 0;
    while (streams > 0 && !closed()) {
      const count = await eventCount(deps.db).catch(() => known);
      if (count !== known) wakeAll();
      known = count;
      seen = await source.wait(seen, LOOK_MS);
    }
    source.close();
    if (news === source) news = undefined;
    if (closed()) wakeAll();
    else if (streams > 0) start();
  };
  const start = (): void => {
    news = deps.listen();
    look(news).catch(() => undefined); // it handles its own failures
  };
  return {
    get closed() {
      return closed();
    },
    join: () => {
      if (streams >= STREAMS_MAX || closed()) throw tooManyStreams("event");
      streams += 1;
      if (news === undefined) start();
      let present = 1;
      let last = growth;
      return {
        wait: async (timeoutMs) => {
          if (last === growth && !closed()) await waitIn(waiting, timeoutMs);
          const grown = last !== growth;
          last = growth;
          return grown;
        },
        leave: () => {
          streams -= present;
          present = 0;
        },
      };
    },
    close: () => {
      stopped = true;
      news?.close();
      wakeAll();
    },
  };
}
