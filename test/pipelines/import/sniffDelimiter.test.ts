/** The delimiter is found in files as people have them: decimal commas, titles, quoted texts, one column. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sniffDelimiter } from "../../../pipelines/import/sniffDelimiter.ts";

const sniff = (text: string, more: { isWhole?: boolean; headerRow?: number } = {}) =>
  sniffDelimiter({ text, isWhole: true, ...more });

describe("sniffDelimiter", () => {
  test.each([
    ["a comma", ",", "sku,name\nA,one\n"],
    ["decimal commas", ";", "sku;qty\nA;1,5\nB;2,5\n"],
    ["decimal commas in two columns", ";", "sku;qty;cost\nA;1,5;2,25\nB;3;1,75\nC;2,5;9\n"],
    ["commas in texts", ";", "sku;name\nA;one, two\nB;three, four, five\n"],
    ["semicolons in quoted texts", ",", 'sku,name\nA,"x;y;z"\nB,"p;q;r"\n'],
    ["line ends and commas in quoted texts", "\t", 'sku\tname\nA\t"x,\ny,z\n"\nB\t"p\n,q"\n'],
    ["pipes", "|", "sku|name|qty\nA|one, two|1,5\n"],
    ["a header alone", "\t", "sku\tname\tqty"],
    ["one column", ",", "sku\nA-1\nB-2\n"],
    ["one column of names with commas", ",", "name\nDoe, John\nRoe, Jane\n"],
    ["a title above the headings", ";", "Stock list\nsku;name;qty\nA;one;1,5\nB;two;2\n"],
    ["a title with a comma", ";", "Stock, January\nsku;name;qty\nA;one;1\nB;two;2\nC;x;3\n"],
    ["blank lines first", ";", "\n\n;;\nsku;name;qty\nA;one;1\n"],
    ["ragged rows", ";", "sku;name;qty\nA;one;1\nB;two\nC;three;3\nD;four;4;5\n"],
    ["a quote that is never closed", ";", 'sku;name\nA;"one\nB;two\n'],
    ["an inch sign", ",", 'sku,name\nA,5" pipe\nB,6" pipe\n'],
    ["nothing", ",", ""],
  ])("finds it with %s", (_name, delimiter, text) => {
    expect(sniff(text)).toBe(delimiter);
  });

  test("looks from the heading row on", () => {
    const text = "a,b,c\nd,e,f\ng,h,i\nsku;name\nA;one\n";
    expect(sniff(text, { headerRow: 4 })).toBe(";");
  });

  test("does not count a record that the sample cuts off", () => {
    expect(sniff('sku;name\nA;"one, two, thr', { isWhole: false })).toBe(";");
  });

  test("finds it in random catalogues", () => {
    const cell = fc.oneof(
      fc.constantFrom("A-1", "00123", "1,5", "-12,25", "1.234,56", "2026-01-31", "", "Cup"),
      fc.constantFrom("Cup, white", "Cup; large", "a|b", 'the "good" one', "two\nlines"),
    );
    const rows = fc.integer({ min: 2, max: 8 }).chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: 3,
        maxLength: 20,
      }),
    );
    fc.assert(
      fc.property(rows, fc.constantFrom(",", ";", "\t", "|"), (table, delimiter) => {
        const header = table[0]?.map((_, index) => `heading ${index}`) ?? [];
        const text = [header, ...table]
          .map((cells) => cells.map((value) => quoted(value)).join(delimiter))
          .join("\n");
        expect(sniff(text)).toBe(delimiter);
      }),
    );
  });
});

function quoted(value: string): string {
  return /[",;|\t\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
