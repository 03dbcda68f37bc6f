/** Schemas of imports: what an upload says besides its file, and how an import is shown. */
import { z } from "zod";
import { describeFault, InvalidInputError, toError } from "../../domain/errors.ts";
import { IMPORT_KINDS, IMPORT_STATUSES, type ImportKind } from "../../domain/importWords.ts";
import { parseJson } from "../../domain/parseJson.ts";
import { IMPORT_PHASES, importMapping } from "../../pipelines/import/index.ts";
import { timeOut } from "../http/fields.ts";
import { LIMIT_MAX, pageOf, pageQuery } from "../http/pagination.ts";

const kindField = z
  .string()
  .transform((text, check): ImportKind => {
    const kind = IMPORT_KINDS.find((known) => known === text);
    if (kind !== undefined) return kind;
    check.addIssue({
      code: "custom",
      message: describeFault({
        thing: "kind",
        found: text,
        expected: `one of ${IMPORT_KINDS.join(", ")}`,
      }),
      params: { code: "not_allowed", worded: true },
    });
    return z.NEVER;
  })
  .meta({ enum: [...IMPORT_KINDS] });

const mappingField = importMapping.meta({
  description:
    'JSON: { "columns": { "Their column": "our_field" }, "defaults": {…}, "values": { "type": { "W": "receipt" } }, "options": { "delimiter", "encoding", "sheet", "decimal", "date_format", "time_zone" } }; every part optional.',
});

/** A form field or query parameter holds the mapping as text: reads it, so that faults name what stands in it. */
export function withMapping(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { mapping } = given;
  if (typeof mapping !== "string") return { ...given };
  try {
    return { ...given, mapping: mapping.trim() === "" ? {} : parseJson(mapping) };
  } catch (thrown) {
    const detail = `mapping can't be read: ${toError(thrown).message}`;
    throw new InvalidInputError(
      [{ pointer: "/mapping", code: "mapping_format", detail }],
      "mapping_format",
    );
  }
}

const forceField = z
  .preprocess(
    (given) => (typeof given === "string" ? (FORCE_WORDS[given.toLowerCase()] ?? given) : given),
    z.boolean(),
  )
  .meta({ description: "true: import the same content once more." });

const FORCE_WORDS: Readonly<Record<string, boolean>> = {
  "": true,
  true: true,
  "1": true,
  yes: true,
  false: false,
  "0": false,
  no: false,
};

const parameters = {
  kind: kindField,
  mode: z.enum(["commit", "dry_run"]).default("commit"),
  format: z
    .enum(["csv", "csv.gz", "xlsx"])
    .optional()
    .meta({ description: "Found out by the content where missing; csv takes gzip of CSV too." }),
  mapping: mappingField.optional(),
  on_error: z.enum(["skip", "abort"]).default("skip").meta({
    description:
      "skip: good rows go in, bad rows go to the error file. abort: nothing goes in when a row is not valid, or would find too little stock by what is there and what the rows before it do; a movement that is refused all the same when it is applied does not undo those before it.",
  }),
  force: forceField.default(false),
  stop_after_errors: z.coerce.number().int().min(1).max(1e9).optional().meta({
    description:
      "As soon as so many rows are wrong the import fails with too_many_errors, before anything is applied.",
  }),
};

/** What an upload says; by form fields or query parameters. */
export const uploadParameters = z.strictObject(parameters);
export type UploadParameters = z.output<typeof uploadParameters>;

/** The JSON form: an object of the configured bucket. */
export const sourceBody = z.strictObject({
  source: z.string().max(1_200).meta({ description: "s3://bucket/key of the configured bucket." }),
  ...parameters,
});

/** The multipart form as the document shows it. */
export const uploadForm = z.object({
  file: z.string().meta({ format: "binary", description: "The file; before or after the fields." }),
  ...parameters,
  mapping: z
    .string()
    .optional()
    .meta({ description: mappingField.meta()?.description ?? "" }),
  force: z.string().optional(),
  stop_after_errors: z.string().optional(),
});

/** Query parameters of an upload: any form field may stand here instead; they are checked together with the fields. */
export const uploadQuery = z.strictObject({
  kind: z
    .string()
    .optional()
    .meta({ enum: [...IMPORT_KINDS] }),
  mode: z.string().optional(),
  format: z.string().optional(),
  mapping: z.string().optional(),
  on_error: z.string().optional(),
  force: z.string().optional(),
  stop_after_errors: z.string().optional(),
});

/** Throws InvalidInputError where the form has no file. */
export function fileMissing(): InvalidInputError {
  const detail = describeFault({
    thing: "file",
    expected: 'a part named "file" with the file to import',
  });
  return new InvalidInputError([{ pointer: "/file", code: "required", detail }], "required");
}

const count = z.int().min(0);
const rate = z.int().min(0).nullable();

const progressOut = z.object({
  phase: z.enum(IMPORT_PHASES),
  done: count,
  total: count,
  unit: z.enum(["rows", "bytes"]),
  percent: z.int().min(0).max(100).nullable(),
  rows_per_second: rate,
  bytes_per_second: rate,
  seconds_left: rate.meta({
    description: "Of the present phase, at its rate so far; null where none can be told.",
  }),
});

