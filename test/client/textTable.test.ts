/** Tables, counts, durations and sizes as people read them. */
import { expect, test } from "vitest";
import { byteSize, counted, duration, oneLine, textTable } from "../../client/textTable.ts";

test("columns are aligned, numbers to the right, missing values a dash", () => {
  const rows = [
    { sku: "A", count: 20_088 },
    { sku: "LONG-1", count: null },
  ];
  const table = textTable(
    [
      { title: "SKU", of: (row) => row.sku },
      { title: "N", of: (row) => row.count, right: true },
    ],
    rows,
  );
  expect(table.split("\n")).toEqual(["SKU          N", "A       20,088", "LONG-1       –"]);
});

test("text from elsewhere can't move the cursor or break a line", () => {
  expect(oneLine("a\u001b[2Jb\r\nc\u202e")).toBe("a [2Jb c");
});

test("counts, durations and sizes carry their units", () => {
  expect([counted(1, "row"), counted(20_088, "row")]).toEqual(["1 row", "20,088 rows"]);
  expect([340, 4_210, 185_400].map(duration)).toEqual(["340 ms", "4.2 s", "3 min 05 s"]);
  expect([1, 74_900, 1_402_677].map(byteSize)).toEqual(["1 byte", "74.9 kB", "1.4 MB"]);
});
