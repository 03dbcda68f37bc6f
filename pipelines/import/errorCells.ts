/**
 * Writes the cells of an error file so that each is read as it was, without the good rows that stay behind: those may have been
 * what showed how its column is written. A cell that means the same by itself stays as it stands in the file. Pure.
 */
import type { ImportKind } from "../../domain/importWords.ts";
import type { CellStyle } from "./cellFormats.ts";
import { givenStyle, settledStyle } from "./columnStyle.ts";
import { type ColumnRule, kindRule } from "./importKinds.ts";
import type { ImportMapping } from "./importMapping.ts";
import { type DecimalSign, readNumber, signsOf } from "./readNumber.ts";
import { isoText, ordersOf } from "./readTime.ts";
import type { Detected } from "./rowSource.ts";

/** Writes a cell of one column, as it is stored, for the error file. */
export type CellWriter = (cell: string | number) => string;

/** How the file of an import was read. */
export interface ReadFile {
  readonly kind: ImportKind;
  readonly mapping: ImportMapping;
  readonly detected: Detected;
}

/** A writer for each column of the file, in its order; nothing where its cells are written as they are. */
export function cellWriters({ kind, mapping, detected }: ReadFile): (CellWriter | undefined)[] {
  const { header = [], columns = {}, styles = {} } = detected;
  const rules = new Map(kindRule(kind).columns.map((rule) => [rule.field, rule]));
  return header.map((title) => {
    const rule = rules.get(columns[title.replaceAll(/\s+/gu, " ")] ?? "");
    if (rule === undefined) return undefined;
    const given = givenStyle({ rule }, mapping);
    const write = writerOf(rule, given, settledStyle(given, styles[rule.field]));
    const translated = mapping.values?.[rule.field] ?? {};
    return (cell) => (Object.hasOwn(translated, String(cell).trim()) ? String(cell) : write(cell));
  });
}

function writerOf({ type }: ColumnRule, given: CellStyle, settled: CellStyle): CellWriter {
  switch (type) {
    case "number":
      return (cell) => numberCell(cell, given, settled);
    case "day":
    case "time":
      return (cell) => dateCell(String(cell), given, settled);
    default:
      return String;
  }
}

function numberCell(cell: string | number, given: CellStyle, settled: CellStyle): string {
  const { decimal } = settled.number;
  if (typeof cell === "number") return clearNumber(String(cell), decimal);
  const text = cell.trim();
  if (given.number.given || decimal === undefined || !signsOf(text).differ) return cell;
  const number = readNumber(text, settled.number);
  return typeof number === "string" ? clearNumber(number, decimal) : cell;
}

/** A number with a dot, written with the column's sign and so that no reader takes its decimals for a group of thousands. */
function clearNumber(number: string, decimal: DecimalSign | undefined): string {
  const clear = /^-?\d{1,3}\.\d{3}$/.test(number) ? `${number}0` : number;
  return decimal === "," ? clear.replace(".", ",") : clear;
}

function dateCell(cell: string, given: CellStyle, settled: CellStyle): string {
  const text = cell.trim();
  const isKnown = given.time.given || given.time.format !== undefined;
  if (isKnown || settled.time.order === undefined || ordersOf(text)?.depends !== true) return cell;
  return isoText(text, settled.time) ?? cell;
}
