/**
 * XLSX as a stream of rows, over yauzl and saxes: central directory first, then the shared texts, then one sheet.
 * Memory is bounded by the shared texts' limit, whatever the sheet's size.
 */
import { openArchive, type RangeSource, WorkbookError } from "./xlsx/archive.ts";
import { readSheet, type SheetRow } from "./xlsx/readSheet.ts";
import { readWorkbook, type Sheet, type Workbook } from "./xlsx/workbookParts.ts";

export { type RangeSource, WorkbookError } from "./xlsx/archive.ts";
export type { FaultyCell, SheetCell, SheetRow } from "./xlsx/readSheet.ts";

export interface OpenSheet {
  readonly name: string;
  /** The rows in batches, in the order of the file. Read once. */
  readonly rows: AsyncIterable<SheetRow[]>;
  close(): void;
}

interface SheetChoice {
  /** Name of the sheet, or its number from 1; the first visible one when undefined. */
  readonly sheet?: string | undefined;
  /** Inflated bytes that the sheet may have. */
  readonly bytesMax: number;
}

/** Opens one sheet of a workbook; throws WorkbookError naming what is wrong with the file. */
export async function openXlsxSheet(source: RangeSource, choice: SheetChoice): Promise<OpenSheet> {
  const archive = await openArchive(source);
  try {
    const workbook = await readWorkbook(archive);
    const sheet = chooseSheet(workbook, choice.sheet);
    const rows = readSheet(archive, workbook, { sheet, bytesMax: choice.bytesMax });
    return { name: sheet.name, rows, close: () => archive.close() };
  } catch (thrown) {
    archive.close();
    throw thrown;
  }
}

function chooseSheet({ sheets }: Workbook, wanted: string | undefined): Sheet {
  const found =
    wanted === undefined
      ? (sheets.find((sheet) => !sheet.hidden) ?? sheets[0])
      : (sheets.find((sheet) => sheet.name === wanted) ??
        sheets.find((sheet) => sheet.name.toLowerCase() === wanted.toLowerCase()) ??
        (/^\d+$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined));
  if (found !== undefined) return found;
  const names = sheets.map((sheet) => `"${sheet.name}"`).join(", ");
  throw new WorkbookError({
    code: "sheet_unknown",
    detail: `sheet ${JSON.stringify(wanted ?? "")} is not in the workbook; expected one of ${names || "(it has none)"}`,
  });
}
