/**
 * What a number format makes of a number: a date, digits with leading zeros, or nothing that matters here. Pure. Percentages,
 * currencies and decimals stay the number that the cell holds.
 */
import { type DateShown, showSerial } from "./serialDates.ts";
import type { SheetCell } from "./sheetCell.ts";

/** How a style shows numbers; undefined: as a number. */
export type Shown =
  | { readonly kind: "date"; readonly shown: DateShown }
  /** "0" for a digit, all else as it stands. */
  | { readonly kind: "digits"; readonly pattern: readonly string[] }
  | undefined;

const DAY: Shown = { kind: "date", shown: "day" };
const TIME: Shown = { kind: "date", shown: "time" };
const ELAPSED: Shown = { kind: "date", shown: "elapsed" };

/** Built-in formats that show dates, with the East Asian ones: [from, to, what they show]. */
const BUILT_IN: readonly (readonly [number, number, Shown])[] = [
  [14, 17, DAY],
  [18, 21, TIME],
  [22, 22, DAY],
  [27, 31, DAY],
  [32, 35, TIME],
  [36, 36, DAY],
  [45, 45, TIME],
  [46, 46, ELAPSED],
  [47, 47, TIME],
  [50, 54, DAY],
  [55, 56, TIME],
  [57, 58, DAY],
];

/** What the number format shows; `code` is undefined for a built-in one. */
export function shownBy(id: number, code: string | undefined): Shown {
  if (code === undefined) return BUILT_IN.find(([from, to]) => id >= from && id <= to)?.[2];
  return dateShownBy(code) ?? digitsShownBy(code);
}

/** Names of the general format, also as some programs translate it. */
const GENERAL = /^(general|standard|standaard|estándar)$/i;

function dateShownBy(code: string): Shown {
  const elapsed = /\[(h+|m+|s+)\]/i.test(code);
  const bare = code.replaceAll(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/gs, "");
  if (elapsed) return ELAPSED;
  if (GENERAL.test(bare) || !/[ymdhs]/i.test(bare)) return undefined;
  return /[yd]/i.test(bare) || !/[hs]/i.test(bare) ? DAY : TIME;
}

const TOKENS = /"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|(.)/gs;
/** A digit, or a sign that stands for itself. */
const PLAIN_PART = /^[-/ ():0]?$/;

/** Formats such as 00000 or 000-0000, whose zeros are part of a code; anything that calculates is none. */
function digitsShownBy(code: string): Shown {
  const [section = ""] = code.split(";");
  if (!section.includes("00") || /\[[<>=]/.test(section)) return undefined;
  const pattern: string[] = [];
  for (const [, quoted, escaped, plain = ""] of section.matchAll(TOKENS)) {
    const literal = quoted ?? escaped ?? "";
    if (!PLAIN_PART.test(plain) || literal.includes("0")) return undefined;
    pattern.push(literal + plain);
  }
  return { kind: "digits", pattern };
}

/** The number as a cell of the style. */
export function showNumber(number: number, shown: Shown, is1904: boolean): SheetCell {
  if (shown === undefined) return number;
  if (shown.kind === "digits") return padDigits(number, shown.pattern) ?? number;
  const text = showSerial(number, shown.shown, is1904);
  return text === undefined ? number : { kind: "date", text };
}

/** Excel holds 15 digits: a longer number has lost its last ones. */
const WHOLE_MAX = 1e15;

function padDigits(number: number, pattern: readonly string[]): string | undefined {
  if (!Number.isInteger(number) || number < 0 || number >= WHOLE_MAX) return undefined;
  let digits = String(number);
  let text = "";
  let placesLeft = pattern.filter((one) => one === "0").length;
  for (const one of pattern.toReversed()) {
    if (one !== "0") {
      text = one + text;
      continue;
    }
    placesLeft -= 1;
    const taken = placesLeft === 0 ? digits : digits.slice(-1);
    text = (taken === "" ? "0" : taken) + text;
    digits = placesLeft === 0 ? "" : digits.slice(0, -1);
  }
  return text;
}
