/**
 * `import` sends a file, streamed from disk, and by itself sees the import to its end: a bar at a
 * terminal, lines elsewhere, a summary at the end. Status 1 where rows were rejected.
 */
import { openAsBlob } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import { z } from "zod";
import { countErrorCodes } from "../client/errorFile.ts";
import { createProgressView } from "../client/importProgress.ts";
import { summarizeImport } from "../client/importSummary.ts";
import { errorsUrl, followImport, type ImportState, sendImport } from "../client/imports.ts";
import { counted } from "../client/textTable.ts";
import { toError } from "../domain/errors.ts";
import { type ActionContext, runAction, type Shell } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { UsageError } from "./usageError.ts";

const KINDS = [
  "items",
  "suppliers",
  "warehouses",
  "supplier_items",
  "reorder_policies",
  "movements",
  "counts",
  "purchase_orders",
];

interface ImportOptions {
  readonly kind: string;
  readonly mode: string;
  readonly onError: string;
  readonly mapping?: string;
  readonly sheet?: string;
  readonly force?: boolean;
  readonly wait: boolean;
  readonly errors?: string;
}

/** Adds the command. */
export function addImportCommand(program: Command, shell: Shell): void {
  program
    .command("import")
    .summary("import a CSV or XLSX file")
    .description("Imports a CSV (also gzip) or XLSX file and waits for the end.")
    .argument("<file>", "the file")
    .addOption(new Option("--kind <kind>", "what it holds").choices(KINDS).makeOptionMandatory())
    .addOption(
      new Option("--mode <mode>", "dry_run tells what would happen")
        .choices(["dry_run", "commit"])
        .default("commit"),
    )
    .addOption(
      new Option("--on-error <what>", "abort: nothing goes in where a row is wrong")
        .choices(["skip", "abort"])
        .default("skip"),
    )
    .option("--mapping <json>", "mapping as JSON, or the name of a file that holds it")
    .option("--sheet <name>", "sheet of an XLSX file (default: the first)")
    .option("--force", "import content that was imported before once more")
    .option("--errors <file>", "save the rejected rows here")
    .option("--wait", "wait for the end (the default)", true)
    .option("--no-wait", "answer as soon as the file is taken in")
    .action((file: string, options: ImportOptions, command: Command) =>
      runAction(shell, command, (context) => importFile(context, file, options)),
    );
}

async function importFile(
  context: ActionContext,
  file: string,
  options: ImportOptions,
): Promise<ExitCode> {
  const { client } = context;
  const sent = await sendImport(client, {
    name: basename(file),
    content: await openFile(file),
    kind: options.kind,
    mode: options.mode,
    onError: options.onError,
    mapping: await mappingOf(options),
    force: options.force,
  });
  if (sent.duplicate) {
    context.io.err.write(
      `This very file was imported before, as ${sent.id}; what follows is that import. ` +
        "--force imports it once more.\n",
    );
  }
  if (!options.wait) {
    context.answer({ id: sent.id, duplicate: sent.duplicate }, () => sent.id);
    return sent.duplicate ? EXIT.incomplete : EXIT.ok;
  }
  const state = await follow(context, sent.id, basename(file));
  await conclude(context, state, options);
  return state.status === "completed" && !sent.duplicate ? EXIT.ok : EXIT.incomplete;
}

async function openFile(file: string): Promise<Blob> {
  const found = await stat(file).catch((error: unknown) => toError(error));
  if (found instanceof Error) throw new UsageError(`${file} can't be read: ${found.message}`);
  if (!found.isFile()) throw new UsageError(`${file} is not a file; expected a CSV or XLSX file`);
  return openAsBlob(file);
}

const mappingDocument = z.looseObject({ options: z.looseObject({}).optional() });

/** The mapping to send as JSON; --sheet is one of its options. */
async function mappingOf({ mapping, sheet }: ImportOptions): Promise<string | undefined> {
  if (mapping === undefined && sheet === undefined) return undefined;
  const given = mapping === undefined ? {} : await readMapping(mapping);
  if (sheet === undefined) return JSON.stringify(given);
  return JSON.stringify({ ...given, options: { ...given.options, sheet } });
}

/** A mapping is JSON where it begins with a brace, else the name of a file that holds JSON. */
async function readMapping(given: string): Promise<z.output<typeof mappingDocument>> {
  const inline = given.trimStart().startsWith("{");
  const place = inline ? "--mapping" : given;
  const text = inline ? given : await readFile(given, "utf8").catch(refuseMappingFile(given));
  try {
    return mappingDocument.parse(JSON.parse(text));
  } catch (thrown) {
    throw new UsageError(`${place} is not a mapping in JSON: ${toError(thrown).message}`);
  }
}

function refuseMappingFile(name: string): (error: unknown) => never {
  return (error) => {
    throw new UsageError(`--mapping ${name} can't be read: ${toError(error).message}`);
  };
}

async function follow(context: ActionContext, id: string, label: string): Promise<ImportState> {
  const { err, signal } = context.io;
  const bar = err.isTTY === true && !context.json;
  const form = bar ? "bar" : context.json ? "json" : "lines";
  const view = createProgressView({ label, form, stream: err });
  try {
    return await followImport(context.client, id, { signal, onState: view.show });
  } catch (error) {
    if (signal.aborted) {
      err.write(
        `\nThe import goes on without this client: ${context.client.url}/v1/imports/${id}\n`,
      );
    }
    throw error;
  } finally {
    view.end();
  }
}

async function conclude(
  context: ActionContext,
  state: ImportState,
  options: ImportOptions,
): Promise<void> {
  const { client, io } = context;
  const url = errorsUrl(client, state.id);
  const codes = await countErrorCodes(client, state);
  context.answer({ ...state, errors_by_code: codes, errors_url: url }, () =>
    summarizeImport({ state, codes, errorsUrl: url }).join("\n"),
  );
  if (options.errors === undefined || !state.rows_rejected) return;
  const { body } = await client.download(`/v1/imports/${state.id}/errors`);
  await writeFile(options.errors, body ?? "", { signal: io.signal });
  io.err.write(`${counted(state.rows_rejected, "rejected row")} saved to ${options.errors}\n`);
}
