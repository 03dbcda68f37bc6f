/**
 * Writes a report as Parquet: decimals as DECIMAL, times as UTC timestamps, texts by dictionary where that pays, row groups with
 * statistics that engines skip by. One row group is in memory at a time.
 */
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { cellsOf, type Lines } from "./readLines.ts";
import type { ReportColumn } from "./reportDefinitions.ts";

/** Rows of a group. */
const GROUP_ROWS = 20_000;
/** Bytes of a decimal of up to 38 digits. */
const WIDE_DECIMAL_BYTES = 16;
/** A decimal of up to so many digits fits 64 bits. */
const NARROW_DIGITS = 18;
const DAY_MS = 86_400_000;

type Cell = string | number | bigint | null;

export interface ParquetOptions {
  readonly columns: readonly ReportColumn[];
  /** Kept in the file's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly groupRows?: number;
}

/** The bytes of a Parquet file of the rows, each a JSON array of the columns' cells (times in milliseconds since 1970), piece by piece. */
export async function* writeParquet(lines: Lines, options: ParquetOptions): AsyncGenerator<Buffer> {
  const { columns, metadata, groupRows = GROUP_ROWS } = options;
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: "stockline",
  });
  const group = columns.map(gatherColumn);
  let rows = 0;
  const flush = async (): Promise<Buffer> => {
    const columnData = group.map(({ name, data }) => ({ name, data }));
    if (rows > 0) await writer.write({ columnData, rowGroupSize: groupRows });
    for (const column of group) column.data = [];
    rows = 0;
    return takeBytes(bytes);
  };
  for await (const some of lines) {
    for (const line of some) {
      const cells = cellsOf(line);
      for (let at = 0; at < group.length; at += 1) group[at]?.add(cells[at]);
      rows += 1;
      if (rows >= groupRows) yield await flush();
    }
  }
  yield await flush();
  await writer.finish();
  yield takeBytes(bytes);
}

/** Values of these columns are read once and shared from then on, up to so many: quantities, costs, counts and days repeat. */
const SHARED_TYPES: readonly ReportColumn["type"][] = ["decimal", "integer", "date"];
const SHARED_MAX = 20_000;

interface GatheredColumn {
  readonly name: string;
  data: Cell[];
  add(value: string | number | null | undefined): void;
}

/** Gathers the cells of one column of a row group. */
function gatherColumn(column: ReportColumn): GatheredColumn {
  const read = SHARED_TYPES.includes(column.type) ? shared(toCell) : toCell;
  const gathered: GatheredColumn = {
    name: column.name,
    data: [],
    add: (value) => {
      gathered.data.push(value === null || value === undefined ? null : read(column, value));
    },
  };
  return gathered;
}

type ReadCell = (column: ReportColumn, value: string | number) => Cell;

function shared(read: ReadCell): ReadCell {
  const known = new Map<string | number, Cell>();
  return (column, value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const cell = read(column, value);
    if (known.size < SHARED_MAX) known.set(value, cell);
    return cell;
  };
}

/** What was written since the last time; `offset` goes on counting. */
function takeBytes(bytes: ByteWriter): Buffer {
  const taken = Buffer.from(bytes.getBytes().slice());
  bytes.index = 0;
  return taken;
}

function schemaOf(columns: readonly ReportColumn[]): SchemaElement[] {
  return [{ name: "root", num_children: columns.length }, ...columns.map(elementOf)];
}

function elementOf(column: ReportColumn): SchemaElement {
  const { name, type, precision = NARROW_DIGITS, scale = 0 } = column;
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  switch (type) {
    case "text":
      return {
        ...optional,
        type: "BYTE_ARRAY",
        converted_type: "UTF8",
        logical_type: { type: "STRING" },
      };
    case "integer":
      return { ...optional, type: "INT64" };
    case "date":
      return {
        ...optional,
        type: "INT32",
        converted_type: "DATE",
        logical_type: { type: "DATE" },
      };
    case "timestamp":
      return {
        ...optional,
        type: "INT64",
        converted_type: "TIMESTAMP_MILLIS",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
      };
    case "decimal": {
      const decimal = {
        converted_type: "DECIMAL",
        logical_type: { type: "DECIMAL", precision, scale },
        precision,
        scale,
      } as const;
      return precision <= NARROW_DIGITS
        ? { ...optional, ...decimal, type: "INT64" }
        : {
            ...optional,
            ...decimal,
            type: "FIXED_LEN_BYTE_ARRAY",
            type_length: WIDE_DECIMAL_BYTES,
          };
    }
  }
}

function toCell(column: ReportColumn, value: string | number): Cell {
  if (column.type === "timestamp") return BigInt(value);
  const text = String(value);
  switch (column.type) {
    case "text":
      return text;
    case "integer":
      return BigInt(text);
    case "date":
      return Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY_MS);
    case "decimal":
      return scaled(text, column.scale ?? 0);
  }
}

/** The decimal times 10 to the scale, exactly; a digit past the scale is an error of the definition. */
function scaled(text: string, scale: number): bigint {
  const [whole = "0", decimals = ""] = text.split(".");
  if (decimals.length > scale) throw new Error(`${text} has more than ${scale} decimals`);
  return BigInt(whole + decimals.padEnd(scale, "0"));
}
