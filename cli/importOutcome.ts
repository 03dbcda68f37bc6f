/** How the import commands follow an import, tell its end, save its rejected rows, and which status they end with. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createProgressView, type ProgressView } from "../client/importProgress.ts";
import { summarizeImport } from "../client/importSummary.ts";
import { errorsUrl, followImport, type ImportState } from "../client/imports.ts";
import { counted } from "../client/textTable.ts";
import type { ActionContext } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

/** Follows an import to its end: a bar at a terminal, lines elsewhere. */
export async function follow(
  context: ActionContext,
  id: string,
  label: string,
): Promise<ImportState> {
  const { err, signal } = context.io;
  const view = progressView(context, label);
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

/** Shows how far something is: a bar at a terminal, plain or JSON lines elsewhere. */
export function progressView({ io: { err }, json }: ActionContext, label: string): ProgressView {
  const form = json ? "json" : err.isTTY === true ? "bar" : "lines";
  return createProgressView({ label, form, stream: err });
}

/** Writes what became of an import, and its rejected rows to the file `errors`. */
export async function conclude(
  context: ActionContext,
  state: ImportState,
  errors: string | undefined,
): Promise<void> {
  const { client } = context;
  const url = errorsUrl(client, state.id);
  context.answer({ ...state, errors_url: url }, () =>
    summarizeImport({ state, errorsUrl: url }).join("\n"),
  );
  if (errors !== undefined && state.rows_rejected) await saveErrors(context, state, errors);
}

async function saveErrors(
  { client, io }: ActionContext,
  { id, rows_rejected: rejected }: ImportState,
  file: string,
): Promise<void> {
  const { body } = await client.download(`/v1/imports/${id}/errors`);
  const rows = body === null ? Readable.from([]) : Readable.fromWeb(body);
  await pipeline(rows, createWriteStream(file), { signal: io.signal });
  io.err.write(`${counted(rejected ?? 0, "rejected row")} saved to ${file}\n`);
}

/** 0 where all rows went in (or would), 5 where the import as a whole did not, else 1. */
export function statusOf(state: ImportState): ExitCode {
  if (state.status === "completed") return EXIT.ok;
  return state.status === "completed_with_errors" ? EXIT.incomplete : EXIT.failed;
}
