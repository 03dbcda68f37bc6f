/**
 * JSON log lines on standard output, one record a line. Each names its stream, so that a collector can send them to different places:
 * "access" (requests, sampled), "audit" (who asked for which change), "error" (level error and above), "application" (all else).
 * Personal data and secrets are redacted by path, and a database's error loses what it quotes of rows.
 */
import { type Logger, pino } from "pino";
import { traceFields } from "./tracing.ts";

export type Log = Logger;

const REDACTED_PATHS = [
  "*.password",
  "*.token",
  "*.access_token",
  "*.refresh_token",
  "*.authorization",
  "*.email",
  "*.phone",
  "*.contact_name",
];

const LEVEL_ERROR = 50; // pino's number; fatal is 60
/** What PostgreSQL's errors quote of rows and statements. */
const QUOTED = ["detail", "where", "hint", "internalQuery", "query", "parameters"];

/** Makes the process's logger. */
export function createLog(options: { readonly process: string; readonly level: string }): Log {
  return pino({
    level: options.level,
    base: { process: options.process, pid: process.pid },
    // what a line says itself goes before the mixin
    mixin: (_line: object, level: number) => ({
      stream: level >= LEVEL_ERROR ? "error" : "application",
      ...traceFields(),
    }),
    serializers: { err: shownError },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED_PATHS, censor: "[redacted]" },
  });
}

/** An error as it is logged. */
function shownError(err: Error): object {
  const shown = pino.stdSerializers.err(err);
  // Own fields of the error are copied; StocklineErrors tell by code and context, whose words are ours.
  if (!("severity" in err)) return shown;
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !QUOTED.includes(name)));
}
