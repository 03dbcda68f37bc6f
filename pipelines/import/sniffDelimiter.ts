/** Finds the delimiter of a CSV text: the one that gives the first records the same, and the largest, number of cells. Pure. */

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** Records that are looked at. */
const RECORDS_MAX = 50;

/** The delimiter of the text's beginning; a comma where none stands out. */
export function sniffDelimiter(sample: string): string {
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const score = scoreOf(countCells(sample, delimiter));
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Cells of each of the first records; the last one may be cut off by the sample and is left out where others exist. */
function countCells(sample: string, delimiter: string): number[] {
  const counts: number[] = [];
  let cells = 1;
  let quoted = false;
  let filled = false;
  for (let at = 0; at < sample.length && counts.length < RECORDS_MAX; at += 1) {
    const character = sample[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === delimiter) cells += 1;
    else if (character === "\n" || character === "\r") {
      if (filled || cells > 1) counts.push(cells);
      cells = 1;
      filled = false;
      continue;
    }
    filled = true;
  }
  if (counts.length === 0) counts.push(cells);
  return counts;
}

/** 0 where the header has one cell; otherwise the share of records like the header, then the number of cells. */
function scoreOf(counts: readonly number[]): number {
  const [header = 1] = counts;
  if (header < 2) return 0;
  const alike = counts.filter((count) => count === header).length / counts.length;
  return alike * 1_000 + Math.min(header, 500);
}
