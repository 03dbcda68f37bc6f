/** Baseline of imports: one COPY of the CSV file, as it is, into a table. Writes one line of JSON: CopyResult. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { openPlainClient } from "./plainClient.ts";

export interface CopyOptions {
  readonly url: string;
  readonly file: string;
  /** The COPY statement. */
  readonly statement: string;
}

/** What the program writes to standard output. */
export interface CopyResult {
  readonly seconds: number;
}

const { url, file, statement } = JSON.parse(process.argv[2] ?? "{}") as CopyOptions;
const client = await openPlainClient(url);
const begun = performance.now();
await pipeline(
  createReadStream(file, { highWaterMark: 2 ** 20 }),
  client.query(copyFrom(statement)),
);
const result: CopyResult = { seconds: (performance.now() - begun) / 1_000 };
await client.end();
process.stdout.write(`${JSON.stringify(result)}\n`);
