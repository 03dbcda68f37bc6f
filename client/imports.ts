/**
 * Imports through the public API: send a file, follow it to its end, read what became of it. The
 * same content sent twice is answered as a duplicate that names the first import, not as an error.
 */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isProblem, type StocklineClient } from "./stocklineClient.ts";

/** How often the state of a running import is asked for. */
const POLL_MS = 200;

const OPEN = new Set(["uploaded", "reading", "checking", "applying"]);

const count = z.number().nullish();
const rowError = z.looseObject({
  row: z.number().nullish(),
  column: z.string().nullish(),
  code: z.string(),
  detail: z.string().nullish(),
  value: z.unknown(),
});
const importState = z.looseObject({
  id: z.string(),
  kind: z.string(),
  mode: z.string(),
  status: z.string(),
  rows_total: count,
  rows_read: count,
  rows_valid: count,
  rows_invalid: count,
  rows_applied: count,
  rows_rejected: count,
  rows_skipped: count,
  bytes_read: count,
  bytes_total: count,
  started_at: z.string().nullish(),
  finished_at: z.string().nullish(),
  error: z.looseObject({ code: z.string(), detail: z.string() }).nullish(),
  preview: z.record(z.string(), z.unknown()).nullish(),
  errors_sample: z.array(rowError).nullish(),
});
const accepted = z.looseObject({ id: z.string() });

/** An import as the API shows it. */
export type ImportState = z.output<typeof importState>;
/** A row that did not go in. */
export type RowError = z.output<typeof rowError>;

export interface FileToImport {
  readonly name: string;
  readonly content: Blob;
  readonly kind: string;
  readonly mode?: string | undefined;
  readonly onError?: string | undefined;
  /** The `mapping` document of the contract, as JSON. */
  readonly mapping?: string | undefined;
  readonly force?: boolean | undefined;
}

/** A file was taken in, or its content was known: then `id` is the first import's. */
export interface SentImport {
  readonly id: string;
  readonly duplicate: boolean;
}

/** Uploads one file. Throws ApiProblemError for every refusal but a duplicate. */
export async function sendImport(client: StocklineClient, file: FileToImport): Promise<SentImport> {
  const form = new FormData();
  const fields = { kind: file.kind, mode: file.mode, on_error: file.onError };
  for (const [name, value] of Object.entries({ ...fields, mapping: file.mapping })) {
    if (value !== undefined) form.set(name, value);
  }
  if (file.force === true) form.set("force", "true");
  form.set("file", file.content, file.name);
  try {
    const { id } = await client.post(accepted, "/v1/imports", { form });
    return { id, duplicate: false };
  } catch (error) {
    const first = isProblem(error, "duplicate_import") ? error.member("import_id") : undefined;
    if (first === undefined) throw error;
    return { id: first, duplicate: true };
  }
}

/** Reads an import. */
function readImport(client: StocklineClient, id: string): Promise<ImportState> {
  return client.get(importState, `/v1/imports/${id}`);
}

export interface FollowOptions {
  readonly onState?: (state: ImportState) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Follows an import to its end, however it ends; tells every state that was seen on the way. */
export async function followImport(
  client: StocklineClient,
  id: string,
  { onState, signal }: FollowOptions = {},
): Promise<ImportState> {
  for (;;) {
    const state = await readImport(client, id);
    onState?.(state);
    if (!OPEN.has(state.status)) return state;
    await pause(POLL_MS, undefined, { signal });
  }
}

/** Where the rejected rows of an import can be downloaded. */
export function errorsUrl(client: StocklineClient, id: string): string {
  return new URL(`/v1/imports/${id}/errors`, client.url).href;
}
