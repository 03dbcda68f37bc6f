/**
 * How the numbers and dates of a column are written, found from the whole column and never cell by cell: while the file is read
 * every cell narrows what its column can be; after its last row each column is settled by what the sender gave, else by its own
 * cells, else by what all other columns with evidence agree on, else not at all. What is not settled becomes a question.
 */
import type { CellStyle } from "./cellFormats.ts";
import { DATE_ORDERS, type DateOrder, isDateOrder } from "./dateParts.ts";
import type { ImportMapping } from "./importMapping.ts";
import { localeStyle } from "./localeStyle.ts";
import type { BoundColumn } from "./matchHeader.ts";
import { COMMA, type DecimalSign, DOT, readNumber, signsOf } from "./readNumber.ts";
import { ordersOf, readTime } from "./readTime.ts";

/** How a column was found to be written, and by what. */
export interface DetectedStyle {
  readonly decimal?: DecimalSign;
  readonly date_order?: DateOrder;
  readonly date_format?: string;
  /** `contradiction`: cells that fit only one style and cells that fit only another; `unknown`: no cell tells. */
  readonly by: "mapping" | "column" | "other_columns" | "contradiction" | "unknown";
}

/** What only a person can tell of a column. */
export interface StyleQuestion {
  /** Heading in the file. */
  readonly column: string;
  readonly field: string;
  readonly code: "number_ambiguous" | "date_ambiguous";
  /** Cells whose reading depends on the answer. */
  readonly rows: number;
  readonly examples: readonly string[];
  /** Answers, each with what it makes of the examples. */
  readonly choices: readonly {
    readonly value: string;
    readonly reads: Readonly<Record<string, string>>;
  }[];
  /** Where the answer goes. */
  readonly set: string;
}

type StyleKind = "number" | "date";

/** What the cells of a column have shown so far. */
export interface ColumnEvidence {
  readonly kind: StyleKind;
  /** Styles that every cell so far allows, as bits; 0 once they contradict each other. */
  possible: number;
  /** The style as far as it is known; how cells that depend on it are read for the time being. */
  style: CellStyle;
  /** Cells whose reading depends on the style. */
  depending: number;
  readonly examples: string[];
  /** A cell was read by a style that only the cells before it show. */
  readEarly: boolean;
}

const ALL_SIGNS = DOT | COMMA;
const ALL_ORDERS = 0b111;
const EXAMPLES_MAX = 3;

/** What kind of style the cells of a column have, if any. */
function kindOfStyle({ rule, index }: BoundColumn): StyleKind | undefined {
  if (index === undefined) return undefined;
  if (rule.type === "number") return "number";
  return rule.type === "day" || rule.type === "time" ? "date" : undefined;
}

/** How the sender says that a column is written; what is not said is not known. */
export function givenStyle({ rule }: Pick<BoundColumn, "rule">, mapping: ImportMapping): CellStyle {
  const { options = {}, formats = {} } = mapping;
  const own = formats[rule.field] ?? {};
  const locale = options.locale === undefined ? undefined : localeStyle(options.locale);
  const decimal = own.decimal ?? options.decimal ?? locale?.decimal;
  return {
    number: { decimal, given: decimal !== undefined },
    time: {
      format: own.date_format ?? options.date_format,
      order: locale?.order,
      given: locale?.order !== undefined,
      timeZone: options.time_zone ?? "UTC",
      locale: options.locale,
    },
  };
}

/** What to gather of a column; undefined where its style is given, or its cells have none. */
export function openEvidence(column: BoundColumn, given: CellStyle): ColumnEvidence | undefined {
  const kind = kindOfStyle(column);
  if (kind === undefined || isGiven(kind, given)) return undefined;
  return {
    kind,
    possible: kind === "number" ? ALL_SIGNS : ALL_ORDERS,
    style: given,
    depending: 0,
    examples: [],
    readEarly: false,
  };
}

function isGiven(kind: StyleKind, { number, time }: CellStyle): boolean {
  return kind === "number" ? number.given : time.given || time.format !== undefined;
}

/** Takes note of a cell; true where its reading depends on the column's style. */
export function noteCell(evidence: ColumnEvidence, text: string): boolean {
  if (evidence.kind === "number") {
    const { signs, differ } = signsOf(text);
    return note(evidence, text, { possible: signs, depends: differ });
  }
  const found = ordersOf(text);
  if (found === undefined) return false;
  return note(evidence, text, { possible: found.orders, depends: found.depends });
}

function note(
  evidence: ColumnEvidence,
  text: string,
  cell: { readonly possible: number; readonly depends: boolean },
): boolean {
  const narrowed = cell.possible === 0 ? evidence.possible : evidence.possible & cell.possible;
  if (narrowed !== evidence.possible) {
    evidence.possible = narrowed;
    evidence.style = styleOf(evidence.style, evidence.kind, narrowed);
  }
  if (!cell.depends) return false;
  evidence.depending += 1;
  const { examples } = evidence;
  if (examples.length < EXAMPLES_MAX && !examples.includes(text)) examples.push(text);
  if (isSingle(narrowed)) evidence.readEarly = true;
  return true;
}

function isSingle(bits: number): boolean {
  return bits !== 0 && (bits & (bits - 1)) === 0;
}

function styleOf(style: CellStyle, kind: StyleKind, bits: number): CellStyle {
  if (kind === "number") return { ...style, number: { decimal: signOf(bits), given: false } };
  return { ...style, time: { ...style.time, order: orderOf(bits) } };
}

