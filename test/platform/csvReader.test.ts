/** The CSV parser gives the records that csv-parse gives, however the text is cut, and says where a file is broken. */
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvFormatError, CsvParser } from "../../platform/csvReader.ts";

const SHAPE = { delimiter: ",", recordCharsMax: 1_000, pieceChars: 1 };

function read(pieces: readonly string[], shape = SHAPE) {
  const parser = new CsvParser(shape);
  const batches = [...pieces.map((piece) => parser.push(piece)), parser.end()];
  let before = 0;
  const strays: number[] = [];
  for (const batch of batches) {
    strays.push(...[...batch.strays.keys()].map((index) => index + before));
    before += batch.records.length;
  }
  return {
    records: batches.flatMap((batch) => batch.records),
    ends: batches.flatMap((batch) => batch.ends),
    strays,
  };
}

function refusal(pieces: readonly string[], shape = SHAPE): CsvFormatError | undefined {
  try {
    read(pieces, shape);
  } catch (thrown) {
    if (thrown instanceof CsvFormatError) return thrown;
    throw thrown;
  }
  return undefined;
}

const anyText = () =>
  fc
    .array(fc.constantFrom("a", "bc", '"', '""', ",", "\n", "\r", "\r\n", '",', ',"', '"\n', "é"), {
      maxLength: 40,
    })
    .map((parts) => parts.join(""));

describe("the CSV parser", () => {
  test("gives what csv-parse gives for texts without stray quotes", () => {
    let compared = 0;
    fc.assert(
      fc.property(anyText(), (text) => {
        if (refusal([text]) !== undefined) return;
        const { records, strays } = read([text]);
        if (strays.length > 0) return;
        compared += 1;
        const wanted = parse(text, {
          record_delimiter: ["\r\n", "\n", "\r"],
          relax_column_count: true,
          relax_quotes: true,
        });
        expect(records).toEqual(wanted);
      }),
      { numRuns: 5_000 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  test("gives the same however the text is cut", () => {
    fc.assert(
      fc.property(anyText(), fc.array(fc.nat({ max: 60 }), { maxLength: 8 }), (text, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < text.length), text.length];
        const sorted = places.toSorted((a, b) => a - b);
        const pieces = sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
        const whole = refusal([text]);
        if (whole === undefined) expect(read(pieces)).toEqual(read([text]));
        else expect(refusal(pieces)?.message).toBe(whole.message);
      }),
      { numRuns: 3_000 },
    );
  });

  test("tells where each record ends in the text", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        if (refusal([text]) !== undefined) return;
        const { ends, records, strays } = read([text]);
        expect(ends.at(-1) ?? 0).toBe(text.length);
        const parts = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
        expect(parts.map((part) => read([part]).records[0])).toEqual(records);
        expect(
          parts.map((part) => read([part]).strays.length).filter((found) => found > 0),
        ).toHaveLength(strays.length);
      }),
    );
  });

  test.each([
    ["", []],
    ["a", [["a"]]],
    ["a\n", [["a"]]],
    ["a,", [["a", ""]]],
    [",\n", [["", ""]]],
    ["\n\na", [[""], [""], ["a"]]],
    ["a\r\rb\n\rc", [["a"], [""], ["b"], [""], ["c"]]],
    ['""', [[""]]],
    ['"a\r\nb",c\rd', [["a\r\nb", "c"], ["d"]]],
    ['a"b,"c""d"', [['a"b', 'c"d']]],
    ['"a" ,\t"b"\t', [["a", '\t"b"\t']]],
    ['"a"\t \n"b" ', [["a"], ["b"]]],
    [' "a",b', [[' "a"', "b"]]],
  ])("reads %j", (text, records) => {
    expect(read([text]).records).toEqual(records);
    expect(read([...text]).records).toEqual(records);
    expect(read([text]).strays).toEqual([]);
  });

  test("a cell with text behind its closing quote is given as written and told", () => {
    const batch = new CsvParser(SHAPE).push('x\n"a\nb",1,"5" pipe, x",2\ny\n');
    expect(batch.records).toEqual([["x"], ["a\nb", "1", '"5" pipe', ' x"', "2"], ["y"]]);
    expect([...batch.strays]).toEqual([[1, { cell: 2, line: 3 }]]);
  });

  test("a quote that is never closed is refused with its line", () => {
    expect(refusal(['a\r\n"x\ny"\rb,"c\n', "d\n\n"])).toMatchObject({
      code: "csv_format",
      message:
        'the quote that opens in line 4 is never closed; close it, and write a quote inside a quoted cell twice ("")',
    });
  });

  test("a quote that is not closed within a record's bounds is refused with its line", () => {
    const pieces = ['a\nb\nc,"d\n', ...Array.from({ length: 3_000 }, () => "e\n")];
    expect(refusal(pieces)).toMatchObject({
      code: "csv_format",
      message: expect.stringMatching(/^the quote that opens in line 3 is not closed within 1000/),
    });
  });

  test("a record that is too long is refused with its line, and one that just fits is read", () => {
    const fits = `${"x".repeat(999)}\n`;
    expect(read([fits, "b"]).records).toEqual([["x".repeat(999)], ["b"]]);
    expect(refusal(["a\n", `x${fits}`, "b"])).toMatchObject({
      code: "record_too_long",
      message: expect.stringMatching(/^the record that begins in line 2 has more than 1000/),
    });
    expect(refusal(["a\n", `"${"x".repeat(999)}"\n`])).toMatchObject({ code: "record_too_long" });
  });

  test("a delimiter that is a blank or a tab ends a quoted cell", () => {
    const shape = (delimiter: string) => ({ ...SHAPE, delimiter });
    expect(read(['"a"\t"b" \t\n'], shape("\t")).records).toEqual([["a", "b", ""]]);
    expect(read(['"a" "b"'], shape(" ")).records).toEqual([["a", "b"]]);
  });
});
