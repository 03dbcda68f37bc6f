/**
 * Takes off a number what is around its digits: sign, brackets, currency; and writes digits, spaces and signs of other scripts
 * and widths as ASCII. Knows nothing of decimal signs. Pure.
 */

/** A number's digits with their separators, and its sign. */
export interface AsciiNumber {
  readonly negative: boolean;
  readonly digits: string;
  /** True where the script itself tells its decimal sign (Arabic), which then stands as a dot. */
  readonly isDotted: boolean;
}

const BARE = /^[\d.,]+$/;

/** The number without what is around it; undefined where the text can be none. */
export function asciiNumber(text: string): AsciiNumber | undefined {
  if (BARE.test(text)) return { negative: false, digits: text, isDotted: false };
  const isArabic = /[\u066b\u066c]/.test(text);
  const ascii = asciiText(text);
  if (ascii === undefined) return undefined;
  const bare = withoutSurroundings(ascii);
  return bare === undefined ? undefined : { ...bare, isDotted: isArabic };
}

const OTHER_DIGIT = /[^\P{Nd}0-9]/u;
/** Signs that mean minus: hyphen, minus, en dash. */
const MINUS = /[\u2010\u2011\u2212\u2013]/g;

function asciiText(text: string): string | undefined {
  if (/^[ -~]*$/.test(text)) return text;
  if (/[\p{No}\p{Nl}]/u.test(text)) return undefined; // "5²" is no 52
  const isOther = OTHER_DIGIT.test(text);
  if (isOther && /[0-9]/.test(text)) return undefined; // nobody mixes scripts in one number
  const plain = text
    .normalize("NFKC") // full width to ASCII, spaces of every width to a space
    .replaceAll(MINUS, "-")
    .replaceAll("\u066c", ",")
    .replaceAll("\u066b", ".")
    .replaceAll(/[\u200e\u200f\u061c]/g, ""); // marks of writing direction
  return isOther ? plain.replaceAll(/\p{Nd}/gu, digitOf) : plain;
}

/** Digits of a script stand in tens from its zero on. */
function digitOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}

/** Takes signs, one pair of brackets and one currency off, in any order; each may stand once. */
function withoutSurroundings(text: string): { negative: boolean; digits: string } | undefined {
  let rest = text.trim();
  let sign: "+" | "-" | undefined;
  let hasCurrency = false;
  for (;;) {
    const signed = takeSign(rest);
    if (signed !== undefined) {
      if (sign !== undefined) return undefined;
      [sign, rest] = signed;
      continue;
    }
    const priced = takeCurrency(rest);
    if (priced === undefined) return { negative: sign === "-", digits: rest };
    if (hasCurrency) return undefined;
    [hasCurrency, rest] = [true, priced];
  }
}

function takeSign(text: string): ["+" | "-", string] | undefined {
  if (text.startsWith("(") && text.endsWith(")")) return ["-", text.slice(1, -1).trim()];
  const [first] = text;
  if (first === "+" || first === "-") return [first, text.slice(1).trim()];
  const last = text.at(-1);
  return last === "+" || last === "-" ? [last, text.slice(0, -1).trim()] : undefined;
}

/** Currency as letters, besides the ISO codes. */
const LETTERS = new Set(
  "kr kr. sek. zł kč ft lei лв лв. руб руб. р. ₽ ден дин fr fr. sfr sfr. rs rs. rp rm tl a$ au$ c$ ca$ hk$ nt$ nz$ r$ s$ us$".split(
    " ",
  ),
);
const CODES = new Set(Intl.supportedValuesOf("currency"));
const BEFORE = /^([\p{L}]{0,3}\p{Sc}|\p{L}{1,3}\.?)\s*(?=[\d.,(+-])/u;
const AFTER = /(?<=[\d)+-])\s*(\p{Sc}|\p{L}{1,3}\.?)$/u;

/** The rest after a currency before or after it; undefined where there is none. */
function takeCurrency(text: string): string | undefined {
  const before = BEFORE.exec(text);
  if (before !== null && isCurrency(before[1] ?? "")) return text.slice(before[0].length);
  const after = AFTER.exec(text);
  return after !== null && isCurrency(after[1] ?? "") ? text.slice(0, after.index) : undefined;
}

function isCurrency(word: string): boolean {
  return /^\p{Sc}$/u.test(word) || CODES.has(word.toUpperCase()) || LETTERS.has(word.toLowerCase());
}