function signOf(bits: number): DecimalSign | undefined {
  if (bits === DOT) return ".";
  return bits === COMMA ? "," : undefined;
}

function orderOf(bits: number): DateOrder | undefined {
  return DATE_ORDERS.find((_, nth) => bits === 1 << nth);
}

/** A column with what its cells have shown; without evidence its style is given, or it has none. */
export interface WatchedColumn {
  readonly column: BoundColumn;
  readonly given: CellStyle;
  readonly evidence: ColumnEvidence | undefined;
}

export interface SettledStyles {
  /** By field; columns that have nothing to settle are left out. */
  readonly styles: Readonly<Record<string, DetectedStyle>>;
  readonly questions: readonly StyleQuestion[];
  /** True where cells were read by a style that later cells have contradicted: all rows have to be read again. */
  readonly mustReread: boolean;
}

/** Settles every column, once the whole file was read. */
export function settleStyles(columns: readonly WatchedColumn[]): SettledStyles {
  const styles: Record<string, DetectedStyle> = {};
  const questions: StyleQuestion[] = [];
  for (const watched of columns) {
    const style = settle(watched, columns);
    if (style === undefined) continue;
    styles[watched.column.rule.field] = style;
    const question = questionOf(watched, style);
    if (question !== undefined) questions.push(question);
  }
  const isRefuted = ({ evidence }: WatchedColumn) =>
    evidence !== undefined && evidence.readEarly && evidence.possible === 0;
  return { styles, questions, mustReread: columns.some(isRefuted) };
}

function settle(
  { column, given, evidence }: WatchedColumn,
  columns: readonly WatchedColumn[],
): DetectedStyle | undefined {
  if (evidence === undefined) {
    const kind = kindOfStyle(column);
    return kind === undefined ? undefined : shownGiven(kind, given);
  }
  const { kind, possible, depending } = evidence;
  if (isSingle(possible)) return { ...shown(kind, possible), by: "column" };
  if (depending === 0) return undefined;
  if (possible === 0) return { by: "contradiction" };
  const agreed = agreedByOthers(columns, evidence);
  return agreed === undefined ? { by: "unknown" } : { ...shown(kind, agreed), by: "other_columns" };
}

function shown(kind: StyleKind, bits: number): Omit<DetectedStyle, "by"> {
  if (kind === "date") {
    const order = orderOf(bits);
    return order === undefined ? {} : { date_order: order };
  }
  const decimal = signOf(bits);
  return decimal === undefined ? {} : { decimal };
}

function shownGiven(kind: StyleKind, { number, time }: CellStyle): DetectedStyle {
  if (kind === "number") {
    return { ...(number.decimal === undefined ? {} : { decimal: number.decimal }), by: "mapping" };
  }
  if (time.format !== undefined) return { date_format: time.format, by: "mapping" };
  return { ...(time.order === undefined ? {} : { date_order: time.order }), by: "mapping" };
}

/** The one style that all other columns with evidence have, if the column allows it. */
function agreedByOthers(
  columns: readonly WatchedColumn[],
  { kind, possible }: ColumnEvidence,
): number | undefined {
  const found = new Set<number>();
  for (const { evidence } of columns) {
    if (evidence?.kind !== kind) continue;
    if (evidence.possible === 0 || isSingle(evidence.possible)) found.add(evidence.possible);
  }
  const [only] = found;
  return found.size === 1 && only !== undefined && (only & possible) !== 0 ? only : undefined;
}

function questionOf(
  { column: { rule, heading }, evidence }: WatchedColumn,
  { by }: DetectedStyle,
): StyleQuestion | undefined {
  if (evidence === undefined || (by !== "unknown" && by !== "contradiction")) return undefined;
  const { kind, examples, depending: rows, possible, style } = evidence;
  const isNumber = kind === "number";
  const values = isNumber
    ? [".", ","]
    : DATE_ORDERS.filter((_, nth) => possible === 0 || (possible & (1 << nth)) !== 0);
  return {
    column: heading ?? rule.field,
    field: rule.field,
    code: isNumber ? "number_ambiguous" : "date_ambiguous",
    rows,
    examples,
    choices: values.map((value) => ({
      value,
      reads: readExamples(examples, isNumber ? withDecimal(style, value) : withOrder(style, value)),
    })),
    set: `mapping.formats.${rule.field}.${isNumber ? "decimal" : "date_format"}`,
  };

  function readExamples(texts: readonly string[], chosen: CellStyle): Record<string, string> {
    const read = (text: string) =>
      isNumber ? readNumber(text, chosen.number) : readTime(text, chosen.time);
    return Object.fromEntries(
      texts.flatMap((text) => {
        const value = read(text);
        return typeof value === "string" ? [[text, value]] : [];
      }),
    );
  }
}

function withDecimal(style: CellStyle, value: string): CellStyle {
  return { ...style, number: { decimal: value === "," ? "," : ".", given: true } };
}

function withOrder(style: CellStyle, value: string): CellStyle {
  return { ...style, time: { ...style.time, format: isDateOrder(value) ? value : undefined } };
}

/** The style of a column for its second reading: as given, completed by what was settled. */
export function settledStyle(given: CellStyle, found: DetectedStyle | undefined): CellStyle {
  if (found === undefined || found.by === "mapping") return given;
  return {
    number: { decimal: found.decimal, given: false },
    time: { ...given.time, order: found.date_order, given: false },
  };
}
