/**
 * The watched prefix: each object below <prefix><kind>/ becomes an import, each content of a key once, whoever looks and however
 * often. An object shows in S3 only once all of it is there, so no time is given for it to settle. Objects are never changed
 * or removed; what can't become an import is noted with its reason and told as an event.
 */
import { deriveId } from "../../domain/deriveId.ts";
import { describeFault, StocklineError, toError } from "../../domain/errors.ts";
import { IMPORT_KINDS, type ImportKind } from "../../domain/importWords.ts";
import { newId } from "../../platform/clock.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectFacts, ObjectStorage } from "../../platform/objectStorage.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { checkMappingFields, type ImportMapping, importMapping } from "./importMapping.ts";
import { plainName, tooLarge } from "./measureFile.ts";
import { type InboxDecision, inboxObjectsNew, inboxObjectsNote } from "./queries/inbox.ts";
import { emptyFile, fileKeyOf } from "./uploadImport.ts";

/** Who made the import of an object. */
const CREATED_BY = "inbox";
/** The mapping of a folder's files. */
const MAPPING_NAME = "_mapping.json";
const MAPPING_BYTES_MAX = 1024 * 1024;
/** Refusals that the outcome of a run names; all are counted. */
const NAMED_MAX = 20;

interface InboxDeps {
  readonly db: DbPool;
  readonly storage: Pick<ObjectStorage, "listFacts" | "facts" | "open">;
  readonly limits: FileLimits;
  /** Ends in a slash. */
  readonly prefix: string;
}

interface Refusal {
  readonly key: string;
  readonly code: string;
  readonly detail: string;
}

export interface InboxOutcome {
  /** Objects below the prefix, mappings and folder marks left out. */
  readonly objects: number;
  readonly imports_started: number;
  /** Refused by this run; refusals of earlier runs are not told again. */
  readonly refused: number;
  readonly refusals: readonly Refusal[];
  /** Objects of folders whose mapping can't be read; they are taken once it is mended. */
  readonly waiting: number;
}

/** Looks through the prefix once. Stops between two pages when the signal aborts. */
export async function takeInbox(deps: InboxDeps, signal: AbortSignal): Promise<InboxOutcome> {
  const outcome = { objects: 0, imports_started: 0, refused: 0, waiting: 0 };
  const refusals: Refusal[] = [];
  const mappings = new Mappings(deps);
  let after = "";
  for (;;) {
    signal.throwIfAborted();
    const page = await deps.storage.listFacts(deps.prefix, after);
    const last = page.at(-1)?.key;
    if (last === undefined) return { ...outcome, refusals };
    after = last;
    const told = await takePage(deps, page, mappings);
    outcome.objects += told.objects;
    outcome.imports_started += told.started;
    outcome.refused += told.refusals.length;
    outcome.waiting += told.waiting;
    refusals.push(...told.refusals.slice(0, NAMED_MAX - refusals.length));
  }
}

async function takePage(deps: InboxDeps, page: readonly ObjectFacts[], mappings: Mappings) {
  const files = page.filter(({ key }) => isFile(key));
  const fresh = new Set(await inboxObjectsNew(deps.db, files));
  const decisions: InboxDecision[] = [];
  let waiting = 0;
  for (const object of files.filter(({ key }) => fresh.has(key))) {
    const decision = await decide(deps, object, mappings);
    if (decision === undefined) waiting += 1;
    else decisions.push(decision);
  }
  const noted = await note(deps.db, [...mappings.takeRefused(), ...decisions]);
  return {
    objects: files.length,
    waiting,
    started: noted.filter(({ started }) => started !== undefined).length,
    refusals: noted.flatMap(({ key, refused }) =>
      refused === undefined ? [] : { key, ...refused },
    ),
  };
}

/** Folder marks, and names that begin with "_" or ".", are nobody's data: mappings and the marks of other tools. */
function isFile(key: string): boolean {
  const name = key.split("/").at(-1) ?? "";
  return name !== "" && !/^[_.]/.test(name);
}

