// Writes and reads the samples' CSV: comma, LF, UTF-8, quotes only where a cell needs them.
// Quantities are whole hundredths inside the generator and become decimal text here.

/** The CSV text of a table; `rows` are objects keyed by the header's names. */
export function toCsv(header, rows) {
  const lines = rows.map((row) => header.map((name) => quoted(row[name] ?? "")).join(","));
  return `${[header.join(","), ...lines].join("\n")}\n`;
}

function quoted(value) {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows of a CSV text as objects of strings, in file order. Cells hold no line breaks here. */
export function fromCsv(text) {
  const [header, ...lines] = text.trimEnd().split("\n").map(cellsOf);
  return lines.map((cells) =>
    Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""])),
  );
}

function cellsOf(line) {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
  return cells.map((cell) => (cell[1] === undefined ? cell[2] : cell[1].replaceAll('""', '"')));
}

/** Whole hundredths as decimal text without trailing zeros: 250 is "2.5", 300 is "3". */
export function quantityText(hundredths) {
  const sign = hundredths < 0 ? "-" : "";
  const digits = String(Math.abs(hundredths)).padStart(3, "0");
  const fraction = digits.slice(-2).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -2)}${fraction === "" ? "" : `.${fraction}`}`;
}
