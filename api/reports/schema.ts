/** What a report request takes and what a report looks like. */
import { z } from "zod";
import { REPORT_FORMATS, REPORT_NAMES, type ReportName } from "../../domain/reportWords.ts";
import { REPORTS } from "../../pipelines/export/index.ts";
import { codeField, timeField, timeOut } from "../http/fields.ts";

const momentField = timeField.transform((time) => time.toISOString());

/** What a report is asked to hold. */
export const parametersBody = z.strictObject({
  warehouse: codeField.optional().describe("Code; only rows of this warehouse."),
  sku_prefix: codeField.optional().describe("Only items whose SKU begins so."),
  fresh: z
    .boolean()
    .optional()
    .describe(
      "Of a report that reads a view: read the tables as they are now instead of a view up to five minutes old.",
    ),
  from: momentField
    .optional()
    .describe("Start of the period, included. A year before its end where not given."),
  to: momentField.optional().describe("End of the period, excluded. Now where not given."),
  as_of: momentField.optional().describe("The past moment. Now where not given."),
});

/** POST /v1/reports. */
export const reportBody = z
  .strictObject({
    report: z.enum(REPORT_NAMES),
    format: z.enum(REPORT_FORMATS).default("csv"),
    parameters: parametersBody.default({}),
  })
  .check(({ value, issues }) => {
    for (const [name, expected] of refusals(value)) {
      issues.push({
        code: "custom",
        path: ["parameters", name],
        input: value.parameters[name],
        message: expected,
        params: { code: "not_allowed" },
      });
    }
  });

const PERIOD = ["from", "to", "as_of"] as const;

interface Asked {
  readonly report: ReportName;
  readonly parameters: {
    readonly fresh?: boolean | undefined;
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    readonly as_of?: string | undefined;
  };
}

/** Parameters that the report does not take, or that contradict each other, each with what was expected. */
export function refusals({
  report,
  parameters,
}: Asked): ["fresh" | "from" | "to" | "as_of", string][] {
  const { source, parameters: known } = REPORTS[report];
  const { from, to } = parameters;
  const foreign = PERIOD.filter((name) => parameters[name] !== undefined && !known.includes(name));
  return [
    ...foreign.map((name): ["from" | "to" | "as_of", string] => [
      name,
      `no such parameter for ${report}, which takes ${["warehouse", "sku_prefix", ...known].join(", ")}`,
    ]),
    ...(parameters.fresh !== undefined && !("view" in source)
      ? [
          ["fresh", `no such parameter for ${report}, which is always read live`] as [
            "fresh",
            string,
          ],
        ]
      : []),
    ...(from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)
      ? [["to", `a time after from (${from})`] as ["to", string]]
      : []),
  ];
}

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
  reused: z
    .boolean()
    .describe(
      "Whether it shows the file of an earlier report that would have been written the same.",
    ),
  as_of: timeOut.nullable().describe("The moment that the rows tell of."),
  age_seconds: z.number().nullable().describe("How old that moment is now."),
  expired_at: timeOut
    .nullable()
    .describe("When its file was given up (REPORT_FILES_DAYS): from then on there is no link."),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  requested_by: z.string(),
  schedule_id: z.string().nullable().describe("The schedule that asked for it."),
  slot: timeOut.nullable().describe("The tick, or the beginning of the day, that it answers."),
  delivery: z
    .object({
      status: z.enum(["pending", "delivered", "failed"]),
      attempts: z.int(),
      error: z.string().nullable(),
    })
    .nullable()
    .describe("Whether the schedule's webhook was told; null where there is none."),
  created_at: timeOut,
  started_at: timeOut.nullable(),
  finished_at: timeOut.nullable(),
});
