/** /v1/log-levels: how much the processes log, changed while they run. */
import type { z } from "zod";
import {
  changeLogLevels,
  LOGGING_PROCESSES,
  type LogLevelRow,
  logLevelsRead,
} from "../../pipelines/logLevels/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseLimited } from "../lanes/refuseLimited.ts";
import { logLevelChange, logLevelsOut } from "./schema.ts";

interface LogLevelDeps {
  readonly db: DbPool;
}

const TAG = "Operations";

/** Routes of log levels. */
export function logLevelRoutes(deps: LogLevelDeps): Route[] {
  return [listLevels(deps), postLevel(deps)];
}

function listLevels({ db }: LogLevelDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/log-levels",
    tag: TAG,
    summary: "How much each kind of process logs",
    permission: "lanes:manage",
    answers: { 200: { description: "A level for each kind of process.", schema: logLevelsOut } },
    handler: async ({ caller }) => {
      refuseLimited(caller);
      return { status: 200, body: showLevels(await logLevelsRead(db)) };
    },
  });
}

function postLevel({ db }: LogLevelDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/log-levels",
    tag: TAG,
    summary: "Let processes log more or less for a while",
    description:
      "Every process of that kind heeds it within some five seconds, those that start later too. Noted in the audit trail.",
    permission: "lanes:manage",
    body: logLevelChange,
    answers: { 200: { description: "What holds now.", schema: logLevelsOut } },
    handler: async ({ body, caller }) => {
      refuseLimited(caller);
      const rows = await changeLogLevels(db, {
        processes: body.process === undefined ? LOGGING_PROCESSES : [body.process],
        level: body.level,
        minutes: body.minutes,
        actor: caller.subject,
      });
      return { status: 200, body: showLevels(rows) };
    },
  });
}

function showLevels(rows: readonly LogLevelRow[]): z.input<typeof logLevelsOut> {
  const data = LOGGING_PROCESSES.map((process) => {
    const row = rows.find((one) => one.process === process);
    return {
      process,
      level: row?.level ?? null,
      until: row?.until.toISOString() ?? null,
      set_by: row?.set_by ?? null,
      set_at: row?.set_at.toISOString() ?? null,
    };
  });
  return { data, next_cursor: null };
}
