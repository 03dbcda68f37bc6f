/** Rows as they come from the database: lines of text, each a JSON array of cells. */

/** Lines as they come, many at once: a step of an async generator for each costs more than the line's own work. */
export type Lines = AsyncIterable<readonly string[]>;

/** Yields the lines that each piece ends; a last one without an end as well. */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
  }
  if (rest !== "") yield [rest];
}

/** The cells of a row; null where there is none. */
export function cellsOf(line: string): readonly (string | number | null)[] {
  const cells: unknown = JSON.parse(line);
  if (!Array.isArray(cells)) throw new Error("a row of a report is no JSON array");
  return cells;
}
