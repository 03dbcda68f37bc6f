/**
 * Where reports read: the replica of DATABASE_READ_URL while it is near enough, else as configured. A replica is current when it
 * has replayed what the primary had written when it was asked; behind that, its rows are as old as its last replayed commit.
 * Decisions that write never read from here.
 */
import { UnavailableError } from "../domain/errors.ts";
import type { Log } from "./log.ts";
import { type Db, type DbPool, isUnavailable } from "./postgres.ts";

/** A pool to read a snapshot from. */
export interface ReadSource {
  readonly pool: DbPool;
  /** Of a replica: everything that was committed by then is in. Undefined: the snapshot's own time. */
  readonly asOf: Date | undefined;
}

/** Chooses anew for each snapshot. */
export interface ReadSources {
  /** Throws UnavailableError (`replica_lost`) where nothing may be read. */
  choose(): Promise<ReadSource>;
  /** How far the replica is behind; undefined where it is none. Throws where it can't be reached. */
  lagSeconds(): Promise<number | undefined>;
}

interface ReadSourceOptions {
  /** On the database of DATABASE_READ_URL. */
  readonly replica: DbPool;
  /** On the primary. */
  readonly primary: DbPool;
  readonly lagSecondsMax: number;
  /** primary: read there instead. none: a replica that is behind is read all the same, and a lost one fails. */
  readonly fallback: "primary" | "none";
  readonly log: Log;
}

/** Makes it of two pools, which may lead to the same server. */
export function createReadSources(options: ReadSourceOptions): ReadSources {
  const { replica, primary, lagSecondsMax, fallback, log } = options;
  const instead = (reason: string): ReadSource => {
    log.warn({ reason }, "the replica is not read; the primary is");
    return { pool: primary, asOf: undefined };
  };
  return {
    lagSeconds: async () => {
      const asOf = await replicaAsOf(options);
      return asOf === undefined ? undefined : secondsSince(asOf);
    },
    choose: async () => {
      const asOf = await replicaAsOf(options).catch((thrown: unknown): typeof LOST => {
        if (isUnavailable(thrown)) return LOST;
        throw thrown;
      });
      if (asOf === LOST) {
        if (fallback === "primary") return instead("it is lost");
        throw new UnavailableError({
          code: "replica_lost",
          detail: "the replica can't be reached, and DATABASE_READ_FALLBACK is none",
        });
      }
      const lagSeconds = asOf === undefined ? 0 : secondsSince(asOf);
      if (lagSeconds > lagSecondsMax && fallback === "primary") {
        return instead(`it is ${Math.round(lagSeconds)} s behind`);
      }
      return { pool: replica, asOf };
    },
  };
}

function secondsSince(moment: Date): number {
  return Math.max(0, (Date.now() - moment.getTime()) / 1_000);
}

/** What is answered for a replica that can't be reached. */
const LOST = "lost" as const;

/** Up to when the replica has everything; undefined where it is no replica, and always up to date. */
async function replicaAsOf({ primary, replica }: ReadSourceOptions): Promise<Date | undefined> {
  const mark = await walMarkRead(primary).catch((thrown: unknown) => {
    if (isUnavailable(thrown)) return undefined; // how old the replica is can be told without it
    throw thrown;
  });
  const state = await replayStateRead(replica, mark?.lsn ?? null);
  if (!state.in_recovery) return undefined;
  if (state.is_current && mark !== undefined) return mark.at;
  // Before its first replayed commit a replica can't tell; then it is as old as can be.
  return state.replayed_at ?? new Date(0);
}

async function walMarkRead(db: Db): Promise<{ lsn: string; at: Date } | undefined> {
  const { rows } = await db.query<{ lsn: string; at: Date }>({
    name: "wal_mark_read",
    text: `
      select pg_current_wal_lsn()::text as lsn, clock_timestamp() as at
      where not pg_is_in_recovery()`,
    values: [],
  });
  return rows[0];
}

interface ReplayState {
  readonly in_recovery: boolean;
  readonly is_current: boolean;
  readonly replayed_at: Date | null;
}

/** Read before the snapshot is taken, which is then as new as this or newer. */
async function replayStateRead(db: Db, lsn: string | null): Promise<ReplayState> {
  const { rows } = await db.query<ReplayState>({
    name: "replay_state_read",
    text: `
      select pg_is_in_recovery() as in_recovery,
        coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) as is_current,
        pg_last_xact_replay_timestamp() as replayed_at`,
    values: [lsn],
  });
  const state = rows[0];
  if (state === undefined) throw new Error("the replica did not tell how far it is");
  return state;
}
