/** The XML of a workbook's parts as they are written: cells with their styles, a header that stays in sight, a filter. Pure. */

/** Styles that a cell can have; the places are those of cellXfs in stylesPart. */
export const CELL_STYLES = {
  plain: 0,
  header: 1,
  text: 2,
  decimal: 3,
  integer: 4,
  timestamp: 5,
  date: 6,
  bold: 7,
} as const;
export type CellStyle = keyof typeof CELL_STYLES;

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/** Characters of a cell; a spreadsheet takes a longer text for a broken file. */
const CELL_CHARS_MAX = 32_767;

// oxlint-disable-next-line no-control-regex -- what XML 1.0 can't hold is written as the format says: _x000B_
const UNWRITABLE = /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/g;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A text as the value of a cell. */
function escapeText(text: string): string {
  const cut = text.length <= CELL_CHARS_MAX ? text : `${text.slice(0, CELL_CHARS_MAX - 1)}…`;
  return cut.replace(
    UNWRITABLE,
    (char) =>
      ENTITIES[char] ?? `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`,
  );
}

/** White space that a reader would drop unless it is told not to. */
const LOOSE_SPACE = /^\s|\s$|\s\s|[\t\n\r]/;

/** A cell of text at a place such as B7; an empty one is left out. */
export function textCell(at: string, text: string, style: CellStyle): string {
  if (text === "") return "";
  const space = LOOSE_SPACE.test(text) ? ' xml:space="preserve"' : "";
  return `<c r="${at}" t="inlineStr" s="${CELL_STYLES[style]}"><is><t${space}>${escapeText(text)}</t></is></c>`;
}

/** A cell of a number, given as it is to be written. */
export function numberCell(at: string, number: string, style: CellStyle): string {
  return `<c r="${at}" s="${CELL_STYLES[style]}"><v>${number}</v></c>`;
}

/** Name of a column: A, B, … Z, AA. */
export function columnName(nth: number): string {
  const rest = Math.floor(nth / 26);
  return (rest === 0 ? "" : columnName(rest - 1)) + String.fromCharCode(65 + (nth % 26));
}

/** What comes before a sheet's rows. `frozen`: its first row stays in sight. */
export function sheetHead(widths: readonly number[], frozen: boolean): string {
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const columns = widths.map(
    (width, nth) => `<col min="${nth + 1}" max="${nth + 1}" width="${width}" customWidth="1"/>`,
  );
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">${frozen ? pane : ""}</sheetView></sheetViews><cols>${columns.join("")}</cols><sheetData>`;
}

/** What comes after them; `filtered`: columns and rows, header included, that a filter is laid over. */
export function sheetFoot(filtered?: { readonly columns: number; readonly rows: number }): string {
  const filter =
    filtered === undefined
      ? ""
      : `<autoFilter ref="A1:${columnName(filtered.columns - 1)}${filtered.rows}"/>`;
  return `</sheetData>${filter}</worksheet>`;
}

/** The styles, in the order of CELL_STYLES. */
function stylesPart(): string {
  const formats = ["#,##0.00##", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"];
  const cell = (numFmt: number, font: number, fill: number): string =>
    `<xf numFmtId="${numFmt}" fontId="${font}" fillId="${fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>`;
  const cells = [
    cell(0, 0, 0),
    cell(49, 2, 2),
    cell(49, 0, 0),
    cell(164, 0, 0),
    cell(1, 0, 0),
    cell(165, 0, 0),
    cell(166, 0, 0),
    cell(0, 1, 0),
  ];
  const font = (more: string): string =>
    `<font>${more}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`;
  return `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${formats
    .map((code, nth) => `<numFmt numFmtId="${164 + nth}" formatCode="${code}"/>`)
    .join(
      "",
    )}</numFmts><fonts count="3">${font("")}${font("<b/>")}<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F3A5F"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join("")}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
}

/** Every part but the sheets and their styles, by name. */
export function workbookParts(
  sheets: readonly string[],
  made: Date,
): readonly (readonly [string, string])[] {
  const overrides = sheets.map(
    (_, nth) =>
      `<Override PartName="/xl/worksheets/sheet${nth + 1}.xml" ContentType="${WORKBOOK_TYPE}.worksheet+xml"/>`,
  );
  const listed = sheets.map(
    (name, nth) => `<sheet name="${escapeText(name)}" sheetId="${nth + 1}" r:id="rId${nth + 1}"/>`,
  );
  const links = sheets.map(
    (_, nth) =>
      `<Relationship Id="rId${nth + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${nth + 1}.xml"/>`,
  );
  const at = made.toISOString().replace(/\.\d+/, "");
  return [
    [
      "[Content_Types].xml",
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${WORKBOOK_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${WORKBOOK_TYPE}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>${overrides.join("")}</Types>`,
    ],
    [
      "_rels/.rels",
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="${PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
    ],
    [
      "docProps/core.xml",
      `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>Stockline</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">${at}</dcterms:created></cp:coreProperties>`,
    ],
    [
      "xl/workbook.xml",
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${listed.join("")}</sheets></workbook>`,
    ],
    [
      "xl/_rels/workbook.xml.rels",
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${links.join("")}<Relationship Id="rId${sheets.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ["xl/styles.xml", stylesPart()],
  ];
}
