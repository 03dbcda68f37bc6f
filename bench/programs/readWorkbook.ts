/** Baseline of workbooks: exceljs reads every cell by its stream reader and does nothing with it. Writes one line of JSON. */
import exceljs from "exceljs";

/** What the program writes to standard output. */
export interface ReadResult {
  readonly seconds: number;
  readonly rows: number;
}

const begun = performance.now();
const reader = new exceljs.stream.xlsx.WorkbookReader(process.argv[2] ?? "", {
  sharedStrings: "cache",
  worksheets: "emit",
});
let rows = 0;
let filled = 0;
for await (const sheet of reader) {
  for await (const row of sheet) {
    rows += 1;
    row.eachCell((cell) => {
      if (cell.value !== null) filled += 1;
    });
  }
}
if (filled === 0) throw new Error("the workbook has no cells");
const result: ReadResult = { seconds: (performance.now() - begun) / 1_000, rows };
process.stdout.write(`${JSON.stringify(result)}\n`);
