/**
 * Rows of an error file that came back as they were: where a byte could not be read, the error file shows \xE9 or \uFFFD, and
 * that must not go in as if it were the text. Pure.
 */
import type { FileRow, RowFault } from "./rowSource.ts";

/** The column of an error file that tells what was wrong with the row. */
const CODE_COLUMN = "error_code";
/** Codes of rows whose bad characters are shown. */
const SHOWN_CODES: readonly unknown[] = ["encoding", "nul_char"];
const SHOWN = /\\(?:x[0-9A-F]{2}|u[0-9A-F]{4})/;

/** Answers the check of an error file's rows; undefined where the header is not that of one. */
export function unmendedCheck(
  header: readonly string[],
): ((row: FileRow) => RowFault | undefined) | undefined {
  const codeAt = header.indexOf(CODE_COLUMN);
  if (codeAt < 0) return undefined;
  return ({ cells }) => {
    if (!SHOWN_CODES.includes(cells[codeAt])) return undefined;
    const cell = cells.findIndex((value) => typeof value === "string" && SHOWN.test(value));
    const value = cells[cell];
    if (typeof value !== "string") return undefined;
    return {
      code: "encoding",
      cell,
      heading: header[cell] ?? "",
      says: `still shows ${SHOWN.exec(value)?.[0]} in the place of what could not be read; expected the letter that belongs there`,
      value,
    };
  };
}
