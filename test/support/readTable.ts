/** Reads a table in memory as the import does: every row once, then, with the columns known as a whole, the rows that had to wait. */

import type { ImportKind } from "../../domain/importWords.ts";
import { checkRow, type RowCheck, type RowResult } from "../../pipelines/import/checkRow.ts";
import {
  givenStyle,
  openEvidence,
  type SettledStyles,
  settledStyle,
  settleStyles,
} from "../../pipelines/import/columnStyle.ts";
import type { ImportMapping } from "../../pipelines/import/importMapping.ts";
import { matchHeader } from "../../pipelines/import/matchHeader.ts";
import type { RowError, RowFields } from "../../pipelines/import/rowFault.ts";
import type { SheetCell } from "../../platform/xlsxReader.ts";

interface Table {
  readonly kind: ImportKind;
  readonly header: readonly string[];
  readonly rows: readonly (readonly SheetCell[])[];
  readonly mapping?: ImportMapping;
}

interface ReadTable extends SettledStyles {
  readonly results: readonly ({ fields: RowFields } | { error: RowError })[];
  /** Rows that had to wait for their columns. */
  readonly waited: number;
}

/** Reads all rows; what is left unread after the second reading is a bug and thrown. */
export function readTable({ kind, header, rows, mapping = {} }: Table): ReadTable {
  const watched = matchHeader(header, kind, mapping).columns.map((column) => {
    const given = givenStyle(column, mapping);
    return { column, given, evidence: openEvidence(column, given) };
  });
  const check: RowCheck = {
    kind,
    columns: watched.map(({ column, given, evidence }) => ({ ...column, style: given, evidence })),
    width: header.length,
    now: new Date("2099-01-01T00:00:00Z"),
    isRagged: true,
    clears: mapping.options?.empty_cells === "clear",
  };
  const first = rows.map((cells) => checkRow(cells, check));
  const settled = settleStyles(watched);
  const columns = watched.map(({ column, given }) => ({
    ...column,
    style: settledStyle(given, settled.styles[column.rule.field]),
    evidence: undefined,
  }));
  const again = (result: RowResult) =>
    result === "unread" || (settled.mustReread && "fields" in result);
  const results = first.map((result, nth) => {
    const read = again(result) ? checkRow(rows[nth] ?? [], { ...check, columns }) : result;
    if (read === "unread") throw new Error("a row is unread after its second reading");
    return read;
  });
  return { ...settled, results, waited: first.filter((result) => result === "unread").length };
}
