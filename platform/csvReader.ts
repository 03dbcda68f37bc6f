/**
 * CSV as batches of records over csv-parse: any line ending, quotes, ragged lines. A record is bounded, so that a quote that
 * is never closed ends in an error with its line and not in a full memory.
 */
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { StocklineError } from "../domain/errors.ts";

/** Characters that one record may have. */
const RECORD_CHARS_MAX = 1_048_576;
/** Records that are handed on together. */
const BATCH_RECORDS = 1_000;

/** The text is no CSV from some line on. */
export class CsvFormatError extends StocklineError {}

/** Reads the text as records, batch by batch; a blank line is a record of one empty cell. Throws CsvFormatError. */
export async function* readCsv(
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<string[][]> {
  const parser = parse({
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: RECORD_CHARS_MAX,
  });
  const source = Readable.from(text, { objectMode: true });
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let batch: string[][] = [];
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      batch.push(record);
      if (batch.length < BATCH_RECORDS) continue;
      yield batch;
      batch = [];
    }
  } catch (thrown) {
    throw thrown instanceof CsvError ? worded(thrown) : thrown;
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (batch.length > 0) yield batch;
}

function worded(error: CsvError): CsvFormatError {
  const line = typeof error["lines"] === "number" ? ` near line ${error["lines"]}` : "";
  const detail =
    error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_MAX_RECORD_SIZE"
      ? `the file has a quote that is never closed${line}, or a record of more than ${RECORD_CHARS_MAX} characters; close the quote`
      : `the file can't be read as CSV${line}: ${error.code}`;
  return new CsvFormatError({ code: "csv_format", detail, cause: error });
}
