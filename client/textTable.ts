/** Tables and numbers as a terminal shows them: aligned columns, grouped digits. Pure text. */

type Cell = string | number | null | undefined;

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => Cell;
  /** Numbers stand to the right. */
  readonly right?: true;
}

/** Lays rows out under their titles, one line a row, without trailing blanks. */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => shown(column.of(row))));
  const widths = columns.map(({ title }, place) =>
    Math.max(title.length, ...cells.map((line) => line[place]?.length ?? 0)),
  );
  const lineOf = (line: readonly string[]): string =>
    line
      .map((text, place) => {
        const width = widths[place] ?? 0;
        return columns[place]?.right === true ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [columns.map(({ title }) => title), ...cells].map(lineOf).join("\n");
}

function shown(cell: Cell): string {
  if (cell === null || cell === undefined) return "–";
  return typeof cell === "number" ? grouped(cell) : oneLine(cell);
}

/** Text from elsewhere on one line, without what a terminal would obey. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
}

/** A whole number with grouped digits: 20,088. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** A count with its noun: "1 row", "20,088 rows". */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : nouns}`;
}

/** A duration for people: "340 ms", "4.2 s", "3 min 05 s". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** A size for people: "812 bytes", "1.4 MB". */
export function byteSize(bytes: number): string {
  if (bytes < 1_000) return counted(bytes, "byte");
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
