/**
 * Writes one report to object storage: one snapshot of the database, streamed, measured on the way, the manifest last. Nothing
 * is visible under the key before all of it arrived; the same report written again overwrites the same keys.
 */
import { PassThrough, type Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { toError, UnavailableError } from "../../domain/errors.ts";
import type { ReportFormat } from "../../domain/reportWords.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import { type CopyOut, readSnapshot, type Snapshot } from "../../platform/readSnapshot.ts";
import type { ReadSources } from "../../platform/readSources.ts";
import { measureStream } from "./measureStream.ts";
import type { ReportObject, ReportRow } from "./queries/reports.ts";
import { logMarksRead } from "./queries/reuse.ts";
import {
  type RowForm,
  reportRowsCopy,
  snapshotTimeRead,
  viewDefinitionRead,
  viewRefreshedAtRead,
} from "./queries/snapshot.ts";
import { readLines } from "./readLines.ts";
import { REPORTS } from "./reportDefinitions.ts";
import { VIEW_AGE_SECONDS_MAX } from "./reuseReport.ts";
import { writeParquet } from "./writeParquet.ts";
import { writeXlsx } from "./writeXlsx.ts";

export interface WriteDeps {
  /** Where snapshots are read. */
  readonly reads: ReadSources;
  readonly storage: ObjectStorage;
  /** Ends the work: the worker stops, or its lease is lost. */
  readonly signal: AbortSignal;
  /** Asked before the last byte leaves: throws when the report is no longer ours to write. */
  readonly stillOurs: () => Promise<void>;
}

export interface WrittenReport {
  readonly rows: number;
  readonly asOf: Date;
  /** The view that was read as it was refreshed at asOf; null where the tables were read. */
  readonly viewRead: string | null;
  /** Where the event log stood in the snapshot. */
  readonly logMarks: string;
  readonly object: ReportObject;
}

const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/** Content types by format. */
const CONTENT_TYPES: Readonly<Record<ReportFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  "csv.gz": "application/gzip",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  parquet: "application/vnd.apache.parquet",
  jsonl: "application/x-ndjson",
};

type KeyParts = Pick<ReportRow, "id" | "report" | "created_at" | "prefix" | "partition_day"> & {
  readonly reused_manifest_key?: string | null;
};

/** Where a report's file lies: by the day that it is the partition of, or was asked for (UTC); the same at every try. */
function reportKey(row: KeyParts, name: string): string {
  const day = row.partition_day ?? row.created_at.toISOString().slice(0, 10);
  return `${row.prefix}${row.report}/date=${day}/${name}`;
}

/** Where a report's manifest lies, once it is completed. Engines that read a whole folder pass by names that begin with "_". */
export function manifestKey(row: KeyParts): string {
  return row.reused_manifest_key ?? reportKey(row, `_${row.id}.manifest.json`);
}

/** Writes the data object, then the manifest. */
export async function writeReport(deps: WriteDeps, row: ReportRow): Promise<WrittenReport> {
  const written = await store(deps, row);
  failPoint("export.before_manifest");
  await deps.storage.putText(
    manifestKey(row),
    JSON.stringify(manifestOf(row, written), null, 2),
    "application/json",
  );
  failPoint("export.after_manifest");
  return written;
}

function store(deps: WriteDeps, row: ReportRow): Promise<WrittenReport> {
  switch (row.format) {
    case "csv":
      return storeStream(deps, row, { form: "csv", first: BYTE_ORDER_MARK });
    case "csv.gz":
      return storeStream(deps, row, { form: "csv", first: BYTE_ORDER_MARK, pack: createGzip });
    case "jsonl":
      return storeStream(deps, row, { form: "objects" });
    case "parquet":
      return storeStream(deps, row, { form: "arrays", encode: parquetOf(row) });
    case "xlsx":
      return storeStream(deps, row, { form: "cells", encode: xlsxOf(row) });
  }
}

interface StreamForm {
  readonly form: RowForm;
  /** Bytes before those of the rows. */
  readonly first?: Buffer;
  /** Makes the file's bytes of the rows' text. */
  readonly encode?: (rows: Readable, read: { readonly asOf: Date }) => AsyncIterable<Buffer>;
  readonly pack?: () => Transform;
}

/** Rows go from the server to the storage as they come; the snapshot ends with the last row, not with the last upload. */
async function storeStream(
  deps: WriteDeps,
  row: ReportRow,
  { form, first, encode, pack }: StreamForm,
): Promise<WrittenReport> {
  const upload = createUpload(deps, row);
  const { copy, ...read } = await readRows(deps, row, form, async (read) => {
    const { stream } = read.copy;
    const bytes = encode === undefined ? stream : encode(stream, read);
    await upload.send(preceded(bytes, first), pack?.());
    return read;
  });
  return { rows: copy.rowCount(), ...read, object: await upload.finish() };
}

async function* preceded(
  rest: AsyncIterable<Buffer>,
  first: Buffer | undefined,
): AsyncGenerator<Buffer> {
  if (first !== undefined) yield first;
  yield* rest;
}

function parquetOf(row: ReportRow): NonNullable<StreamForm["encode"]> {
  return (rows, { asOf }) =>
    writeParquet(readLines(rows.setEncoding("utf8")), {
      columns: REPORTS[row.report].columns,
      metadata: {
        "stockline.report": row.report,
        "stockline.report_id": row.id,
        "stockline.as_of": asOf.toISOString(),
      },
    });
}

