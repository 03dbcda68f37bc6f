/** The one error of a file that is no readable workbook, and the sentences that several parts of the reader use. */
import { StocklineError } from "../../domain/errors.ts";

/** The file is no workbook that can be read, or goes past a limit. */
export class WorkbookError extends StocklineError {}

/** The workbook is broken in the way that the sentence says. */
export function invalid(detail: string, cause?: unknown): WorkbookError {
  return new WorkbookError({
    code: "workbook_invalid",
    detail: `${detail}; open the file in a spreadsheet program, save it as .xlsx and send it again`,
    cause,
  });
}

/** The workbook goes past a limit that keeps hostile files from harming others. */
export function pastLimit(detail: string): WorkbookError {
  return new WorkbookError({ code: "archive_limits", detail });
}

/** The file is a workbook or archive of another kind; `mend` says how it becomes one that is read. */
export function otherKind(what: string, mend: string): WorkbookError {
  return new WorkbookError({
    code: "workbook_kind",
    detail: `the file is ${what}; expected an Excel workbook (.xlsx); ${mend}`,
  });
}