export const importFilter = {
  kind: z.enum(IMPORT_KINDS).optional(),
  status: z.enum(IMPORT_STATUSES).optional(),
};

/** An import in lists. */
export const importOut = z.object({
  id: z.string(),
  kind: z.enum(IMPORT_KINDS),
  mode: z.enum(["commit", "dry_run"]),
  status: z.enum(IMPORT_STATUSES),
  rows_total: count.meta({
    description:
      "Rows of data found so far; once the import is over, applied + rejected + skipped.",
  }),
  rows_read: count,
  rows_valid: count,
  rows_invalid: count,
  rows_applied: count,
  rows_rejected: count.meta({ description: "Invalid rows, and movements refused when applied." }),
  rows_skipped: count.meta({
    description:
      "Good rows that were not applied: of dry runs, aborted and cancelled imports, and movements accepted before.",
  }),
  bytes_read: count,
  bytes_total: count,
  progress: progressOut.meta({
    description:
      "How far the import is within its present phase. Rates count from the phase's begin, or from when a worker took it up again.",
  }),
  on_error: z.enum(["skip", "abort"]),
  format: z.enum(["csv", "csv.gz", "xlsx"]).nullable().meta({
    description: "Null until a file that a worker fetches is there.",
  }),
  file_name: z.string(),
  source: z.string().nullable().meta({
    description: "Key of the bucket that a worker fetches the file from; null where it was sent.",
  }),
  stop_after_errors: count.nullable(),
  created_by: z.string(),
  created_at: timeOut,
  started_at: timeOut.nullable(),
  finished_at: timeOut.nullable(),
  error: z
    .object({ code: z.string(), detail: z.string() })
    .nullable()
    .meta({ description: "Why a failed import failed as a whole." }),
});

const errorOut = z.object({
  row: z.int().meta({
    description:
      "As a spreadsheet shows it: the header is row 1, the first row of data is 2; blank rows count.",
  }),
  column: z.string(),
  code: z.string(),
  detail: z.string(),
  value: z.string(),
});

/** What only a person can tell of a column. */
const styleQuestion = z.object({
  column: z.string().describe("Its heading in the file."),
  field: z.string(),
  code: z.enum(["number_ambiguous", "date_ambiguous"]),
  rows: z.int().describe("Cells whose reading depends on the answer."),
  examples: z.array(z.string()),
  choices: z
    .array(z.object({ value: z.string(), reads: z.record(z.string(), z.string()) }))
    .describe("Answers, each with what it makes of the examples."),
  set: z.string().describe("Where the answer goes."),
});

/** One import. */
export const importDetailOut = importOut.extend({
  detected: z.record(z.string(), z.unknown()).meta({
    description:
      "How the file was read: encoding, delimiter, sheet, header, columns, ignored_columns, styles of numbers and dates.",
  }),
  questions: z.array(styleQuestion).meta({
    description:
      "Columns that can be read in more than one way, with examples and what to put into the mapping to settle it.",
  }),
  preview: z.record(z.string(), z.unknown()).nullable().meta({
    description:
      "Of a dry run. Entities: creates, updates, unchanged. Movements: rows_by_type, rows_short, negative_levels and reorder_crossings with their totals; counts: levels_changed, levels_unchanged, variance_up, variance_down, largest_variances, reorder_crossings. A list names at most 100; levels that a count of the same movement file sets are left out.",
  }),
  changed_since_preview: z.record(z.string(), z.unknown()).nullable().meta({
    description:
      "Of the commit of a dry run: rows that fare otherwise than it foresaw, counted by how (rows_now_rejected, rows_now_accepted, creates_now_updates, …), with at most 100 examples.",
  }),
  errors_url: z.string(),
  errors_by_code: z
    .array(z.object({ code: z.string(), rows: count }))
    .nullable()
    .meta({
      description:
        "All rejected rows by code, the most frequent first; null while the import runs.",
    }),
  errors_sample: z.array(errorOut).meta({
    description: "The first rows that went wrong, at most 100.",
  }),
});

/** What GET …/errors takes. */
export const errorsQuery = z.strictObject({
  format: z.enum(["csv", "json"]).default("csv"),
  code: z.string().max(100).optional().meta({ description: "Only rows with this code." }),
  include: z.literal("skipped").optional().meta({
    description:
      "skipped: also rows that were left out though nothing is wrong with them, each with the reason as its code.",
  }),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).optional().meta({
    description: "Rows of a page of JSON; a CSV always has all rows.",
  }),
  cursor: pageQuery.cursor,
});

/** Rows that did not go in, as JSON. */
export const errorsOut = pageOf(
  errorOut.extend({ cells: z.array(z.union([z.string(), z.number()])) }),
);

/** What a commit may say. */
export const commitBody = z.strictObject({
  if_changed: z.enum(["apply", "stop"]).default("apply").meta({
    description:
      "stop: the import fails with preview_outdated, nothing applied, where a row would fare otherwise than the dry run foresaw. apply: it goes on, and tells it in changed_since_preview.",
  }),
});
