/** What a cell of a workbook is, once its type, its style and its text are read together. */

/** A cell that has no usable value. */
export interface FaultyCell {
  readonly code: "cell_error" | "formula_no_value" | "cell_too_long";
  /** The error as the sheet shows it, or the beginning of a text that is too long. */
  readonly text: string;
  /** Characters that the cell has at least, for cell_too_long. */
  readonly chars?: number;
}

/** A number that its format shows as a day, a time of day, both, or a duration. */
export interface DateCell {
  readonly kind: "date";
  /** 2026-01-05, 2026-01-05T09:30:00, 09:30:00, or hours past a day such as 37:30:00. */
  readonly text: string;
}

export type SheetCell = string | number | DateCell | FaultyCell;

/** True for a cell without a usable value. */
export function isFaulty(cell: SheetCell): cell is FaultyCell {
  return typeof cell === "object" && "code" in cell;
}

/** Characters of a text that is too long, kept to know it by. */
const KEPT_CHARS = 100;

/** The cell of a text that is longer than a cell may be. */
export function tooLong(text: string, chars: number): FaultyCell {
  return { code: "cell_too_long", text: text.slice(0, KEPT_CHARS).toWellFormed(), chars };
}

export interface SheetRow {
  /** As the spreadsheet shows it: 1 is the first. */
  readonly number: number;
  /** By column; "" where there is no cell. */
  readonly cells: readonly SheetCell[];
}
