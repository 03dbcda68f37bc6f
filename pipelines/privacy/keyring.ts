/**
 * The keys of personal data that a process holds: read from the database, opened by KMS or the key file, kept in memory. The first
 * use makes them. Other processes' new keys are looked for once a minute; a failure to look leaves what is held in use.
 */
import { UnavailableError } from "../../domain/errors.ts";
import {
  blindIndex,
  type DataKey,
  openText,
  sealingKeyOf,
  sealText,
} from "../../platform/cryptoEnvelope.ts";
import type { KeyWrapper } from "../../platform/cryptoWrapper.ts";
import type { PersonalData, PersonalTable } from "../../platform/personalData.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { type PersonalKeyRow, personalKeyInsert, personalKeysRead } from "./queries/keys.ts";

interface KeyringDeps {
  readonly db: DbPool;
  readonly wrapper: KeyWrapper;
}

/** How long a process may go on sealing with a key that another one has replaced. */
const LOOK_MS = 60_000;

interface Held {
  readonly data: ReadonlyMap<number, DataKey>;
  readonly active: DataKey;
  readonly index: Buffer;
  readonly lookedAtMs: number;
}

/** Personal data with keys from the database; nothing is asked before the first use. */
export function createPersonalData(deps: KeyringDeps): PersonalData {
  let held: Held | undefined;
  let loading: Promise<Held> | undefined;
  const load = (): Promise<Held> => {
    loading ??= loadKeys(deps, held)
      .then((found) => (held = found))
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  const present = (): Held => {
    if (held !== undefined) return held;
    throw notReady();
  };
  const keyOf = (id: number): DataKey => {
    const key = present().data.get(id);
    if (key === undefined) throw notReady();
    return key;
  };
  const openValue: PersonalData["openValue"] = ({ table }, place, text) => {
    const id = sealingKeyOf(text);
    return id === undefined ? text : openText(keyOf(id), { table, ...place }, text);
  };
  return {
    ready: async () => {
      if (held === undefined) await load();
      else if (Date.now() - held.lookedAtMs > LOOK_MS) await load().catch(() => undefined);
    },
    sealFields: (table, rowId, fields) => sealAll(present(), { table, rowId, fields }),
    openRows: async (table, rows) => {
      const wanted = keysOf(table, rows);
      if (wanted.some((id) => held?.data.has(id) !== true)) await load();
      return rows.map((row) => {
        const opened = table.columns.flatMap((column) => {
          const text = fieldOf(row, column);
          const place = { column, rowId: String(fieldOf(row, table.key)) };
          return typeof text === "string" ? [[column, openValue(table, place, text)]] : [];
        });
        return { ...row, ...Object.fromEntries(opened) };
      });
    },
    openValue,
    indexOf: (kind, text) => bytea(blindIndex(present().index, kind, text)),
    activeKey: () => present().active.id,
  };
}

/** Makes a new data key; what is written from then on is sealed with it, what is there is sealed anew by protectPersonalData. */
export async function rotateDataKey({ db, wrapper }: KeyringDeps): Promise<void> {
  const { wrapped } = await wrapper.makeKey();
  const key = { purpose: "data", wrapper: wrapper.name, wrapped, onlyFirst: false } as const;
  await inTransaction(db, (tx) => personalKeyInsert(tx, key));
}

function sealAll(
  { active, index }: Held,
  args: { table: PersonalTable; rowId: string; fields: Readonly<Record<string, unknown>> },
): Record<string, unknown> {
  const { table, rowId, fields } = args;
  const sealed: Record<string, unknown> = { ...fields };
  if (table.sealedKey !== undefined) sealed[table.sealedKey] = active.id;
  for (const column of table.columns) {
    const text = fields[column];
    if (text === undefined) continue;
    const indexed = table.indexes[column];
    if (typeof text === "string") {
      sealed[column] = sealText(active, { table: table.table, column, rowId }, text);
    }
    if (indexed === undefined) continue;
    sealed[indexed.column] =
      typeof text === "string" ? bytea(blindIndex(index, indexed.kind, text)) : null;
  }
  return sealed;
}

function bytea(bytes: Buffer): string {
  return `\\x${bytes.toString("hex")}`;
}

function fieldOf(row: object, name: string): unknown {
  return Reflect.get(row, name);
}

function keysOf(table: PersonalTable, rows: readonly object[]): number[] {
  const ids = rows.flatMap((row) =>
    table.columns.flatMap((column) => {
      const text = fieldOf(row, column);
      return typeof text === "string" ? (sealingKeyOf(text) ?? []) : [];
    }),
  );
  return [...new Set(ids)];
}

async function loadKeys(deps: KeyringDeps, before: Held | undefined): Promise<Held> {
  let rows = await personalKeysRead(deps.db);
  for (const purpose of ["data", "index"] as const) {
    if (rows.some((row) => row.purpose === purpose)) continue;
    await makeFirst(deps, purpose);
    rows = await personalKeysRead(deps.db);
  }
  const data = new Map<number, DataKey>();
  for (const row of rows.filter(({ purpose }) => purpose === "data")) {
    data.set(row.id, before?.data.get(row.id) ?? (await openRow(deps, row)));
  }
  const active = [...data.values()].at(-1);
  const indexRow = rows.find(({ purpose }) => purpose === "index");
  if (active === undefined || indexRow === undefined) throw notReady();
  const index = before?.index ?? (await openRow(deps, indexRow)).bytes;
  return { data, active, index, lookedAtMs: Date.now() };
}

async function makeFirst({ db, wrapper }: KeyringDeps, purpose: "data" | "index"): Promise<void> {
  const { wrapped } = await wrapper.makeKey();
  const key = { purpose, wrapper: wrapper.name, wrapped, onlyFirst: true };
  await inTransaction(db, (tx) => personalKeyInsert(tx, key));
}

async function openRow({ wrapper }: KeyringDeps, row: PersonalKeyRow): Promise<DataKey> {
  return { id: row.id, bytes: await wrapper.openKey(row.wrapped) };
}

function notReady(): UnavailableError {
  return new UnavailableError({
    code: "personal_data_locked",
    detail: "the keys of personal data are not there now; send the same request again",
    retryAfterSeconds: 5,
  });
}
