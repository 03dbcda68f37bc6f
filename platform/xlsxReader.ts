/**
 * XLSX as a stream of rows: central directory first, then the shared texts, then one sheet. Memory is bounded by the shared
 * texts' limit, whatever the sheet's size. What is in hidden rows and columns is read; formulas are never calculated.
 */
import type { FileLimits } from "./fileLimits.ts";
import { openArchive } from "./xlsx/archive.ts";
import type { RangeSource } from "./xlsx/rangeReader.ts";
import { readSheet } from "./xlsx/readSheet.ts";
import type { SheetRow } from "./xlsx/sheetCell.ts";
import { WorkbookError } from "./xlsx/workbookError.ts";
import { readWorkbook, type Sheet, type Workbook } from "./xlsx/workbookParts.ts";

export type { RangeSource } from "./xlsx/rangeReader.ts";
export {
  type DateCell,
  type FaultyCell,
  isFaulty,
  type SheetCell,
  type SheetRow,
} from "./xlsx/sheetCell.ts";
export { WorkbookError } from "./xlsx/workbookError.ts";

export interface OpenSheet {
  readonly name: string;
  /** Names of all sheets, in their order, hidden ones too. */
  readonly sheets: readonly string[];
  /** The rows in batches, in the order of the file. Read once. */
  readonly rows: AsyncIterable<SheetRow[]>;
  close(): void;
}

interface SheetChoice {
  /** Name of the sheet, or its number from 1; the first visible one when undefined. */
  readonly sheet?: string | undefined;
  readonly limits: FileLimits;
  /** False: no row goes through the quick scan (for tests that compare the two). */
  readonly isQuick?: boolean;
}

/** Opens one sheet of a workbook; throws WorkbookError naming what is wrong with the file. */
export async function openXlsxSheet(source: RangeSource, choice: SheetChoice): Promise<OpenSheet> {
  const { limits, isQuick = true } = choice;
  const archive = await openArchive(source, limits);
  try {
    const workbook = await readWorkbook(archive);
    const sheet = chooseSheet(workbook, choice.sheet);
    return {
      name: sheet.name,
      sheets: workbook.sheets.map(({ name }) => name),
      rows: readSheet(archive, workbook, { sheet, limits, isQuick }),
      close: () => archive.close(),
    };
  } catch (thrown) {
    archive.close();
    throw thrown;
  }
}

const SHOWN_SHEETS = 20;

function chooseSheet({ sheets }: Workbook, wanted: string | undefined): Sheet {
  const found =
    wanted === undefined
      ? (sheets.find((sheet) => !sheet.hidden) ?? sheets[0])
      : (sheets.find((sheet) => sheet.name === wanted) ??
        sheets.find((sheet) => sheet.name.toLowerCase() === wanted.toLowerCase()) ??
        (/^\d+$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined));
  if (found !== undefined) return found;
  const shown = sheets.slice(0, SHOWN_SHEETS).map((sheet) => JSON.stringify(sheet.name));
  const more = sheets.length > SHOWN_SHEETS ? ` and ${sheets.length - SHOWN_SHEETS} more` : "";
  const names =
    shown.length === 0 ? "a workbook with a sheet of rows" : `one of ${shown.join(", ")}`;
  const what =
    wanted === undefined
      ? "the workbook has no sheet"
      : `sheet ${JSON.stringify(wanted)} is not in the workbook`;
  throw new WorkbookError({ code: "sheet_unknown", detail: `${what}; expected ${names}${more}` });
}
