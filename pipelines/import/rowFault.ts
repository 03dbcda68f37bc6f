/** What checking a row comes to: its fields by our own names, or its one error. */

/** Checked fields by stored name; what the file does not say is missing, what it takes away is null. */
export type RowFields = Readonly<Record<string, string | null>>;

/** The first fault of a row, in the order of its columns. */
export interface RowError {
  readonly column: string;
  readonly code: string;
  readonly detail: string;
  readonly value: string;
}
