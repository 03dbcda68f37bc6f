/**
 * Which columns hold personal data, and what seals and opens them. Sealing and opening need no network once `ready` has answered;
 * a process keeps the keys it has seen, so it goes on while KMS is away. Nobody else looks into sealed values.
 */
import { type IndexedKind } from "./cryptoEnvelope.ts";

/** A table with personal data: its sealed columns, and the columns of blind indexes by the column that they find. */
export interface PersonalTable {
  readonly table:
    | "suppliers"
    | "users"
    | "webhooks"
    | "dead_letters"
    | "movement_customers"
    | "idempotency_keys"
    | "import_rows";
  /** What names a row; a sealed value is bound to it. */
  readonly key: "id" | "movement_id" | "key" | "place";
  readonly columns: readonly string[];
  readonly indexes: Readonly<
    Record<string, { readonly column: string; readonly kind: IndexedKind }>
  >;
  /** The column that tells which data key a row is sealed with, where it is too long a table to look at each value. */
  readonly sealedKey?: "sealed_key";
}

/** Every table with personal data that is kept; the job protect-personal-data goes through all of them. */
export const PERSONAL_TABLES = {
  suppliers: {
    table: "suppliers",
    key: "id",
    columns: ["contact_name", "email", "phone", "address"],
    indexes: {
      email: { column: "email_index", kind: "email" },
      phone: { column: "phone_index", kind: "phone" },
    },
  },
  users: {
    table: "users",
    key: "id",
    columns: ["email", "name"],
    indexes: { email: { column: "email_index", kind: "email" } },
  },
  movementCustomers: {
    table: "movement_customers",
    key: "movement_id",
    columns: ["reference", "canonical"],
    indexes: {
      reference: { column: "reference_index", kind: "customer" },
      canonical: { column: "canonical_index", kind: "customer" },
    },
    sealedKey: "sealed_key",
  },
  webhooks: { table: "webhooks", key: "id", columns: ["secret"], indexes: {} },
  deadLetters: {
    table: "dead_letters",
    key: "id",
    columns: ["payload", "mended", "reason"],
    indexes: {},
  },
} as const satisfies Record<string, PersonalTable>;

/** Answers that are kept for their Idempotency-Key and speak of a person: they go by themselves before long. */
export const KEPT_ANSWERS = {
  table: "idempotency_keys",
  key: "key",
  columns: ["response_body"],
  indexes: {},
} as const satisfies PersonalTable;

/** Staged rows of imports of persons, each named by its import and its number: they go by themselves before long. */
export const STAGED_ROWS = {
  table: "import_rows",
  key: "place",
  columns: ["cells", "error_detail", "error_value"],
  indexes: {},
} as const satisfies PersonalTable;

type Fields = Readonly<Record<string, unknown>>;

/** Seals and opens fields of rows. */
export interface PersonalData {
  /** Fetches the keys; throws UnavailableError personal_data_locked where they can't be had. Call it before a transaction. */
  ready(): Promise<void>;
  /** The fields with those that are personal sealed for their row, and with their blind indexes (as bytea text). */
  sealFields(table: PersonalTable, rowId: string, fields: Fields): Record<string, unknown>;
  /** The rows with their personal columns opened; plain ones stay as they are. Rows hold the table's key. */
  openRows<Row extends object>(table: PersonalTable, rows: readonly Row[]): Promise<Row[]>;
  /** One value opened, or as it is where it is plain. */
  openValue(table: PersonalTable, place: { column: string; rowId: string }, text: string): string;
  /** The blind index of a value, as bytea text ("\x…"). */
  indexOf(kind: IndexedKind, text: string): string;
  /** The key that new values are sealed with. */
  activeKey(): number;
}

/** What stands in events and logs in the place of a personal value. */
const REDACTED = "[redacted]";

/** The row with its personal values redacted, for events. */
export function redactRow<Row extends Fields>(table: PersonalTable | undefined, row: Row): Row {
  if (table === undefined) return row;
  const redacted = table.columns
    .filter((column) => typeof row[column] === "string")
    .map((column) => [column, REDACTED]);
  return { ...row, ...Object.fromEntries(redacted) };
}
