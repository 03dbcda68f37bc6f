/**
 * Numbers as people write them in files, read exactly or refused: the decimal sign is given, or shown by the file itself.
 * "1,234" without such evidence is refused as ambiguous, never guessed. Pure.
 */

export type DecimalSign = "." | ",";

/** How numbers of a file are written. */
export interface NumberStyle {
  readonly decimal: DecimalSign;
  /** True where the option or an unmistakable cell of the file says so; otherwise "." is merely assumed. */
  readonly evident: boolean;
}

export type NumberFault = "not_a_number" | "number_ambiguous";

const PLAIN = /^[+-]?\d+$/;
const DOT_DECIMAL = /^[+-]?\d+\.\d+$/;
const COMMA_DECIMAL = /^[+-]?\d+,\d+$/;
const DOT_GROUPED = /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/;
const COMMA_GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const SPACE_GROUPED = /^([+-]?\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+)([.,]\d+)?$/;
/** Spaces and apostrophes that group digits. */
const GROUP_SIGN = /[ \u00a0\u202f'’]/g;

/** The number as plain decimal text ("-1234.5"), or why it can't be read. */
export function readNumber(text: string, style: NumberStyle): string | { fault: NumberFault } {
  const signed = text.startsWith("\u2212") ? `-${text.slice(1)}` : text;
  if (PLAIN.test(signed)) return signed;
  const bare = SPACE_GROUPED.test(signed) ? signed.replaceAll(GROUP_SIGN, "") : signed;
  if (PLAIN.test(bare)) return bare;
  return style.decimal === "." ? readDotStyle(bare, style.evident) : readCommaStyle(bare);
}

function readDotStyle(text: string, evident: boolean): string | { fault: NumberFault } {
  if (DOT_DECIMAL.test(text)) return text;
  if (COMMA_GROUPED.test(text) && (evident || text.includes("."))) return text.replaceAll(",", "");
  const commas = COMMA_DECIMAL.test(text) || COMMA_GROUPED.test(text) || DOT_GROUPED.test(text);
  return { fault: commas ? "number_ambiguous" : "not_a_number" };
}

function readCommaStyle(text: string): string | { fault: NumberFault } {
  if (COMMA_DECIMAL.test(text)) return text.replace(",", ".");
  if (DOT_GROUPED.test(text)) return text.replaceAll(".", "").replace(",", ".");
  return { fault: DOT_DECIMAL.test(text) ? "number_ambiguous" : "not_a_number" };
}

/** What a single cell proves of the decimal sign; undefined where it could be read both ways. */
export function evidenceOf(text: string): DecimalSign | undefined {
  if (DOT_GROUPED.test(text) && text.includes(",")) return ",";
  if (COMMA_GROUPED.test(text) && text.includes(".")) return ".";
  if (DOT_DECIMAL.test(text) && !DOT_GROUPED.test(text)) return ".";
  if (COMMA_DECIMAL.test(text) && !COMMA_GROUPED.test(text)) return ",";
  return undefined;
}
