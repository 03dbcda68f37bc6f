/** One row of the table of bad and hostile files: what is sent, and what must come of it. */

export interface HostileCase {
  /** Its number in the list of bad input, and what it is. */
  readonly name: string;
  /** Default items. */
  readonly kind?: string;
  readonly file?: string;
  readonly mapping?: object;
  readonly content: () => Uint8Array | string;
  readonly wanted: Wanted;
  /** By how many MiB the worker may grow while it reads, at its peak; given where the file is made to fill it. */
  readonly growthMiB?: number;
}

export type Wanted =
  /** Not taken: the status and the code of the answer. */
  | { readonly status: number; readonly code: string }
  /** Taken, then failed as a whole with the code, and a sentence like this. */
  | { readonly failed: string; readonly detail?: RegExp }
  /** Rows that went in, and what the others were refused for: row number, column, code, and how often the last one comes. */
  | {
      readonly applied: number;
      readonly errors?: readonly (readonly [number, string, string])[];
      readonly rejected?: number;
      /** A statement, and the rows that it must answer. */
      readonly stored?: readonly [string, readonly (readonly unknown[])[]];
    };
