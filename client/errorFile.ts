/** Counts the codes of an import's error file while it streams by; memory stays flat however long it is. */
import { TextDecoder } from "node:util";
import { parse } from "csv-parse";
import type { ImportState } from "./imports.ts";
import type { StocklineClient } from "./stocklineClient.ts";

export interface CodeCount {
  readonly code: string;
  readonly rows: number;
}

/** How often each code occurs among the rejected rows, the most frequent first. */
export async function countErrorCodes(
  client: StocklineClient,
  state: ImportState,
): Promise<CodeCount[]> {
  const sample = state.errors_sample ?? [];
  const rejected = state.rows_rejected ?? 0;
  if (rejected === 0) return [];
  if (sample.length >= rejected) return tally(sample.map(({ code }) => code));
  const { body } = await client.download(`/v1/imports/${state.id}/errors`);
  return tally(body === null ? [] : codesOf(body));
}

async function tally(codes: Iterable<string> | AsyncIterable<string>): Promise<CodeCount[]> {
  const counts = new Map<string, number>();
  for await (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, left], [, right]) => right - left);
  return sorted.map(([code, rows]) => ({ code, rows }));
}

/** The column error_code, row by row. The file has the delimiter of the one it came from. */
async function* codesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let head = "";
  const chunks = body[Symbol.asyncIterator]();
  let delimiter: string | undefined;
  while (delimiter === undefined) {
    const next = await chunks.next();
    if (next.done === true) return;
    head += decoder.decode(next.value, { stream: true });
    delimiter = /error_row(.)error_code\1error_detail/.exec(head)?.[1];
  }
  const parser = parse({ delimiter, columns: true, bom: true, relax_column_count: true });
  parser.write(head);
  const feeding = feed(parser, { [Symbol.asyncIterator]: () => chunks }, decoder);
  for await (const row of parser) yield codeOf(row);
  await feeding;
}

async function feed(
  parser: NodeJS.WritableStream,
  chunks: AsyncIterable<Uint8Array>,
  decoder: TextDecoder,
): Promise<void> {
  for await (const chunk of chunks) {
    const taken = parser.write(decoder.decode(chunk, { stream: true }));
    if (!taken) await new Promise((resolve) => parser.once("drain", resolve));
  }
  parser.end();
}

function codeOf(row: unknown): string {
  const code: unknown = typeof row === "object" && row !== null && Reflect.get(row, "error_code");
  return typeof code === "string" ? code : "unknown";
}
