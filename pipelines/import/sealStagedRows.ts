/**
 * Staged rows of imports that name persons (suppliers): what stood in their cells, their personal fields, and the words of a fault that
 * was found in reading them are sealed before they are stored. Faults that the database finds speak of codes only, and stay plain, as
 * rows of earlier releases do.
 */
import type { ImportKind } from "../../domain/importWords.ts";
import { newId } from "../../platform/clock.ts";
import { PERSONAL_TABLES, type PersonalData, STAGED_ROWS } from "../../platform/personalData.ts";
import type { Cells, FaultyRow } from "./queries/rows.ts";
import type { StoredRow } from "./queries/unread.ts";
import type { RowError, RowFields } from "./rowFault.ts";

/** Seals the rows of one import. */
export interface RowSeal {
  /** The cells, JSON in and JSON out. */
  cells(rowNumber: number, json: string): string;
  fields(fields: RowFields): Readonly<Record<string, unknown>>;
  error(rowNumber: number, error: RowError): RowError;
}

/** Whether rows of the kind name persons. */
export function hasPersons(kind: string): boolean {
  return kind === "suppliers";
}

/** What seals the rows of an import; undefined where nothing of them is personal. Waits for the keys. */
export async function openRowSeal(
  personal: PersonalData,
  { kind, importId }: { readonly kind: ImportKind; readonly importId: string },
): Promise<RowSeal | undefined> {
  if (!hasPersons(kind)) return undefined;
  await personal.ready();
  const sealed = (rowNumber: number, columns: Readonly<Record<string, string>>) =>
    personal.sealFields(STAGED_ROWS, placeOf(importId, rowNumber), columns);
  return {
    cells: (rowNumber, json) => JSON.stringify(sealed(rowNumber, { cells: json })["cells"]),
    fields: (fields) => {
      // The supplier that it becomes, unless there is one already: then it is sealed anew for that (sealSupplierRows.ts).
      const id = newId();
      return { ...personal.sealFields(PERSONAL_TABLES.suppliers, id, fields), sealed_for: id };
    },
    error: (rowNumber, { column, code, detail, value }) => {
      const words = sealed(rowNumber, { error_detail: detail, error_value: value });
      return {
        column,
        code,
        detail: String(words["error_detail"]),
        value: String(words["error_value"]),
      };
    },
  };
}

/** Rows with their cells as they stood in the file. */
export async function openCells(
  personal: PersonalData,
  importId: string,
  rows: readonly StoredRow[],
): Promise<(StoredRow & { readonly cells: Cells })[]> {
  const opened = await personal.openRows(
    STAGED_ROWS,
    rows.map((row) => ({ place: placeOf(importId, row.row_number), cells: row.cells })),
  );
  return rows.map((row, nth) => ({ ...row, cells: cellsOf(opened[nth]?.cells) }));
}

/** Rows that did not go in, with their cells and words as they were found. */
export async function openFaults(
  personal: PersonalData,
  importId: string,
  rows: readonly FaultyRow[],
): Promise<(FaultyRow & { readonly cells: Cells })[]> {
  const opened = await personal.openRows(
    STAGED_ROWS,
    rows.map((row) => {
      const sealed = hasSealedWords(row);
      return {
        place: placeOf(importId, row.row_number),
        cells: row.cells,
        error_detail: sealed ? row.error_detail : null,
        error_value: sealed ? row.error_value : null,
      };
    }),
  );
  return rows.map((row, nth) => {
    const found = opened[nth];
    return {
      ...row,
      cells: cellsOf(found?.cells),
      error_detail: found?.error_detail ?? row.error_detail,
      error_value: found?.error_value ?? row.error_value,
    };
  });
}

/** A fault that was found in reading a row whose cells are sealed. */
function hasSealedWords({ cells, is_unreadable: isUnreadable }: FaultyRow): boolean {
  return typeof cells === "string" && isUnreadable;
}

function placeOf(importId: string, rowNumber: number): string {
  return `${importId}\n${rowNumber}`;
}

/** Opened cells are JSON still; those that were never sealed came as they are. */
function cellsOf(cells: Cells | string = []): Cells {
  return typeof cells === "string" ? JSON.parse(cells) : cells;
}
