/**
 * Tells the streams of one API process how imports move: one statement a round looks at all imports that somebody watches,
 * however many streams there are; none runs while nobody does.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type ImportRow, importsWatched } from "../../pipelines/import/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { STREAMS_MAX, tooManyStreams, waitIn } from "../http/eventStream.ts";

/** One stream's eye on one import. */
export interface Watching {
  /** The import as soon as it differs from the tag; undefined after the time, or when streams must end. */
  changed(tag: string, timeoutMs: number): Promise<ImportRow | undefined>;
  /** Safe to call twice. */
  leave(): void;
}

export interface ProgressWatch {
  /** True when streams must end. */
  readonly closed: boolean;
  /** Joins; throws UnavailableError when the process carries as many streams as it may. */
  join(id: string): Watching;
  close(): void;
}

const LOOK_MS = 300;

interface Watched {
  row: ImportRow | undefined;
  streams: number;
  readonly waiting: Set<() => void>;
}

/** Makes the watch; `draining` is true once the process is about to stop. */
export function createProgressWatch(deps: {
  readonly db: Db;
  readonly draining: () => boolean;
}): ProgressWatch {
  const watched = new Map<string, Watched>();
  const stopping = new AbortController();
  let looking = false;
  const closed = (): boolean => stopping.signal.aborted || deps.draining();
  const wakeAll = (): void => {
    for (const { waiting } of watched.values()) for (const wake of waiting) wake();
  };
  const look = async (): Promise<void> => {
    while (watched.size > 0 && !closed()) {
      const rows = await importsWatched(deps.db, [...watched.keys()]).catch(() => []);
      for (const row of rows) tell(watched.get(row.id), row);
      await pause(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    looking = false;
    if (closed()) wakeAll();
  };
  return {
    get closed() {
      return closed();
    },
    join: (id) => {
      const streams = [...watched.values()].reduce((sum, one) => sum + one.streams, 0);
      if (streams >= STREAMS_MAX || closed()) throw tooManyStreams("progress");
      const entry = watched.get(id) ?? { row: undefined, streams: 0, waiting: new Set() };
      entry.streams += 1;
      watched.set(id, entry);
      if (!looking) {
        looking = true;
        look().catch(() => undefined); // it handles its own failures
      }
      let present = 1;
      return {
        changed: (tag, timeoutMs) => nextChange(entry, { tag, timeoutMs, closed }),
        leave: () => {
          entry.streams -= present;
          present = 0;
          if (entry.streams === 0) watched.delete(id);
        },
      };
    },
    close: () => {
      stopping.abort();
      wakeAll();
    },
  };
}

/** Names a state of an import; equal tags mean that nothing moved. */
export function progressTag(row: ImportRow): string {
  const { rows_applied: applied, rows_rejected: rejected, rows_skipped: skipped } = row;
  const { checked_row = 0, foreseen_row = 0 } = row.checkpoint as Record<string, number>;
  const places = [row.bytes_read, row.rows_read, row.rows_invalid, checked_row, foreseen_row];
  return [row.mode, row.status, ...places, applied + rejected + skipped].join(".");
}

function tell(entry: Watched | undefined, row: ImportRow): void {
  if (entry === undefined) return;
  const isNews = entry.row === undefined || progressTag(entry.row) !== progressTag(row);
  entry.row = row;
  if (isNews) for (const wake of entry.waiting) wake();
}

interface Wait {
  readonly tag: string;
  readonly timeoutMs: number;
  readonly closed: () => boolean;
}

async function nextChange(entry: Watched, wait: Wait): Promise<ImportRow | undefined> {
  const news = (): ImportRow | undefined =>
    entry.row !== undefined && progressTag(entry.row) !== wait.tag ? entry.row : undefined;
  const present = news();
  if (present !== undefined || wait.closed()) return present;
  await waitIn(entry.waiting, wait.timeoutMs);
  return news();
}
