/** Sheet XML that is changed at random reads the same by the quick scan and by saxes alone: the same rows, or a refusal by both. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readWorkbookBytes, sheetWorkbook, stylesPart } from "../support/workbooks.ts";

const SHEET =
  '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns:r="x"><cols><col min="1" max="3"/></cols><sheetData><row r="1" spans="1:3" ht="15"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46027.5</v></c><c r="C1" t="inlineStr"><is><t xml:space="preserve"> x &amp; y</t></is></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f t="shared" si="0"/><v>a&lt;b</v></c><c r="C2" s="0"/></row><row r="4"/><row r="7"><c r="B7" t="b"><v>1</v></c><c r="D7" t="e"><v>#N/A</v></c><c r="E7"><v>-12.5</v></c><c r="F7"><v>007</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells></worksheet>';

/** Pieces that mean something to a scan of XML. */
const PIECES = [
  "<",
  ">",
  "/",
  '"',
  "'",
  "=",
  " ",
  "\n",
  "&",
  "&#10;",
  "&evil;",
  "]]>",
  "<!--",
  "-->",
  "<![CDATA[",
  "<?x ?>",
  "<c>",
  "</c>",
  "<v>",
  "</v>",
  "<row>",
  "</row>",
  '<row r="9">',
  "<is>",
  "<t>",
  "</t>",
  ' r="A1"',
  ' t="s"',
  ' s="1"',
  "1",
  "0",
  ".",
  "-",
  "E5",
  "x",
  "",
  "é",
];

async function outcome(bytes: Buffer, isQuick: boolean): Promise<unknown> {
  try {
    return (await readWorkbookBytes(bytes, { isQuick })).rows;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? "refused" : thrown;
  }
}

test("changed sheet XML has one reading", async () => {
  const change = fc.record({
    at: fc.nat({ max: SHEET.length }),
    removed: fc.nat({ max: 12 }),
    put: fc.constantFrom(...PIECES),
  });
  const more = [
    {
      name: "xl/sharedStrings.xml",
      content: "<sst><si><t>first</t></si><si><t>second</t></si></sst>",
    },
    stylesPart(["General", "yyyy-mm-dd"]),
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      let xml = SHEET;
      for (const { at, removed, put } of changes) {
        xml = xml.slice(0, at) + put + xml.slice(at + removed);
      }
      const bytes = sheetWorkbook(xml, more);
      const slow = await outcome(bytes, false);
      expect(Array.isArray(slow) || slow === "refused").toBe(true);
      expect(await outcome(bytes, true)).toEqual(slow);
    }),
    { numRuns: 200 },
  );
});
