/** Gathers the cells of one row after the other, by the places that they name, and refuses places that contradict each other. */
import type { FileLimits } from "../fileLimits.ts";
import type { SheetCell, SheetRow } from "./sheetCell.ts";
import { invalid, WorkbookError } from "./workbookError.ts";

/** Rows of a sheet, by the format's own limit. */
const ROWS_MAX = 1_048_576;

export class SheetRows {
  readonly #columnsMax: number;
  #rows: SheetRow[] = [];
  #cells: SheetCell[] = [];
  #number = 0;
  #last = 0;
  #column = -1;

  constructor({ columnsMax }: Pick<FileLimits, "columnsMax">) {
    this.#columnsMax = columnsMax;
  }

  /** The whole rows since the last call. */
  take(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** Begins a row, dropping one that was not ended; 0 where the row does not say its number. */
  begin(number: number): void {
    this.#number = number;
    this.#cells = [];
    this.#column = -1;
  }

  /** The cell at a column from 0 of the row that it names; -1 and 0 where it does not say. */
  place(column: number, row: number): void {
    this.#column = column === -1 ? this.#column + 1 : column;
    if (row === 0 || row === this.#number) return;
    if (this.#number !== 0) {
      throw invalid(`row ${this.#number} of the sheet has a cell of row ${row}`);
    }
    this.#number = row;
  }

  /** Puts a value at the place named before; empty cells are left out. */
  put(cell: SheetCell): void {
    if (cell === "") return;
    const column = this.#column;
    const cells = this.#cells;
    if (column >= this.#columnsMax) throw this.#tooWide();
    if (column < cells.length) {
      if (cells[column] !== "") {
        throw invalid(`cell ${columnName(column)}${this.#shownNumber()} stands twice in the sheet`);
      }
      cells[column] = cell;
      return;
    }
    while (cells.length < column) cells.push("");
    cells.push(cell);
  }

  /** Ends the row; throws WorkbookError for one that does not stand below the row before. */
  end(): void {
    const number = this.#shownNumber();
    if (!(number > this.#last && number <= ROWS_MAX)) throw this.#misplaced(number);
    this.#last = number;
    this.#rows.push({ number, cells: this.#cells });
  }

  #shownNumber(): number {
    return this.#number === 0 ? this.#last + 1 : this.#number;
  }

  #misplaced(number: number): WorkbookError {
    return number > ROWS_MAX || !Number.isInteger(number)
      ? invalid(`the sheet has a row ${number}; expected rows up to ${ROWS_MAX}`)
      : invalid(
          `row ${number} of the sheet stands after row ${this.#last}; expected ascending rows`,
        );
  }

  #tooWide(): WorkbookError {
    const place = `${columnName(this.#column)}${this.#shownNumber()}`;
    return new WorkbookError({
      code: "too_many_columns",
      detail: `cell ${place} of the sheet stands in column ${this.#column + 1}; expected at most ${this.#columnsMax} columns; delete what stands beside the table, or raise IMPORT_COLUMNS_MAX`,
    });
  }
}

/** The letters of a column from 0: 0 is A, 27 is AB. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}
