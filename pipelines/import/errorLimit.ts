/** An import that was told to stop after so many wrong rows: it fails as a whole, before anything is applied. */
import { ImportFileError } from "./importFileError.ts";
import type { ImportRow } from "./queries/imports.ts";

/** Throws ImportFileError too_many_errors once as many rows are wrong as the sender set; call it after the rows are kept. */
export function refuseTooManyErrors(
  row: Pick<ImportRow, "stop_after_errors">,
  invalid: number,
): void {
  const { stop_after_errors: errorsMax } = row;
  if (errorsMax === null || invalid < errorsMax) return;
  throw new ImportFileError({
    code: "too_many_errors",
    detail: `${invalid} rows are not valid, and stop_after_errors is ${errorsMax}: nothing was applied; mend the rows of the error file, or raise stop_after_errors`,
  });
}
