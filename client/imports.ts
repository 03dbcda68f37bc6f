/**
 * Imports through the public API: send a file, follow it to its end, read what became of it. The
 * same content sent twice is answered as a duplicate that names the first import, not as an error.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  type Answer,
  type Given,
  isProblem,
  type Row,
  type StocklineClient,
} from "./stocklineClient.ts";

/** Pauses between two looks at a running import: from the first, a little longer each time, to the last. */
const POLL_MS = 150;
const POLL_MS_MAX = 1_000;
const POLL_GROWTH = 1.15;

const OPEN = new Set(["uploaded", "reading", "checking", "applying"]);

/** An import as the API shows it. */
export type ImportState = Answer<"GET /v1/imports/{id}">;
/** A column that can be read in more than one way. */
export type ColumnQuestion = NonNullable<ImportState["questions"]>[number];
/** A row that did not go in. */
export type RowError = NonNullable<ImportState["errors_sample"]>[number];

/** An import in a list. */
export type ListedImport = Row<"GET /v1/imports">;

export interface FileToImport {
  readonly name: string;
  readonly content: Blob;
  readonly kind: string;
  readonly mode?: string | undefined;
  readonly onError?: string | undefined;
  /** The `mapping` document of the contract, as JSON. */
  readonly mapping?: string | undefined;
  readonly force?: boolean | undefined;
  /** So many wrong rows end the import before anything is applied. */
  readonly stopAfterErrors?: number | undefined;
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
  if (file.stopAfterErrors !== undefined) {
    form.set("stop_after_errors", String(file.stopAfterErrors));
  }
  form.set("file", file.content, file.name);
  try {
    const { id } = await client.call("POST /v1/imports", { form });
    return { id, duplicate: false };
  } catch (error) {
    const first = isProblem(error, "duplicate_import") ? error.member("import_id") : undefined;
    if (first === undefined) throw error;
    return { id: first, duplicate: true };
  }
}

/** Reads an import. */
export function readImport(client: StocklineClient, id: string): Promise<ImportState> {
  return client.call("GET /v1/imports/{id}", { path: { id } });
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
  let pauseMs = POLL_MS;
  for (;;) {
    const state = await readImport(client, id);
    onState?.(state);
    if (!OPEN.has(state.status)) return state;
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * POLL_GROWTH, POLL_MS_MAX);
  }
}

/** Imports, newest first, up to `rowsMax`. */
export function listImports(
  client: StocklineClient,
  options: Given<"GET /v1/imports"> & { readonly rowsMax: number },
): AsyncGenerator<ListedImport> {
  return client.list("GET /v1/imports", options);
}

/** Makes a finished dry run the real thing. */
export function commitImport(
  client: StocklineClient,
  id: string,
  ifChanged: "apply" | "stop",
): Promise<ImportState> {
  const body = { if_changed: ifChanged };
  return client.call("POST /v1/imports/{id}/commit", { path: { id }, body });
}

/** Asks an import to stop. */
export function cancelImport(client: StocklineClient, id: string): Promise<ImportState> {
  return client.call("POST /v1/imports/{id}/cancel", { path: { id } });
}

/** Where the rejected rows of an import can be downloaded. */
export function errorsUrl(client: StocklineClient, id: string): string {
  return new URL(`/v1/imports/${id}/errors`, client.url).href;
}
