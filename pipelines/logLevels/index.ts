/** Log levels changed while processes run: set in the database for every process of a kind, or by a signal for one process. */
import type { Context } from "../../platform/context.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { repeat } from "../../platform/repeat.ts";
import { type LogLevelRow, logLevelsRead, logLevelsRemove, logLevelsWrite } from "./queries.ts";

export { type LogLevelRow, logLevelsRead } from "./queries.ts";

/** Kinds of processes whose level can be set. */
export const LOGGING_PROCESSES = ["api", "workers", "jobs"] as const;
type LoggingProcess = (typeof LOGGING_PROCESSES)[number];

/** Levels that can be set; "silent" is none of them, since nobody would see why. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** A changed level is heeded within this time. */
const LOOK_MS = 5_000;
/** What the signal turns on. */
const SIGNAL_LEVEL: LogLevel = "debug";

interface Change {
  readonly processes: readonly LoggingProcess[];
  /** Null: as they are configured. */
  readonly level: LogLevel | null;
  readonly minutes: number;
  readonly actor: string;
}

/** Sets the level of all processes of these kinds for a while; answers what is set now. */
export function changeLogLevels(db: DbPool, change: Change): Promise<LogLevelRow[]> {
  const { processes, level } = change;
  return inTransaction(db, async (tx) => {
    if (level === null) await logLevelsRemove(tx, processes);
    else await logLevelsWrite(tx, { ...change, level });
    return logLevelsRead(tx);
  });
}

/**
 * Keeps this process's level as it is set in the database, or as it is configured. SIGUSR2 turns debug lines of this one process
 * on, and off again, whatever the database says, and also when there is no reaching it.
 */
export function watchLogLevel(
  process: LoggingProcess,
  { db, log, config }: Pick<Context, "db" | "log" | "config">,
): { stop(): Promise<void> } {
  let isSet: string | undefined;
  let bySignal = false;
  const apply = (): void => {
    const level = bySignal ? SIGNAL_LEVEL : (isSet ?? config.LOG_LEVEL);
    if (log.level === level) return;
    log.level = level;
    log.warn({ level }, "log level changed");
  };
  const onSignal = (): void => {
    bySignal = !bySignal;
    apply();
  };
  globalThis.process.on("SIGUSR2", onSignal);
  const looks = repeat({
    everyMs: LOOK_MS,
    what: "look-up of the log level",
    log,
    run: async () => {
      isSet = (await logLevelsRead(db)).find((row) => row.process === process)?.level;
      apply();
    },
  });
  return {
    stop: async () => {
      globalThis.process.off("SIGUSR2", onSignal);
      await looks.stop();
    },
  };
}
