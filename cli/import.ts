/**
 * `import` sends a file, streamed from disk, and by itself sees the import to its end: a bar at a
 * terminal, lines elsewhere, a summary at the end. Status 1 where rows were rejected, 5 where the
 * import failed as a whole.
 */
import { openAsBlob } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import { z } from "zod";
import { summarizeImport } from "../client/importSummary.ts";
import { commitImport, type ImportState, type SentImport } from "../client/imports.ts";
import { toError } from "../domain/errors.ts";
import { IMPORT_KINDS } from "../domain/importWords.ts";
import { type ActionContext, rowsOption, runAction, type Shell } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { conclude, follow, statusOf } from "./importOutcome.ts";
import { sendFile } from "./importSend.ts";
import { addSteerCommands } from "./importSteer.ts";
import { saveTemplate } from "./importTemplate.ts";
import { UsageError } from "./usageError.ts";

interface ImportOptions {
  readonly kind?: string;
  readonly mode: string;
  readonly dryRun?: boolean;
  readonly commit?: boolean;
  readonly onError: string;
  readonly stopAfterErrors?: number;
  readonly mapping?: string;
  readonly sheet?: string;
  readonly force?: boolean;
  readonly direct?: boolean;
  readonly wait: boolean;
  readonly errors?: string;
  readonly template?: string;
  readonly out?: string;
}

/** Adds the command and those below it. */
export function addImportCommand(program: Command, shell: Shell): void {
  const command = program
    .command("import")
    .summary("import a CSV or XLSX file; follow, commit or cancel imports")
    .description("Imports a CSV (also gzip) or XLSX file and waits for the end.")
    .usage("[options] <file>\n       stockline import status|list|commit|cancel [options]")
    .enablePositionalOptions()
    .argument("[file]", "the file")
    .addOption(new Option("--kind <kind>", "what it holds").choices(IMPORT_KINDS))
    .addOption(
      new Option("--mode <mode>", "dry_run tells what would happen")
        .choices(["dry_run", "commit"])
        .default("commit"),
    )
    .option("--dry-run", "tell what would happen, and write nothing")
    .option("--commit", "with --dry-run: go on where nothing is wrong and nothing is asked")
    .addOption(
      new Option("--on-error <what>", "abort: nothing goes in where a row is wrong")
        .choices(["skip", "abort"])
        .default("skip"),
    )
    .option("--stop-after-errors <rows>", "fail once so many rows are wrong", rowsOption)
    .option("--mapping <json>", "mapping as JSON, or the name of a file that holds it")
    .option("--sheet <name>", "sheet of an XLSX file (default: the first)")
    .option("--force", "import content that was imported before once more")
    .option("--direct", "send in parts straight to the object storage (default from 64 MiB on)")
    .option("--no-direct", "send through the API, however large")
    .option("--errors <file>", "save the rejected rows here")
    .addOption(
      new Option("--template <kind>", "save an empty file of the kind instead").choices(
        IMPORT_KINDS,
      ),
    )
    .option("--out <file>", "with --template: where to (default: KIND.xlsx; .csv for CSV)")
    .option("--wait", "wait for the end (the default)", true)
    .option("--no-wait", "answer as soon as the file is taken in")
    .action((file: string | undefined, options: ImportOptions, self: Command) =>
      runAction(shell, self, (context) => importFile(context, file, options)),
    );
  addSteerCommands(command, shell);
}

async function importFile(
  context: ActionContext,
  file: string | undefined,
  options: ImportOptions,
): Promise<ExitCode> {
  if (options.template !== undefined) {
    await saveTemplate(context, { kind: options.template, out: options.out });
    return EXIT.ok;
  }
  if (file === undefined) throw new UsageError("missing required argument 'file'");
  const sent = await send(context, file, options);
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
  if (options.commit === true && mayCommit(state)) return goOn(context, state, options);
  await conclude(context, state, options.errors);
  if (options.commit === true) {
    context.io.err.write(`Not committed. To do it all the same: import commit ${sent.id}\n`);
    return state.status === "failed" ? EXIT.failed : EXIT.incomplete;
  }
  return sent.duplicate ? EXIT.incomplete : statusOf(state);
}

async function send(
  context: ActionContext,
  file: string,
  options: ImportOptions,
): Promise<SentImport> {
  const { kind, commit = false, dryRun = false } = options;
  if (kind === undefined) throw new UsageError("required option '--kind <kind>' not specified");
  const isDry = dryRun || options.mode === "dry_run";
  if (commit && !(isDry && options.wait)) {
    throw new UsageError(
      "--commit goes with --dry-run, and waits; without it a file goes in anyway",
    );
  }
  const toImport = {
    name: basename(file),
    content: await openFile(file),
    kind,
    mode: isDry ? "dry_run" : "commit",
    onError: options.onError,
    mapping: await mappingOf(options),
    force: options.force,
    stopAfterErrors: options.stopAfterErrors,
  };
  return sendFile(context, toImport, options.direct);
}

/** A dry run in which every row would go in, and every column was read in the one way it can be. */
function mayCommit({ mode, status, questions }: ImportState): boolean {
  return mode === "dry_run" && status === "completed" && (questions ?? []).length === 0;
}

async function goOn(
  context: ActionContext,
  dry: ImportState,
  options: ImportOptions,
): Promise<ExitCode> {
  if (!context.json)
    context.io.err.write(`${summarizeImport({ state: dry, errorsUrl: "" }).join("\n")}\n`);
  await commitImport(context.client, dry.id, "stop");
  const state = await follow(context, dry.id, dry.id.slice(0, 8));
  await conclude(context, state, options.errors);
  return statusOf(state);
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
