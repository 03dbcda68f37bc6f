/** `report` asks for a report, and with --wait or --output sees it to its end and saves the file. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import type { Report } from "../client/answers.ts";
import { awaitReport, startReport } from "../client/runs.ts";
import { unchecked } from "../client/stocklineClient.ts";
import { byteSize, counted } from "../client/textTable.ts";
import { type ActionContext, runAction, type Shell } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { UsageError } from "./usageError.ts";

interface ReportOptions {
  readonly format: string;
  readonly warehouse?: string;
  readonly skuPrefix?: string;
  readonly fresh?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly wait?: boolean;
  readonly output?: string;
}

/** Adds the command. */
export function addReportCommand(program: Command, shell: Shell): void {
  program
    .command("report")
    .summary("write a report")
    .description("Asks for a report; a worker writes it to object storage.")
    .argument("<name>", "e.g. current_inventory, low_stock, movement_history")
    .option("--format <format>", "csv, csv.gz, xlsx, parquet or jsonl", "csv")
    .option("--warehouse <code>", "only this warehouse")
    .option("--sku-prefix <text>", "only items whose SKU begins so")
    .option("--fresh", "read the tables as they are now, not a view a few minutes old")
    .option("--from <time>", "start of the period, included, e.g. 2026-01-01T00:00:00Z")
    .option("--to <time>", "end of the period, excluded")
    .option("--as-of <time>", "the past moment of stock_as_of")
    .option("--wait", "wait until it is written, and print where to download it")
    .option("--output <file>", "wait, and save it here")
    .action((name: string, options: ReportOptions, command: Command) =>
      runAction(shell, command, (context) => report(context, name, options)),
    );
}

async function report(
  context: ActionContext,
  name: string,
  options: ReportOptions,
): Promise<ExitCode> {
  const { client, io } = context;
  const wanted = { report: name, format: options.format, parameters: parametersOf(options) };
  const asked = await startReport(client, unchecked(wanted));
  if (options.wait !== true && options.output === undefined) {
    context.answer(asked, () => `${asked.report} is ${asked.status}\n${asked.id}`);
    return EXIT.ok;
  }
  const done = await awaitReport(client, asked.id, { signal: io.signal });
  if (done.status === "completed" && options.output !== undefined) {
    await save(context, done, options.output);
  }
  context.answer(done, () => describe(done, options.output));
  return done.status === "completed" ? EXIT.ok : EXIT.incomplete;
}

function parametersOf(options: ReportOptions): Record<string, unknown> {
  const { warehouse, skuPrefix, fresh, from, to, asOf } = options;
  const all = { warehouse, sku_prefix: skuPrefix, fresh, from, to, as_of: asOf };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Saves the file whole or not at all: it gets its name when the last byte is written. */
async function save({ client, io }: ActionContext, done: Report, output: string): Promise<void> {
  if (!done.download_url) throw new Error(`report ${done.id} is completed without a download_url`);
  const { body } = await client.download(done.download_url);
  if (body === null) throw new Error(`the download of report ${done.id} is empty`);
  const draft = `${output}.part`;
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(draft), { signal: io.signal });
    await rename(draft, output);
  } catch (cause) {
    await rm(draft, { force: true });
    io.signal.throwIfAborted();
    throw new UsageError(`${output} could not be written: ${String(cause)}`);
  }
}

function describe(report: Report, output: string | undefined): string {
  if (report.status !== "completed") {
    const reason = report.error ? `${report.error.code}: ${report.error.detail ?? ""}` : "";
    return `${report.report} ${report.status}: ${reason}\n${report.id}`;
  }
  const size = `${counted(report.rows ?? 0, "row")}, ${byteSize(report.bytes ?? 0)}`;
  const head = `${report.report} as of ${report.as_of ?? "?"}: ${size}`;
  if (output !== undefined) return `${head}\nsaved to ${output}`;
  return `${head}\ndownload (for a few minutes): ${report.download_url ?? "–"}`;
}
