/**
 * A person's data: all of it as one document, and its erasure. A person is named by e-mail or phone. What is append-only holds none
 * of it (events and audit entries are redacted); what can't be reached from here is told: files of imports until their time is up.
 */
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import { type Db, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { auditNote } from "../audit/index.ts";
import {
  type PersonalRow,
  personalRowsFind,
  plainEventsCount,
  stagedRowsErase,
  stagedRowsFind,
  supplierPersonErase,
} from "./queries/rows.ts";

interface PersonDeps {
  readonly db: DbPool;
  readonly personal: PersonalData;
}

/** Names a person. */
export interface PersonKey {
  readonly by: "email" | "phone";
  readonly value: string;
}

/** Files that hold what a person's rows were imported from. */
interface ImportFile {
  readonly import_id: string;
  readonly file_key: string;
  readonly rows: number;
}

export interface PersonDocument {
  readonly suppliers: readonly Readonly<Record<string, unknown>>[];
  readonly users: readonly Readonly<Record<string, unknown>>[];
  readonly import_files: readonly ImportFile[];
  /** Events from before events were redacted. */
  readonly events_from_before: number;
}

/** Everything that is held of a person; reading it is noted in the audit trail. */
export async function exportPerson(deps: PersonDeps, person: PersonKey): Promise<PersonDocument> {
  await deps.personal.ready();
  return inTransaction(deps.db, async (tx) => {
    const found = await find(tx, deps.personal, { person, lock: false });
    const suppliers = await deps.personal.openRows(PERSONAL_TABLES.suppliers, found.suppliers);
    const users = await deps.personal.openRows(PERSONAL_TABLES.users, found.users);
    await note(tx, "exported", found);
    return { suppliers, users, ...(await elsewhere(tx, found)) };
  });
}

export interface Erasure {
  readonly suppliers: number;
  readonly import_rows: number;
  /** Users keep their row, which others name: disable them and change their name and e-mail by /v1/users. */
  readonly users_left: readonly string[];
  /** Files that hold them until IMPORT_FILES_DAYS is over; remove the objects to be done at once. */
  readonly import_files: readonly ImportFile[];
  readonly events_from_before: number;
}

/** Takes a person's data away: contacts of suppliers and staged rows of imports. Twice does no harm. */
export async function erasePerson(deps: PersonDeps, person: PersonKey): Promise<Erasure> {
  await deps.personal.ready();
  return inTransaction(deps.db, async (tx) => {
    const found = await find(tx, deps.personal, { person, lock: true });
    const left = await elsewhere(tx, found);
    const suppliers = await supplierPersonErase(tx, idsOf(found.suppliers));
    const rows = await stagedRowsErase(tx, codesOf(found.suppliers));
    await note(tx, "erased", found);
    return { suppliers, import_rows: rows, users_left: idsOf(found.users), ...left };
  });
}

interface Found {
  readonly suppliers: readonly PersonalRow[];
  readonly users: readonly PersonalRow[];
}

async function find(
  tx: Db,
  personal: PersonalData,
  { person, lock }: { person: PersonKey; lock: boolean },
): Promise<Found> {
  const { by, value } = person;
  const index = personal.indexOf(by, value);
  const args = { column: by, indexColumn: `${by}_index`, index, text: value, lock };
  const suppliers = await personalRowsFind(tx, PERSONAL_TABLES.suppliers, args);
  const users = by === "email" ? await personalRowsFind(tx, PERSONAL_TABLES.users, args) : [];
  return { suppliers, users };
}

async function elsewhere(tx: Db, found: Found) {
  return {
    import_files: await stagedRowsFind(tx, codesOf(found.suppliers)),
    events_from_before: await plainEventsCount(tx, idsOf(found.suppliers)),
  };
}

/** One note a row, which names the row and never the person. */
async function note(tx: Db, action: "exported" | "erased", found: Found): Promise<void> {
  for (const [kind, rows] of [
    ["supplier", found.suppliers],
    ["user", found.users],
  ] as const) {
    for (const { id } of rows) {
      await auditNote(tx, { action: `person_${action}`, entityType: kind, entityId: id });
    }
  }
}

function idsOf(rows: readonly PersonalRow[]): string[] {
  return rows.map(({ id }) => id);
}

function codesOf(rows: readonly PersonalRow[]): string[] {
  return rows.map((row) => String(row["code"]));
}