/** What becomes of an object; undefined while the mapping of its folder can't be read. */
async function decide(
  deps: InboxDeps,
  object: ObjectFacts,
  mappings: Mappings,
): Promise<InboxDecision | undefined> {
  const refused = (error: StocklineError) => ({
    ...object,
    refused: { code: error.code, detail: error.message },
  });
  const kind = kindOfKey(deps.prefix, object.key);
  if (kind instanceof StocklineError) return refused(kind);
  const fileName = plainName(object.key);
  if (object.bytes === 0) return refused(emptyFile(fileName));
  const { fileBytesMax } = deps.limits;
  if (object.bytes > fileBytesMax) return refused(tooLarge(fileBytesMax, object.bytes));
  const mapping = await mappings.of(kind);
  if (mapping === undefined) return undefined;
  const importId = newId();
  return {
    ...object,
    started: { importId, kind, fileName, fileKey: fileKeyOf(importId), mapping },
  };
}

function kindOfKey(prefix: string, key: string): ImportKind | StocklineError {
  const [folder = "", ...rest] = key.slice(prefix.length).split("/");
  const kind = IMPORT_KINDS.find((known) => known === folder);
  if (kind !== undefined && rest.length > 0) return kind;
  const detail = describeFault({
    thing: "folder of the object",
    found: rest.length === 0 ? prefix : `${prefix}${folder}/`,
    expected: `${prefix}<kind>/ with one of ${IMPORT_KINDS.join(", ")}`,
  });
  return new StocklineError({ code: "unknown_kind", detail });
}

/** Notes decisions and tells refusals, in one transaction; answers those that no other run had noted. */
async function note(db: DbPool, decisions: readonly InboxDecision[]): Promise<InboxDecision[]> {
  if (decisions.length === 0) return [];
  return inTransaction(db, async (tx) => {
    const keys = new Set(await inboxObjectsNote(tx, { decisions, createdBy: CREATED_BY }));
    const noted = decisions.filter(({ key }) => keys.has(key));
    await appendEvents(
      tx,
      noted.flatMap(({ key, etag, refused }) =>
        refused === undefined
          ? []
          : {
              type: "import.refused",
              entityId: deriveId(`inbox\n${key}\n${etag}`),
              subject: `inbox/${key}`,
              data: { object_key: key, etag, ...refused },
            },
      ),
    );
    return noted;
  });
}

/** The mappings of the folders, each read once a run and only where it is needed. */
class Mappings {
  readonly #deps: InboxDeps;
  readonly #read = new Map<string, Promise<ImportMapping | undefined>>();
  #refused: InboxDecision[] = [];

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  /** The mapping of a kind's folder, empty where it has none; undefined where it can't be read. */
  of(kind: ImportKind): Promise<ImportMapping | undefined> {
    const known = this.#read.get(kind) ?? this.#load(kind);
    this.#read.set(kind, known);
    return known;
  }

  /** Mappings that were found unreadable since the last call. */
  takeRefused(): InboxDecision[] {
    const refused = this.#refused;
    this.#refused = [];
    return refused;
  }

  async #load(kind: ImportKind): Promise<ImportMapping | undefined> {
    const { storage, prefix } = this.#deps;
    const object = await storage.facts(`${prefix}${kind}/${MAPPING_NAME}`);
    if (object === undefined) return {};
    const text = await readText(storage, object);
    try {
      return parseMapping(kind, text);
    } catch (thrown) {
      const detail = `${MAPPING_NAME} of ${prefix}${kind}/ can't be read: ${toError(thrown).message}; the folder's files wait until it is mended`;
      this.#refused.push({ ...object, refused: { code: "mapping_invalid", detail } });
      return undefined;
    }
  }
}

/** The object's text; undefined where it is far too large for a mapping. */
async function readText(
  storage: Pick<ObjectStorage, "open">,
  { key, bytes }: ObjectFacts,
): Promise<string | undefined> {
  if (bytes > MAPPING_BYTES_MAX) return undefined;
  const { body } = await storage.open(key);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Throws where the text is no mapping for this kind. */
function parseMapping(kind: ImportKind, text: string | undefined): ImportMapping {
  if (text === undefined) throw new Error(`it is larger than ${MAPPING_BYTES_MAX} bytes`);
  const parsed = importMapping.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((fault) => `/${fault.path.join("/")}: ${fault.message}`);
    throw new Error(faults.join("; "));
  }
  checkMappingFields(kind, parsed.data);
  return parsed.data;
}
