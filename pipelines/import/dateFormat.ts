/** Date formats that a sender gives ("DD/MM/YYYY HH:mm"): compiled once, then matched against whole texts. Pure. */
import { type DateParts, isDateOrder, monthByName } from "./dateParts.ts";

interface Token {
  readonly part: keyof DateParts;
  readonly pattern: string;
  /** The pattern beside other digits, where one digit or two would be a guess; undefined: the token can't stand there. */
  readonly beside?: string | undefined;
}

const ONE_OR_TWO = "(\\d{1,2})";
const TWO = "(\\d{2})";
const MONTH_NAME = "([\\p{L}\\p{M}]+\\.?)";
const HALF = "([AaPp]\\.?[Mm]\\.?)";
const padded = (part: keyof DateParts): Token => ({ part, pattern: ONE_OR_TWO, beside: TWO });
const loose = (part: keyof DateParts): Token => ({ part, pattern: ONE_OR_TWO });
const exact = (part: keyof DateParts, pattern: string): Token => ({
  part,
  pattern,
  beside: pattern,
});

const TOKENS: Readonly<Record<string, Token>> = {
  YYYY: exact("year", "(\\d{4})"),
  YY: exact("year", TWO),
  MMMM: exact("month", MONTH_NAME),
  MMM: exact("month", MONTH_NAME),
  MM: padded("month"),
  M: loose("month"),
  DD: padded("day"),
  D: loose("day"),
  HH: padded("hour"),
  H: loose("hour"),
  hh: padded("hour"),
  h: loose("hour"),
  mm: exact("minute", TWO),
  ss: exact("second", TWO),
  SSS: exact("fraction", "(\\d{1,9})"),
  A: exact("half", HALF),
  a: exact("half", HALF),
  Z: exact("offset", "(Z|[+-]\\d{2}:?\\d{2})"),
};
const TOKEN = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|a|Z/g;

interface CompiledFormat {
  readonly pattern: RegExp;
  /** For each group: which part of the time it is. */
  readonly parts: readonly (keyof DateParts)[];
}

const compiled = new Map<string, CompiledFormat | undefined>();

/** True where the format names a year, a month and a day, each once, or is one of the orders DMY, MDY and YMD. */
export function isDateFormat(format: string): boolean {
  return isDateOrder(format) || compile(format) !== undefined;
}

function compile(format: string): CompiledFormat | undefined {
  if (compiled.has(format)) return compiled.get(format);
  const made = compileNew(format);
  if (compiled.size < 1_000) compiled.set(format, made);
  return made;
}

function compileNew(format: string): CompiledFormat | undefined {
  const pieces = piecesOf(format);
  const parts = pieces.flatMap((piece) => (typeof piece === "string" ? [] : [piece.part]));
  const isSingle = new Set(parts).size === parts.length;
  const isWhole = (["year", "month", "day"] as const).every((part) => parts.includes(part));
  if (!isSingle || !isWhole) return undefined;
  const sources = pieces.map((piece, nth) => {
    if (typeof piece === "string") return escapeSigns(piece);
    const isBeside = isDigits(pieces[nth - 1]) || isDigits(pieces[nth + 1]);
    return isBeside ? piece.beside : piece.pattern;
  });
  if (sources.includes(undefined)) return undefined;
  return { pattern: new RegExp(`^${sources.join("")}$`, "u"), parts };
}

/** The format as tokens and the texts between them. */
function piecesOf(format: string): (string | Token)[] {
  const pieces: (string | Token)[] = [];
  let from = 0;
  for (const match of format.matchAll(TOKEN)) {
    pieces.push(format.slice(from, match.index), TOKENS[match[0]] ?? match[1] ?? "");
    from = match.index + match[0].length;
  }
  pieces.push(format.slice(from));
  return pieces.filter((piece) => piece !== "");
}

function isDigits(piece: string | Token | undefined): boolean {
  return typeof piece === "object" && piece.pattern.includes("\\d");
}

function escapeSigns(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** The parts of a text that has the format; month names are English or of the locale. Undefined where it does not fit. */
export function partsByFormat(
  text: string,
  format: string,
  locale: string | undefined,
): DateParts | undefined {
  const made = compile(format);
  const match = made?.pattern.exec(text);
  if (made === undefined || match === null || match === undefined) return undefined;
  const parts: Record<string, string> = {};
  for (const [nth, part] of made.parts.entries()) parts[part] = match[nth + 1] ?? "";
  const { month = "" } = parts;
  if (/^\d+$/.test(month)) return parts;
  const named = monthByName(month, locale);
  return named === undefined ? undefined : { ...parts, month: String(named) };
}
