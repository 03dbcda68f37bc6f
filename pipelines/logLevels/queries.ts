/** SQL of the log levels that are set while the processes run. */
import type { Db } from "../../platform/postgres.ts";

export interface LogLevelRow {
  readonly process: string;
  readonly level: string;
  readonly until: Date;
  readonly set_by: string;
  readonly set_at: Date;
}

/** Those that have not run out. */
export async function logLevelsRead(db: Db): Promise<LogLevelRow[]> {
  const { rows } = await db.query<LogLevelRow>({
    name: "log_levels_read",
    text: `
      select process, level, until, set_by, set_at
      from log_levels
      where until > now()
      order by process`,
    values: [],
  });
  return rows;
}

interface NewLevel {
  readonly processes: readonly string[];
  readonly level: string;
  readonly minutes: number;
  readonly actor: string;
}

/** Sets the level of these processes from now on. */
export async function logLevelsWrite(db: Db, one: NewLevel): Promise<void> {
  await db.query({
    name: "log_levels_write",
    text: `
      insert into log_levels (process, level, until, set_by)
      select process, $2::text, now() + make_interval(mins => $3::int), $4::text
      from unnest($1::text[]) as p (process)
      on conflict (process) do update
      set level = excluded.level, until = excluded.until, set_by = excluded.set_by, set_at = now()`,
    values: [one.processes, one.level, one.minutes, one.actor],
  });
}

/** Lets these processes log as they are configured again. */
export async function logLevelsRemove(db: Db, processes: readonly string[]): Promise<void> {
  await db.query({
    name: "log_levels_remove",
    text: `
      delete from log_levels
      where process = any($1::text[])`,
    values: [processes],
  });
}
