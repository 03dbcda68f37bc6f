/** Rows as they come from the database: lines of text, each a JSON array of cells. */

/** Yields each line; a last one without an end as well. */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The cells of a row; null where there is none. */
export function cellsOf(line: string): readonly (string | number | null)[] {
  const cells: unknown = JSON.parse(line);
  if (!Array.isArray(cells)) throw new Error("a row of a report is no JSON array");
  return cells;
}
