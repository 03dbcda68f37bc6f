/** The error of a row that can't be read as it is written in the file, named like the errors of its cells. Pure. */
import type { BoundColumn } from "./matchHeader.ts";
import type { RowError } from "./rowFault.ts";
import type { RowFault } from "./rowSource.ts";

/** The row's error: under the field that its column is bound to, else under the column's own heading. */
export function wordRowFault(fault: RowFault, columns: readonly BoundColumn[]): RowError {
  const { code, cell, heading, says, value } = fault;
  const bound =
    cell === undefined ? undefined : columns.find((column) => column.index === cell)?.rule.field;
  return { column: bound ?? heading, code, detail: `${thingOf(fault, bound)} ${says}`, value };
}

function thingOf({ cell, heading }: RowFault, field: string | undefined): string {
  if (cell === undefined) return "the row";
  const named = heading === "" ? `column ${cell + 1}` : `column "${heading}"`;
  return field === undefined || field === heading ? (field ?? named) : `${field} (${named})`;
}