function xlsxOf(row: ReportRow): NonNullable<StreamForm["encode"]> {
  return (rows, { asOf }) =>
    writeXlsx(readLines(rows.setEncoding("utf8")), {
      report: REPORTS[row.report],
      name: row.report,
      asOf,
      notes: notesOf(row),
    });
}

interface RowsRead extends Pick<WrittenReport, "asOf" | "viewRead" | "logMarks"> {
  readonly copy: CopyOut;
}

/** Opens the snapshot and hands its rows on, as text of the given form. */
async function readRows<T>(
  deps: WriteDeps,
  row: ReportRow,
  form: RowForm,
  take: (read: RowsRead) => Promise<T>,
): Promise<T> {
  const { pool, asOf: currentTo } = await deps.reads.choose();
  return readSnapshot(pool, async (snapshot) => {
    const { parameters } = row;
    const snapshotAt = currentTo ?? (await snapshotTimeRead(snapshot.db));
    refuseOpenDay(row, snapshotAt);
    const { asOf, viewRead, definition } = await chooseSource(snapshot, row, snapshotAt);
    const logMarks = await logMarksRead(snapshot.db);
    const limits = {
      warehouses: row.warehouses,
      skuPrefix: parameters.sku_prefix,
      from: parameters.from,
      to: parameters.to,
      asOf: parameters.as_of,
    };
    const statement = reportRowsCopy(REPORTS[row.report], { definition, form, limits });
    return take({ copy: snapshot.copyOut(statement), asOf, viewRead, logMarks });
  });
}

/** A transaction of a day ends within this after it: statements end after 30 s, idle ones after 10 s. */
const DAY_SETTLES_MS = 60_000;

/** A day's partition is written for good, so a replica must have all of the day. Throws UnavailableError. */
function refuseOpenDay({ partition_day: day }: ReportRow, snapshotAt: Date): void {
  if (day === null || snapshotAt.getTime() >= Date.parse(day) + 86_400_000 + DAY_SETTLES_MS) return;
  throw new UnavailableError({
    code: "day_open",
    detail: `what is read has everything up to ${snapshotAt.toISOString()} only; day ${day} is not over there`,
  });
}

/** A materialized view while it is young enough, else its query over the tables as they are in this snapshot. */
async function chooseSource(
  snapshot: Snapshot,
  row: ReportRow,
  snapshotAt: Date,
): Promise<{ asOf: Date; viewRead: string | null; definition: string | undefined }> {
  const { source } = REPORTS[row.report];
  if ("query" in source) {
    const asked = new Date(row.parameters.as_of ?? snapshotAt);
    const asOf = asked < snapshotAt ? asked : snapshotAt;
    return { asOf, viewRead: null, definition: undefined };
  }
  const refreshedAt = await viewRefreshedAtRead(snapshot.db, source.view);
  const young = snapshotAt.getTime() - refreshedAt.getTime() <= VIEW_AGE_SECONDS_MAX * 1_000;
  if (young && row.parameters.fresh !== true) {
    return { asOf: refreshedAt, viewRead: source.view, definition: undefined };
  }
  const definition = await viewDefinitionRead(snapshot.db, source.view);
  return { asOf: snapshotAt, viewRead: null, definition };
}

const PERIOD = ["from", "to", "as_of"] as const;

function notesOf(row: ReportRow): [string, string][] {
  return [
    ["warehouses", row.warehouses === null ? "all" : row.warehouses.join(", ")],
    ["SKU begins with", row.parameters.sku_prefix ?? "(any)"],
    ...PERIOD.flatMap((name): [string, string][] => {
      const given = row.parameters[name];
      return given === undefined ? [] : [[name, given]];
    }),
  ];
}

interface ReportUpload {
  /** Ends when all bytes of the source, packed where asked, are on their way. */
  send(source: AsyncIterable<Buffer>, pack?: Transform): Promise<void>;
  /** Ends when the object is there. */
  finish(): Promise<ReportObject>;
}

function createUpload(deps: WriteDeps, row: ReportRow): ReportUpload {
  const key = reportKey(row, `${row.id}.${row.format}`);
  const measured = measureStream({ beforeEnd: deps.stillOurs });
  const body = new PassThrough();
  let stored: Promise<Error | undefined> = Promise.resolve(undefined);
  const put = async (): Promise<Error | undefined> => {
    try {
      await deps.storage.put(key, body, CONTENT_TYPES[row.format]);
      return undefined;
    } catch (thrown) {
      const failure = toError(thrown);
      body.destroy(failure);
      return failure;
    }
  };
  return {
    send: async (source, pack) => {
      stored = put();
      const { signal } = deps;
      try {
        const watched = watchedSource(source);
        if (pack === undefined) await pipeline(watched, measured.pass, body, { signal });
        else await pipeline(watched, pack, measured.pass, body, { signal });
      } catch (thrown) {
        await stored; // the parts that arrived are removed
        throw thrown;
      }
    },
    finish: async () => {
      const failure = await stored;
      if (failure !== undefined) throw failure;
      return { key, ...measured.result() };
    },
  };
}

/** Marks each chunk on its way, for the fault suite. */
async function* watchedSource(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    failPoint("export.during_rows");
    yield chunk;
  }
}

function manifestOf(row: ReportRow, written: WrittenReport): Readonly<Record<string, unknown>> {
  return {
    report_id: row.id,
    report: row.report,
    format: row.format,
    parameters: row.parameters,
    warehouses: row.warehouses,
    as_of: written.asOf.toISOString(),
    rows: written.rows,
    bytes: written.object.bytes,
    sha256: written.object.sha256,
    objects: [written.object],
    schema: REPORTS[row.report].columns,
  };
}
