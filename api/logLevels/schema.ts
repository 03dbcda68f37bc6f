/** What log levels look like. */
import { z } from "zod";
import { LOG_LEVELS, LOGGING_PROCESSES } from "../../pipelines/logLevels/index.ts";
import { timeOut } from "../http/fields.ts";

const MINUTES_MAX = 24 * 60;

const logLevelOut = z.object({
  process: z.string(),
  level: z.string().nullable().describe("Null: as the process is configured (LOG_LEVEL)."),
  until: timeOut.nullable(),
  set_by: z.string().nullable(),
  set_at: timeOut.nullable(),
});

export const logLevelsOut = z.object({ data: z.array(logLevelOut), next_cursor: z.null() });

export const logLevelChange = z.strictObject({
  process: z.enum(LOGGING_PROCESSES).optional().describe("All kinds of processes when left out."),
  level: z
    .enum(LOG_LEVELS)
    .nullable()
    .describe("Least level that is logged; null: as the processes are configured."),
  minutes: z
    .int()
    .min(1)
    .max(MINUTES_MAX)
    .default(60)
    .describe("After that they log as they are configured again."),
});
