/**
 * Guesses the encoding of text that is no UTF-8 from its words with other bytes than ASCII: such words of a list of goods are few and
 * short beside codes and numbers, so each counts once, however often it stands in the file. Pure.
 */
import { analyse } from "chardet";
import iconv from "iconv-lite";

/** The most common legacy encoding; another one must show itself. */
const FALLBACK = "windows-1252";
/** Encodings of two bytes a character that a guess may end in, by the names that chardet has for them. */
const DOUBLE_BYTE: Readonly<Record<string, string>> = {
  Shift_JIS: "shift_jis",
  Big5: "big5",
  GB18030: "gb18030",
  "EUC-KR": "euc-kr",
};
/** How sure chardet (0 to 100) must be, and by how much surer than of Latin letters. */
const CONFIDENCE_MIN = 25;
const CONFIDENCE_MARGIN = 10;

/** The encoding that the bytes are most likely in. */
export function guessEncoding(bytes: Buffer): string {
  const words = foreignWords(bytes);
  if (isCyrillic(words)) return "windows-1251";
  return doubleByte(bytes, words) ?? (isCentral(words) ? "windows-1250" : FALLBACK);
}

/** The different words with other bytes than ASCII, a character for each byte. */
function foreignWords(bytes: Buffer): readonly string[] {
  const words = bytes.toString("latin1").match(/[A-Za-z\x80-\xff]+/g) ?? [];
  return [...new Set(words.filter((word) => /[\x80-\xff]/.test(word)))];
}

/** A word of Cyrillic letters alone, in upper case, lower case, or with a capital. */
const CYRILLIC =
  /^(?:[\xc0-\xdf\xa1\xa3\xa5\xa8\xaa\xaf\xb2\x80\x81\x8a\x8c-\x8f]*|[\xc0-\xdf\xa1\xa3\xa5\xa8\xaa\xaf\xb2\x80\x81\x8a\x8c-\x8f]?[\xe0-\xff\xa2\xb3\xb4\xb8\xba\xbc\xbe\xbf\x83\x90\x9a\x9c-\x9f]*)$/;
const CYRILLIC_SHARE = 0.8;
const CYRILLIC_LETTERS_MIN = 8;

/** In Windows-1251 such words hold no letter of ASCII; in Latin script words of three other letters are rare, and lists of them none. */
function isCyrillic(words: readonly string[]): boolean {
  const long = words.filter((word) => word.length > 2);
  const cyrillic = long.filter((word) => CYRILLIC.test(word));
  const isEnough = cyrillic.join("").length >= CYRILLIC_LETTERS_MIN;
  return isEnough && cyrillic.length >= long.length * CYRILLIC_SHARE;
}

/** The surest encoding of two bytes a character, where its characters do not stand within words of Latin letters. */
function doubleByte(bytes: Buffer, words: readonly string[]): string | undefined {
  const found = analyse(bytes);
  const [best] = found.filter(({ name }) => name in DOUBLE_BYTE);
  if (best === undefined || best.confidence < CONFIDENCE_MIN) return undefined;
  const latin = found.find(({ name }) => name === "ISO-8859-1" || name === FALLBACK);
  const isSure = best.confidence - (latin?.confidence ?? 0) >= CONFIDENCE_MARGIN;
  const within = words.filter((word) => /[A-Za-z]\0|\0[A-Za-z]/.test(word.replace(PAIR, "\0")));
  return isSure && within.length * 2 <= words.length ? DOUBLE_BYTE[best.name] : undefined;
}

/** A character of two bytes in any of the encodings. */
const PAIR = /[\x81-\xfe][\x40-\x7e\x80-\xfe]/g;

/** Other letters than ASCII's that languages write with, in lower case; the last two are files in several languages. */
const WESTERN = [
  "äöüß",
  "àâæçéèêëîïôœùûüÿ",
  "áéíñóúüçàèïò",
  "ãáâàçéêíóôõú",
  "àèéìíîòóùú",
  "åäöéüæøô",
  "äöõüšž",
  "ëïéèöüáóêç",
  "áéíóúýþæöð",
  "äöüßàâæçéèêëîïôœùáíñóúåìò",
  "åäöéüæøôáíóúýþðß",
].map(lettersOf);
const CENTRAL = [
  "ąćęłńóśźż",
  "áčďéěíňóřšťúůýž",
  "áäčďéíĺľňóôŕšťúýž",
  "áéíóöőúüű",
  "ăâîşţ",
  "čćđšž",
].map(lettersOf);

function lettersOf(letters: string): ReadonlySet<string> {
  return new Set(letters + letters.replace("ß", "").toUpperCase());
}

/** Share of the letters that the language of Central Europe must have, and by how much more than any other. */
const CENTRAL_SHARE = 0.9;
const CENTRAL_MARGIN = 0.05;
/** Letters that must be left unexplained by any one language in Windows-1252. */
const ODD_LETTERS_MIN = 2;

/** True where the letters are those of one language of Central Europe in Windows-1250, and of none in Windows-1252. */
function isCentral(words: readonly string[]): boolean {
  const central = likeliest(words, "windows-1250", CENTRAL);
  const western = likeliest(words, FALLBACK, WESTERN);
  const isKnown = central.share >= Math.max(CENTRAL_SHARE, western.share + CENTRAL_MARGIN);
  return isKnown && western.odd >= ODD_LETTERS_MIN;
}

/** Letters that ASCII does not have, signs that stand between two letters as if they were one, and bytes that are nothing. */
const LETTERS = /(?![ªºµ\0-\x7f])\p{L}|(?<=\p{L})[^\0-\x7f‘’“”–—…·°®™§«»±×÷µ](?=\p{L})|\ufffd/gu;
/** Signs that people write within words ("Nm³h"): however often, each is one oddity. */
const RAISED = /[¹²³ªº]/;

/** How the words look in the language that has most of their letters. */
interface Likeness {
  /** Of all letters, those that the language has. */
  readonly share: number;
  /** How many of the others are no mere sign. */
  readonly odd: number;
}

function likeliest(
  words: readonly string[],
  encoding: string,
  languages: readonly ReadonlySet<string>[],
): Likeness {
  const text = iconv.decode(Buffer.from(words.join(" "), "latin1"), encoding);
  const letters = text.match(LETTERS) ?? [];
  let best: Likeness = { share: 0, odd: 0 };
  for (const has of languages) {
    const unknown = letters.filter((letter) => !has.has(letter));
    const share = 1 - unknown.length / letters.length;
    if (share > best.share) best = { share, odd: countOdd(unknown) };
  }
  return best.share > 0 ? best : { share: 0, odd: countOdd(letters) };
}

function countOdd(letters: readonly string[]): number {
  const raised = letters.filter((letter) => RAISED.test(letter));
  return letters.length - raised.length + new Set(raised).size;
}
