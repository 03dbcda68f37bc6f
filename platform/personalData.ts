/**
 * Which columns hold personal data, and what seals and opens them. Sealing and opening need no network once `ready` has answered;
 * a process keeps the keys it has seen, so it goes on while KMS is away. Nobody else looks into sealed values.
 */
import { type IndexedKind } from "./cryptoEnvelope.ts";

/** A table with personal data: its sealed columns, and the columns of blind indexes by the column that they find. */
export interface PersonalTable {
  readonly table: "suppliers" | "users" | "webhooks" | "dead_letters";
  readonly columns: readonly string[];
  readonly indexes: Readonly<
    Record<string, { readonly column: string; readonly kind: IndexedKind }>
  >;
}

/** Every table with personal data. */
export const PERSONAL_TABLES = {
  suppliers: {
    table: "suppliers",
    columns: ["contact_name", "email", "phone", "address"],
    indexes: {
      email: { column: "email_index", kind: "email" },
      phone: { column: "phone_index", kind: "phone" },
    },
  },
  users: {
    table: "users",
    columns: ["email", "name"],
    indexes: { email: { column: "email_index", kind: "email" } },
  },
  webhooks: { table: "webhooks", columns: ["secret"], indexes: {} },
  deadLetters: { table: "dead_letters", columns: ["payload", "mended", "reason"], indexes: {} },
} as const satisfies Record<string, PersonalTable>;

type Fields = Readonly<Record<string, unknown>>;

/** Seals and opens fields of rows. */
export interface PersonalData {
  /** Fetches the keys; throws UnavailableError personal_data_locked where they can't be had. Call it before a transaction. */
  ready(): Promise<void>;
  /** The fields with those that are personal sealed for their row, and with their blind indexes (as bytea text). */
  sealFields(table: PersonalTable, rowId: string, fields: Fields): Record<string, unknown>;
  /** The rows with their personal columns opened; plain ones stay as they are. `idOf` tells the id of a row. */
  openRows<Row extends Fields>(table: PersonalTable, rows: readonly Row[]): Promise<Row[]>;
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
