/**
 * A person's data: all of it as one document, and its erasure. A person is named by e-mail, phone, or reference of a customer. What
 * is append-only holds none of it (events and audit entries are redacted); what can't be reached from here is told: files of imports
 * until their time is up.
 */
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import { type Db, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { auditNote } from "../audit/index.ts";
import { type CustomerMovement, customerMovements, forgetCustomer } from "../customers/index.ts";
import { type Bearers, eraseUsers } from "../identity/index.ts";
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
  readonly bearers: Pick<Bearers, "changed">;
}

/** Names a person; a customer by the reference that movements named. */
export interface PersonKey {
  readonly by: "email" | "phone" | "customer";
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
  /** Movements that named the customer, the newest first, up to MOVEMENTS_MAX. */
  readonly movements: readonly CustomerMovement[];
  readonly movements_total: number;
  readonly import_files: readonly ImportFile[];
  /** Events from before events were redacted. */
  readonly events_from_before: number;
}

/** One document holds no more movements of a customer than this; how many there are is told. */
const MOVEMENTS_MAX = 10_000;

/** Everything that is held of a person; reading it is noted in the audit trail. */
export async function exportPerson(deps: PersonDeps, person: PersonKey): Promise<PersonDocument> {
  const { db, personal } = deps;
  await personal.ready();
  return inTransaction(db, async (tx) => {
    const found = await find(tx, personal, { person, lock: false });
    const suppliers = await personal.openRows(PERSONAL_TABLES.suppliers, found.suppliers);
    const users = await personal.openRows(PERSONAL_TABLES.users, found.users);
    const { movements, total } = await movementsOf(tx, personal, person);
    await note(tx, "exported", { ...found, movements: total });
    const left = await elsewhere(tx, found);
    return { suppliers, users, movements, movements_total: total, ...left };
  });
}

export interface Erasure {
  readonly suppliers: number;
  readonly import_rows: number;
  /** Users whose name, e-mail and password were taken away; they can't sign in any more, their ids stay in the audit trail. */
  readonly users: number;
  /** The last administrator, who must be replaced first. */
  readonly users_left: readonly string[];
  /** Movements that name the customer no more. */
  readonly movements: number;
  /** Files that hold them until IMPORT_FILES_DAYS is over; remove the objects to be done at once. */
  readonly import_files: readonly ImportFile[];
  readonly events_from_before: number;
}

/** Takes a person's data away: contacts of suppliers, staged rows of imports, users, customers of movements. Twice does no harm. */
export async function erasePerson(deps: PersonDeps, person: PersonKey): Promise<Erasure> {
  const { db, personal, bearers } = deps;
  await personal.ready();
  const { ended, ...erasure } = await inTransaction(db, async (tx) => {
    const found = await find(tx, personal, { person, lock: true });
    const left = await elsewhere(tx, found);
    const suppliers = await supplierPersonErase(tx, idsOf(found.suppliers));
    const rows = await stagedRowsErase(tx, codesOf(found.suppliers));
    const users = await eraseUsers(tx, personal, idsOf(found.users));
    const movements =
      person.by === "customer" ? await forgetCustomer(tx, personal, person.value) : 0;
    await note(tx, "erased", { ...found, movements });
    return {
      suppliers,
      import_rows: rows,
      users: users.erased.length,
      users_left: users.left,
      movements,
      ...left,
      ended: users.ended,
    };
  });
  await bearers.changed(ended);
  return erasure;
}

type FoundRow = PersonalRow & { readonly id: string };

interface Found {
  readonly suppliers: readonly FoundRow[];
  readonly users: readonly FoundRow[];
}

async function find(
  tx: Db,
  personal: PersonalData,
  { person, lock }: { person: PersonKey; lock: boolean },
): Promise<Found> {
  const { by, value } = person;
  if (by === "customer") return { suppliers: [], users: [] };
  const index = personal.indexOf(by, value);
  const args = { column: by, indexColumn: `${by}_index`, index, text: value, lock };
  const suppliers = await personalRowsFind(tx, PERSONAL_TABLES.suppliers, args);
  const users = by === "email" ? await personalRowsFind(tx, PERSONAL_TABLES.users, args) : [];
  return { suppliers, users };
}

async function movementsOf(
  tx: Db,
  personal: PersonalData,
  { by, value }: PersonKey,
): Promise<{ movements: CustomerMovement[]; total: number }> {
  if (by !== "customer") return { movements: [], total: 0 };
  return customerMovements({ db: tx, personal }, { reference: value, limit: MOVEMENTS_MAX });
}

async function elsewhere(tx: Db, found: Found) {
  return {
    import_files: await stagedRowsFind(tx, codesOf(found.suppliers)),
    events_from_before: await plainEventsCount(tx, idsOf(found.suppliers)),
  };
}

/** One note a row, which names the row and never the person; of a customer's movements how many they were. */
async function note(
  tx: Db,
  action: "exported" | "erased",
  found: Found & { readonly movements: number },
): Promise<void> {
  for (const [kind, rows] of [
    ["supplier", found.suppliers],
    ["user", found.users],
  ] as const) {
    for (const { id } of rows) {
      await auditNote(tx, { action: `person_${action}`, entityType: kind, entityId: id });
    }
  }
  if (found.movements === 0) return;
  await auditNote(tx, {
    action: `person_${action}`,
    entityType: "customer",
    entityId: "[hidden]",
    after: { movements: found.movements },
  });
}

function idsOf(rows: readonly FoundRow[]): string[] {
  return rows.map(({ id }) => id);
}

function codesOf(rows: readonly FoundRow[]): string[] {
  return rows.map((row) => String(row["code"]));
}
