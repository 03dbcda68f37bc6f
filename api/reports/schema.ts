/** What a report request takes and what a report looks like. */
import { z } from "zod";
import {
  REPORT_FORMATS,
  REPORT_FORMATS_TO_COME,
  REPORT_NAMES,
  REPORT_NAMES_TO_COME,
} from "../../pipelines/export/index.ts";
import { codeField, timeOut } from "../http/fields.ts";

/** One of `known`; a name of `toCome` is refused with the word that it comes later. */
function namedField<T extends string>(known: readonly T[], toCome: readonly string[]) {
  return z
    .string()
    .max(100)
    .transform((text, check): T => {
      const name = known.find((candidate) => candidate === text);
      if (name !== undefined) return name;
      const later = toCome.includes(text);
      check.addIssue({
        code: "custom",
        message: `one of ${known.join(", ")}${later ? ` ("${text}" comes with a later version)` : ""}`,
        params: { code: later ? "not_available_yet" : "not_allowed" },
      });
      return z.NEVER;
    })
    .meta({ enum: [...known] });
}

/** POST /v1/reports. */
export const reportBody = z.strictObject({
  report: namedField(REPORT_NAMES, REPORT_NAMES_TO_COME),
  format: namedField(REPORT_FORMATS, REPORT_FORMATS_TO_COME).default("csv"),
  parameters: z
    .strictObject({
      warehouse: codeField.optional().describe("Code; only rows of this warehouse."),
      sku_prefix: codeField.optional().describe("Only items whose SKU begins so."),
      fresh: z
        .boolean()
        .optional()
        .describe("Read the tables as they are now instead of a view up to five minutes old."),
    })
    .default({}),
});

/** One report. */
export const reportOut = z.object({
  id: z.string(),
  report: z.string(),
  format: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  warehouses: z
    .array(z.string())
    .nullable()
    .describe("Warehouses that the rows are limited to; null means all."),
  status: z.enum(["queued", "running", "completed", "failed"]),
  rows: z.int().nullable(),
  bytes: z.int().nullable(),
  objects: z.array(z.object({ key: z.string(), bytes: z.int(), sha256: z.string() })),
  manifest_key: z.string().nullable(),
  download_url: z.string().nullable().describe("Made for this answer; dies after five minutes."),
  as_of: timeOut.nullable().describe("The moment that the rows tell of."),
  age_seconds: z.number().nullable().describe("How old that moment is now."),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  requested_by: z.string(),
  created_at: timeOut,
  started_at: timeOut.nullable(),
  finished_at: timeOut.nullable(),
});
