/**
 * Finds the delimiter of a CSV text: the one by which most records have the same number of cells. Quoted cells are read as
 * cells, so that the delimiters and line ends in them do not count. Pure.
 */
import { CsvFormatError, CsvParser } from "../../platform/csvReader.ts";

/** In the order in which they win a tie: a comma also stands in texts and in numbers. */
const DELIMITERS = ["\t", ";", "|", ","] as const;
/** Records that are looked at. */
const RECORDS_MAX = 200;
/** What it counts for that the heading row has as many cells as most others. */
const HEADER_SCORE = 0.3;
/** Cells from which a delimiter counts that the first row does not have: a title may stand above the headings. */
const UNTITLED_CELLS_MIN = 3;

export interface DelimiterSample {
  /** The text's beginning. */
  readonly text: string;
  /** True where that is all. */
  readonly isWhole: boolean;
  /** Row with the headings, from 1; the first that is not blank when undefined. */
  readonly headerRow?: number | undefined;
}

/** The delimiter of the text's beginning; a comma where none stands out. */
export function sniffDelimiter(sample: DelimiterSample): string {
  let best = { delimiter: ",", score: 0, cells: 0 };
  for (const delimiter of DELIMITERS) {
    const found = judge(countCells(sample, delimiter));
    const isBetter =
      found.score > best.score || (found.score === best.score && found.cells > best.cells);
    if (isBetter) best = { delimiter, ...found };
  }
  return best.delimiter;
}

/** Cells of each of the first records from the heading row on, without blank ones. */
function countCells(sample: DelimiterSample, delimiter: string): number[] {
  return recordsOf(sample, delimiter)
    .slice((sample.headerRow ?? 1) - 1)
    .filter((cells) => cells.length > 1 || cells[0]?.trim() !== "")
    .slice(0, RECORDS_MAX)
    .map((cells) => cells.length);
}

/** The complete records of the sample; where it is one that is cut off, what there is of it. */
function recordsOf({ text, isWhole }: DelimiterSample, delimiter: string): readonly string[][] {
  const parser = new CsvParser({ delimiter, recordCharsMax: text.length + 1, pieceChars: 1 });
  const { records } = parser.push(text);
  if (!isWhole && records.length > 0) return records;
  try {
    return [...records, ...parser.end().records];
  } catch (thrown) {
    if (thrown instanceof CsvFormatError) return records; // told where the file is read
    throw thrown;
  }
}

/** The share of records that have the most common number of cells, and that number; no score where it is one. */
function judge(counts: readonly number[]): { score: number; cells: number } {
  const times = new Map<number, number>();
  for (const count of counts) if (count > 1) times.set(count, (times.get(count) ?? 0) + 1);
  let [cells, most] = [0, 0];
  for (const [count, found] of times) if (found > most) [cells, most] = [count, found];
  const isHeader = counts[0] === cells;
  if (cells === 0 || (!isHeader && cells < UNTITLED_CELLS_MIN)) return { score: 0, cells: 0 };
  return { score: most / counts.length + (isHeader ? HEADER_SCORE : 0), cells };
}
