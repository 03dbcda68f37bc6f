/**
 * What a kind of import says of itself: its columns with what each may hold, and what identifies a row. Reading, checking,
 * templates and the tables of docs/imports.md all follow from these rules.
 */
import type { Permission } from "../../../domain/roles.ts";
import * as cell from "../cellFormats.ts";

/** How a spreadsheet should treat a column: codes and texts as text, so that it changes nothing in them. */
export type CellType = "code" | "text" | "number" | "day" | "time" | "list";

/** What the cells of a column may hold. */
export interface CellRule {
  readonly format: cell.CellFormat;
  readonly type: CellType;
  /** The same for people. */
  readonly holds: string;
  /** The closed list, where there is one. */
  readonly values?: readonly string[];
}

export interface ColumnRule extends CellRule {
  /** Plain name of the column. */
  readonly field: string;
  /** What it means, as a part of a sentence. */
  readonly meaning: string;
  /** A value that a good row may have; the examples of a kind make a row that goes in where what it names exists. */
  readonly example: string;
  readonly required?: true;
  /** What a new entity gets, or a movement has, where the row gives no value; nothing where this is missing. */
  readonly standard?: string;
  /** Other headings that people use, in any case and spacing. */
  readonly aliases?: readonly string[];
  /** Name of the checked field, where it differs. */
  readonly storedAs?: string;
  /** `empty_cells: "clear"` may take a stored value away; the others always have one. */
  readonly clearable?: true;
}

/** A reference is a field that names something that must exist. */
export type Reference = "sku" | "supplier" | "warehouse" | "to_warehouse";

export interface KindRule {
  /** What a file of the kind holds. */
  readonly title: string;
  /** What identifies a row, and what happens where that is there already. */
  readonly upsert: string;
  readonly columns: readonly ColumnRule[];
  /** Fields that name the entity; empty for kinds whose rows are movements. */
  readonly key: readonly string[];
  readonly references: readonly Reference[];
  /** What a caller must be allowed to do. */
  readonly permission: Permission;
}

export const CODE: CellRule = {
  format: cell.code,
  type: "code",
  holds: "code, 1 to 100 visible characters",
};
export const QUANTITY: CellRule = {
  format: cell.quantity,
  type: "number",
  holds: "number, up to 4 decimals",
};
export const NON_NEGATIVE: CellRule = {
  format: cell.nonNegative,
  type: "number",
  holds: "number of 0 or more, up to 4 decimals",
};
export const POSITIVE: CellRule = {
  format: cell.positive,
  type: "number",
  holds: "number above 0, up to 4 decimals",
};
export const CURRENCY: CellRule = {
  format: cell.currency,
  type: "code",
  holds: "ISO 4217 code",
};
export const DAY: CellRule = { format: cell.day, type: "day", holds: "day" };
export const TIME: CellRule = { format: cell.time, type: "time", holds: "time or day" };
export const TRUTH: CellRule = {
  format: cell.truth,
  type: "list",
  holds: "true or false (also yes, no, 1, 0)",
  values: ["true", "false"],
};
export const TIME_ZONE: CellRule = {
  format: cell.timeZone,
  type: "text",
  holds: "IANA time zone",
};
export const UUID: CellRule = { format: cell.uuid, type: "code", holds: "UUID" };

/** Free text. */
export function textCell(charsMax: number): CellRule {
  return {
    format: cell.text(charsMax),
    type: "text",
    holds: `text, up to ${charsMax.toLocaleString("en")} characters`,
  };
}

/** A whole number. */
export function wholeCell(min: number, max: number): CellRule {
  const holds =
    max === Number.MAX_SAFE_INTEGER
      ? `whole number from ${min}`
      : `whole number from ${min} to ${max.toLocaleString("en")}`;
  return { format: cell.whole(min, max), type: "number", holds };
}

/** One of a closed list, in any case. */
export function listCell(values: readonly string[]): CellRule {
  return {
    format: cell.oneOf(values),
    type: "list",
    holds: `one of ${values.join(", ")}`,
    values,
  };
}
