/** JSON log lines on standard output, one record a line; personal data and secrets are redacted by path. */
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

/** Makes the process's logger. */
export function createLog(options: { readonly process: string; readonly level: string }): Log {
  return pino({
    level: options.level,
    base: { process: options.process, pid: process.pid },
    mixin: traceFields,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED_PATHS, censor: "[redacted]" },
  });
}
